"""Politeness to one host (R23): how many requests at once, how far apart they start. Within this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta


class _Lane:
    """One host's queue. Semaphore and lock wake their waiters in the order in which they came."""

    def __init__(self, concurrency: int) -> None:
        self.places = asyncio.Semaphore(concurrency)
        self.gate = asyncio.Lock()
        self.users = 0  # that hold a turn or wait for one
        self.free_at = 0.0  # monotonic seconds, before which nobody may start

    def idle(self, now: float) -> bool:
        return not self.users and now >= self.free_at


class HostBudget:
    """At most `concurrency` turns at once and at least `spacing` between their starts, for each host on its own.

    Take the turn before a fetcher's slot, so that a host that everyone waits for holds up no other.
    """

    def __init__(self, concurrency: int, spacing: timedelta) -> None:
        self._concurrency = concurrency
        self._spacing = spacing.total_seconds()
        self._lanes: dict[str, _Lane] = {}

    def __len__(self) -> int:
        """How many hosts are being remembered."""
        return len(self._lanes)

    @asynccontextmanager
    async def turn(self, host: str, spacing: timedelta = timedelta(0)) -> AsyncIterator[None]:
        """Wait for this host's next turn, first come first served, and hold it.

        The one after it starts no sooner than `spacing` after this one's start, where that is the longer.
        """
        lane = self._lanes.setdefault(host, _Lane(self._concurrency))
        lane.users += 1
        try:
            async with lane.places:
                await self._start(lane, max(self._spacing, spacing.total_seconds()))
                yield
        finally:
            lane.users -= 1
            self._forget(host)

    async def _start(self, lane: _Lane, spacing: float) -> None:
        """Who is cancelled while waiting has not started, and costs the next one nothing."""
        async with lane.gate:
            await asyncio.sleep(lane.free_at - time.monotonic())
            lane.free_at = max(lane.free_at, time.monotonic()) + spacing

    def _forget(self, host: str) -> None:
        """Drop the host once it is idle and its spacing has passed: the table holds only hosts in use."""
        lane = self._lanes.get(host)
        if lane is None or lane.users:
            return
        now = time.monotonic()
        if lane.idle(now):
            del self._lanes[host]
        else:
            asyncio.get_running_loop().call_later(lane.free_at - now, self._forget, host)
