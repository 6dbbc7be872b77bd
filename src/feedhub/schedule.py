"""The one door to APScheduler. It says when; what is due stands in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)

_TICK = 1  # seconds


class Schedule:
    """Calls `tick` with the time, each second and at once; a tick that comes late is run once, not made up for."""

    def __init__(self, tick: Callable[[datetime], Awaitable[None]]) -> None:
        self._tick = tick
        self._ticking = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(executors={"default": AsyncIOExecutor()}, timezone=UTC)
        self._scheduler.add_job(
            self._run,
            "interval",
            seconds=_TICK,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """No tick after this; one that runs is let finish first, for the shutdown would cut it short."""
        self._scheduler.pause()
        await asyncio.sleep(0)  # what was submitted already begins
        async with self._ticking:
            self._scheduler.shutdown(wait=False)

    async def _run(self) -> None:
        async with self._ticking:
            try:
                await self._tick(datetime.now(UTC))
            except Exception:
                log.exception("a tick failed; the next one looks again")
