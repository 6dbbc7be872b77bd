"""The one door to APScheduler. It says when; what is due stands in the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

_TICK = 1  # seconds


class Schedule:
    """Calls `tick` with the time, each second and at once; a tick that comes late is run once, not made up for."""

    def __init__(self, tick: Callable[[datetime], Awaitable[None]]) -> None:
        self._scheduler = AsyncIOScheduler(executors={"default": AsyncIOExecutor()}, timezone=UTC)
        self._scheduler.add_job(
            _call,
            "interval",
            args=[tick],
            seconds=_TICK,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """No tick after this; one that runs is not cut short."""
        self._scheduler.pause()
        self._scheduler.shutdown(wait=False)


async def _call(tick: Callable[[datetime], Awaitable[None]]) -> None:
    await tick(datetime.now(UTC))
