"""One thing at a time with a feed: it is polled, or a delivery of it is read, never both at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager


class FeedTurns:
    """Which feeds, by number, somebody is at work on. Two at once could both take an item for new."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._freed = asyncio.Event()

    @property
    def taken(self) -> frozenset[int]:
        """The feeds that are held now."""
        return frozenset(self._taken)

    @asynccontextmanager
    async def hold(self, feeds: Iterable[int]) -> AsyncIterator[Callable[[int], None]]:
        """Wait until all of them are free, and hold them to the end; what it yields lets go of one before."""
        held = set(feeds)
        while held & self._taken:
            self._freed.clear()
            await self._freed.wait()
        self._taken |= held

        def let_go(feed: int) -> None:
            if feed in held:
                held.discard(feed)
                self._taken.discard(feed)
                self._freed.set()

        try:
            yield let_go
        finally:
            for feed in tuple(held):
                let_go(feed)
