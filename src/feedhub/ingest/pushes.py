"""What hubs deliver to our callbacks: believed only where it is signed, then read as a poll's document is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from feedhub.config import FeedConfig
from feedhub.ingest.pipeline import Tools, read_delivery
from feedhub.ingest.subscriber import Subscriber
from feedhub.ingest.turns import FeedTurns
from feedhub.models import Failed, Fetched, News, Validators
from feedhub.store import feeds, subscriptions
from feedhub.store.database import StoreError
from feedhub.websub import subscription as life
from feedhub.websub.messages import Delivery, Intent, is_signed
from feedhub.websub.subscription import State, Subscription

_WAITING = 16  # deliveries; a document may have the feed's max_size
_READERS = 2

OnDelivery = Callable[[FeedConfig, News], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Believed:
    subscription: Subscription
    delivery: Delivery
    at: datetime


class Pushes:
    """Takes in what hubs deliver for the feeds of `listed`, by number, and reads it, one delivery of a feed at a time.

    `site_url` as for :class:`Subscriber`.

    What waits to be read is in memory: a hub whose delivery is lost with the process is found out by the next poll.
    """

    def __init__(self, listed: Mapping[int, FeedConfig], tools: Tools, turns: FeedTurns, site_url: str) -> None:
        self.subscriber = Subscriber(listed, tools, site_url)
        self._listed, self._tools, self._turns = listed, tools, turns
        self._waiting: asyncio.Queue[_Believed] = asyncio.Queue(_WAITING)
        self._open = False

    async def answer(self, key: str, intent: Intent, now: datetime) -> bool:
        """Whether what a hub says or asks at the callback `key` is so."""
        return await self.subscriber.answer(key, intent, now)

    async def room(self, key: str) -> int | None:
        """How many bytes the callback `key` takes; None where nothing is delivered there, or no longer."""
        it = await self._tools.store.read(subscriptions.at_callback, key)
        feed = self._listed.get(it.feed) if it and it.state is not State.LEAVING else None
        return feed.max_size if feed else None

    async def take(self, key: str, delivery: Delivery, now: datetime) -> bool:
        """Take it in, or drop it where it is not signed as it must be; False where there is no room for more."""
        it = await self._tools.store.read(subscriptions.at_callback, key)
        if it is None:
            return True
        if not is_signed(delivery.body, delivery.signature, it.credentials.secret):
            kind = "a wrong" if delivery.signature else "no"
            await self.drop(it, f"a delivery with {kind} signature was dropped", now)
            return True
        if not self._open or self._waiting.full():
            return False
        self._waiting.put_nowait(_Believed(it, delivery, now))
        return True

    async def refuse(self, key: str, why: str, now: datetime) -> None:
        """Note that a delivery was not even read to its end."""
        if it := await self._tools.store.read(subscriptions.at_callback, key):
            await self.drop(it, why, now)

    async def drop(self, it: Subscription, why: str, now: datetime) -> None:
        log.info("delivery dropped", feed=self._listed[it.feed].id, reason=why)
        await self.subscriber.change(it, now, lambda s: life.dropped(s, why))

    async def read_forever(self, on_delivery: OnDelivery) -> None:
        """Read what comes in."""
        self._open = True
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_READERS):
                    group.create_task(self._read_on(on_delivery))
        finally:
            self._open = False

    async def drain(self, patience: timedelta) -> None:
        """Take in nothing more, and let what was taken in be read for as long as `patience` lasts."""
        self._open = False
        with suppress(TimeoutError):
            async with asyncio.timeout(patience.total_seconds()):
                await self.settle()

    async def settle(self) -> None:
        """Wait until all that was taken in has been read."""
        await self._waiting.join()

    async def _read_on(self, on_delivery: OnDelivery) -> None:
        while True:
            believed = await self._waiting.get()
            try:
                await self._read(believed, on_delivery)
            except StoreError as error:
                log.error("a delivery cannot be stored", error=str(error))
            except Exception:
                log.exception("a delivery could not be read by a fault of feedhub's own; the next poll finds its news")
            finally:
                self._waiting.task_done()

    async def _read(self, believed: _Believed, on_delivery: OnDelivery) -> None:
        it, now = believed.subscription, believed.at
        feed, store = self._listed[it.feed], self._tools.store
        async with self._turns.hold([it.feed]):
            memory = await store.read(feeds.memory, it.feed)
            offer = await store.read(subscriptions.offer_of, it.feed)
            if offer is None:
                return await self.drop(it, "a delivery of a feed without a hub was dropped", now)
            news = await read_delivery(feed, memory, offer, _as_fetched(believed.delivery, offer.url), now, self._tools)
            if isinstance(news, Failed):
                why = f"a signed delivery was dropped: {self._tools.conceal(news.detail.rstrip('.'))}"
                return await self.drop(it, why, now)
            await self.subscriber.note_polls()
            await store.write(subscriptions.record, it.feed, news, it.number, now)
        return on_delivery(feed, news)


def _as_fetched(delivery: Delivery, url: str) -> Fetched:
    """The document as if it had been found where the last poll found it: its links are relative to that."""
    return Fetched(url, delivery.body, delivery.content_type, Validators(), timedelta(0), links=delivery.links)
