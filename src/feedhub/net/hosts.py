"""Politeness to one host: how many requests at once, how far apart they start (R23), and when it is left alone (R22).

A host is a name, on all its ports. What is decided here outlives the process as :class:`feedhub.models.HostState`:
whoever records a poll stores along with it what :meth:`HostBudget.unsaved` has.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import datetime, timedelta

from feedhub.models import HostsMemory, HostState

MOST_PATIENCE = timedelta(days=7)  # R22: a longer Retry-After counts as this
CLOCK_DRIFT = timedelta(minutes=1)  # that a clock may be corrected by, back and forth
LONGEST_DELAY = timedelta(minutes=1)  # of a Crawl-delay; a longer one would hold up a host's feeds as well

_AT_ONCE = nullcontext()

Clock = Callable[[], datetime]


def running(now: datetime) -> Clock:
    """A clock that shows `now` and goes on from there."""
    begun = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - begun)


def first_wait(memory: HostsMemory, host: str, spacing: timedelta) -> timedelta:
    """How long after its start a process must wait with its first request to this host (R23).

    After one that did not end in order, and whose last requests nobody knows, the spacing is waited out. A clock that
    was set back makes nobody wait longer than a spacing can be.
    """
    known = memory.states.get(host)
    wait = known.free_at - memory.at if known else timedelta(0)
    return min(wait if memory.in_order else max(wait, spacing), max(spacing, LONGEST_DELAY))


class _Lane:
    """One host's queue. Semaphore and lock wake their waiters in the order in which they came."""

    def __init__(self, concurrency: int, free_at: float) -> None:
        self.places = asyncio.Semaphore(concurrency)
        self.gate = asyncio.Lock()
        self.users = 0  # that hold a turn or wait for one
        self.free_at = free_at  # monotonic seconds, before which nobody may start

    def idle(self, now: float) -> bool:
        return not self.users and now >= self.free_at


class HostBudget:
    """At most `concurrency` turns at once and at least `spacing` between their starts, for each host on its own.

    `memory` is what an earlier process left; without it no host was ever asked.
    """

    def __init__(self, concurrency: int, spacing: timedelta, memory: HostsMemory | None = None) -> None:
        self._concurrency = concurrency
        self._spacing = spacing
        self._memory, self._begun = memory, time.monotonic()
        self._lanes: dict[str, _Lane] = {}
        known = memory.states.values() if memory else ()
        self._held = {state.host: state.not_before for state in known if state.not_before}
        self._unsaved: dict[str, HostState] = {}

    def __len__(self) -> int:
        """How many hosts have a queue."""
        return len(self._lanes)

    @asynccontextmanager
    async def turn(
        self,
        host: str,
        clock: Clock,
        spacing: timedelta = timedelta(0),
        slot: AbstractAsyncContextManager[None] = _AT_ONCE,
    ) -> AsyncIterator[datetime | None]:
        """Wait for this host's next turn, first come first served, and hold it: yields None.

        Where the host asked to be left alone, before this or while this one waited, yields until when: then nothing may
        be asked. The turn after this one starts no sooner than `spacing` after this one's start, where that is the
        longer. `slot` is taken last, just before the start: who waits for a host holds up no other.
        """
        if until := self.held(host, clock()):
            yield until
            return
        lane = self._lanes.setdefault(host, _Lane(self._concurrency, self._first_start(host)))
        lane.users += 1
        try:
            async with lane.places, AsyncExitStack() as entered:
                async with lane.gate:
                    while (wait := lane.free_at - time.monotonic()) > 0:  # noqa: ASYNC110 - it may move meanwhile, and nothing but time frees it
                        await asyncio.sleep(wait)
                    await entered.enter_async_context(slot)
                    until = self.held(host, clock())
                    if not until:
                        self.started(host, clock(), spacing)
                yield until
        finally:
            lane.users -= 1
            self._forget(host)

    def started(self, host: str, now: datetime, spacing: timedelta = timedelta(0)) -> None:
        """Count the spacing from now: a turn begins, or its request has gone out, some time to connect later.

        Who is cancelled while waiting has not started, and costs the next one nothing.
        """
        pause, lane = max(self._spacing, spacing), self._lanes[host]
        lane.free_at = max(lane.free_at, time.monotonic() + pause.total_seconds())
        until = self.held(host, now)
        if not until:
            self._held.pop(host, None)
        self._unsaved[host] = HostState(host, now + pause, until)

    def hold(self, host: str, until: datetime) -> None:
        """Leave this host alone until then, as it asked."""
        if until > self._held.get(host, until - timedelta.resolution):
            self._held[host] = until
            self._unsaved[host] = HostState(host, until, until)

    def held(self, host: str, now: datetime) -> datetime | None:
        """Until when the host is left alone, None where it may be asked.

        Longer than a Retry-After counts it cannot be: then the clock was set back since (R51).
        """
        until = self._held.get(host)
        if until and until > now + MOST_PATIENCE + CLOCK_DRIFT:
            until = self._held[host] = now + MOST_PATIENCE
            self._unsaved[host] = HostState(host, until, until)
        return until if until and until > now else None

    def unsaved(self) -> Sequence[HostState]:
        """What has changed and was not said to be saved yet."""
        return tuple(self._unsaved.values())

    def saved(self, states: Sequence[HostState]) -> None:
        """These have been stored."""
        for state in states:
            if self._unsaved.get(state.host) is state:
                del self._unsaved[state.host]

    def _first_start(self, host: str) -> float:
        wait = first_wait(self._memory, host, self._spacing) if self._memory else timedelta(0)
        return self._begun + wait.total_seconds()

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
