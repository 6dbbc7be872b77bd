"""Our side of WebSub: asks publishers' hubs to push, answers when they ask back, and judges whether they deliver."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

import structlog

from feedhub.config import FeedConfig
from feedhub.ingest.pipeline import Tools
from feedhub.models import Failed, FetchRequest, Held, HubOffer, Poll, Upload
from feedhub.net.urls import host_of
from feedhub.store import subscriptions
from feedhub.store.subscriptions import Moment
from feedhub.websub import subscription as life
from feedhub.websub.messages import Intent, Mode, request_form
from feedhub.websub.reach import CALLBACKS
from feedhub.websub.subscription import Credentials, Subscription

T = TypeVar("T")

_BITS = 256  # of chance in a callback's address, and in a secret

log = structlog.get_logger(__name__)


class Subscriber:
    """Keeps a subscription for each feed of `listed`, by number, that offers a hub. The state stands in the database.

    `site_url` is the address below which hubs reach us; it ends with a slash and may have a path.
    """

    def __init__(self, listed: Mapping[int, FeedConfig], tools: Tools, site_url: str) -> None:
        self._listed, self._tools = listed, tools
        self._callbacks = site_url + CALLBACKS
        self._offers: dict[int, HubOffer] = {}  # what the subscriptions are made after
        self._begun = False
        self._news, self._seen = 1, 0  # changes of the offers, and up to which the subscriptions follow
        self._found: list[Poll] = []
        self._asking: dict[int, asyncio.Task[None]] = {}

    async def tick(self, now: datetime) -> None:
        """Do what is due: begin and end subscriptions, judge hubs, ask them. Returns before they have answered."""
        if not self._begun:
            shortest = {number: feed.min_interval for number, feed in self._listed.items()}
            await self._tools.store.write(subscriptions.restart, shortest, now)
            self._begun = True
        await self.note_polls()
        if (news := self._news) != self._seen:
            wanted = self._listed.keys(), self._callbacks, self._credentials
            self._offers = await self._tools.store.write(subscriptions.reconcile, *wanted, now)
            self._seen = news
        for it in await self._tools.store.read(subscriptions.due, now):
            if it.number not in self._asking:
                await self._attend(it, now)

    async def answer(self, key: str, intent: Intent, now: datetime) -> bool:
        """Whether what the hub says or asks at the callback `key` is so."""
        it = await self._tools.store.read(subscriptions.at_callback, key)
        return it is not None and bool(await self._step(it, now, lambda s: life.answered(s, intent, now, _jitter())))

    def polled(self, poll: Poll) -> None:
        """Hear of a poll, as soon as it is recorded: it may have found news before the hub brought it, or a new hub."""
        if poll.news:
            self._news += poll.news.offer != self._offers.get(poll.feed)
            self._found.append(poll)

    async def note_polls(self) -> None:
        """Hold against the hubs what the polls of late have found."""
        while self._found:
            poll = self._found.pop(0)
            arrivals = {arrival.key: arrival.published for arrival in poll.news.arrivals} if poll.news else {}
            it = await self._tools.store.read(subscriptions.of_feed, poll.feed)
            if it and arrivals:
                await self.change(it, poll.at, partial(life.found, items=arrivals, now=poll.at))

    async def change(self, it: Subscription, now: datetime, step: Callable[[Subscription], Subscription]) -> None:
        """Take one step with this subscription, as it stands in the database by then."""
        await self._step(it, now, lambda s: (step(s), None))

    async def idle(self) -> None:
        """Wait until every hub that is being asked has answered."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Give up the requests under way: they are made again at the next start."""
        for task in self._asking.values():
            task.cancel()
        await self.idle()

    async def _attend(self, it: Subscription, now: datetime) -> None:
        def step(s: Subscription) -> tuple[Subscription, tuple[Subscription, Mode | None]]:
            after, mode = life.due(s, now, _jitter())
            return after, (after, mode)

        after, mode = await self._step(it, now, step) or (it, None)
        if mode:
            task = asyncio.create_task(self._ask(after, mode, now))
            self._asking[it.number] = task
            task.add_done_callback(lambda done: self._asked(it, done))

    async def _ask(self, it: Subscription, mode: Mode, now: datetime) -> None:
        private = it.credentials
        form = request_form(mode, it.topic, private.callback, private.secret, life.LEASE)
        match await self._tools.fetcher.fetch(FetchRequest(it.hub, post=Upload(urlencode(form).encode())), now):
            case Held(until=until) as held:
                await self.change(it, now, lambda s: life.failed(s, held.reason, now, _jitter(), until))
            case Failed() as failure:
                why = self._tools.conceal(f"its hub cannot be asked: {_told(failure, it.hub)}")
                await self.change(it, now, lambda s: life.failed(s, why, now, _jitter(), failure.retry_after))
            case _:
                await self.change(it, now, lambda s: life.accepted(s, now, now))

    def _asked(self, it: Subscription, task: asyncio.Task[None]) -> None:
        del self._asking[it.number]
        if not task.cancelled() and (error := task.exception()):
            log.error("a hub could not be asked", hub=host_of(it.hub), error=repr(error))

    async def _step(
        self, it: Subscription, now: datetime, step: Callable[[Subscription], tuple[Subscription, T]]
    ) -> T | None:
        """Who is a new hub's to know is its own: neither callback nor secret is shared with the one before."""

        def private(before: Subscription) -> tuple[Subscription, T]:
            after, outcome = step(before)
            if after.hub != before.hub:
                after = replace(after, credentials=self._credentials())
            return after, outcome

        feed = self._listed.get(it.feed)
        moment = Moment(now, feed.min_interval if feed else timedelta(0))
        outcome: T | None = await self._tools.store.write(subscriptions.change, it.number, private, moment)
        return outcome

    def _credentials(self) -> Credentials:
        key = secrets.token_urlsafe(_BITS // 8)
        return Credentials(key, secrets.token_urlsafe(_BITS // 8), self._callbacks + key)


def _jitter() -> float:
    return secrets.randbelow(1_000) / 1_000


def _told(failure: Failed, hub: str) -> str:
    """An answer is told by its status: the sentences for it are about feeds."""
    return f"{host_of(hub)} answered {failure.status}" if failure.status else failure.detail.rstrip(".")
