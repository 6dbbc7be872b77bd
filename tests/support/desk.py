"""A hub in this process, polled at times of one's choosing: a real store, real parsers, real HTTP on the loopback.

with Desk(store, tmp_path, engine) as desk:
    desk.configure("feeds: [...]", outputs...)     # feeds.yaml; again to change it, as a restart would
    desk.poll(at(0))                               # one pass over what is due then, and its matching
    desk.stories()                                 # what /feed.json says
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from feedhub.config import FeedConfig, load
from feedhub.hub import Hub, adopt, host_budget, user_agent
from feedhub.ingest.passes import PassReport
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.pipeline import Tools
from feedhub.ingest.workers import ParserWorkers
from feedhub.models import Document, Poll
from feedhub.net.fetch import Fetcher
from feedhub.observe import concealer
from feedhub.publish.documents import render
from feedhub.store.database import Store
from feedhub.store.status import FeedStatus, feed_statuses
from support.feeds import NOON
from support.publisher import Publisher

_HEAD = "site: {title: Two Rivers, url: 'https://hub.example/', contact: ops@hub.example}\n"
_QUICK = "hosts: {spacing: 0s, concurrency: 16}\n"
_DEADLINE = timedelta(seconds=3)
_PARSING = timedelta(seconds=5)


@dataclass(frozen=True)
class Engine:
    """What all desks of a test run share, for it takes its time to start: an event loop and the parsing processes."""

    runner: asyncio.Runner
    workers: ParserWorkers

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Engine]:
        with asyncio.Runner() as runner:
            workers = ParserWorkers(2, time_limit=_PARSING)
            yield cls(runner, workers)
            runner.run(workers.close())


class Desk:
    """See the module."""

    def __init__(
        self, store: Store, folder: Path, engine: Engine, *, allow_private: bool = True, **network: Any
    ) -> None:
        """`network` is further arguments of the fetcher: its resolver, its sockets, its certificate authorities."""
        self.store = store
        self.path = folder / "feeds.yaml"
        self._allow_private, self._network = allow_private, network
        self._runner, self._workers = engine.runner, engine.workers
        self._open = AsyncExitStack()
        self._hub: Hub | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._open.aclose())

    def configure(self, text: str, now: datetime = NOON) -> None:
        """Start anew with this feeds.yaml; `hosts:` is quick where the text says nothing of it."""
        self.path.write_text(_HEAD + ("" if "hosts:" in text else _QUICK) + text, encoding="utf-8")
        self._runner.run(self._restart(now))

    def poll(self, now: datetime, *, every: bool = False) -> PassReport:
        """One pass over what is due, or over `every` feed that may be asked, and what follows it: matching, pruning."""
        return self._runner.run(self._poll(now, every=every))

    def document(self, address: str) -> bytes:
        """The document at this address."""
        with self.store.reading() as session:
            document = render(session, self._running.site, address)
        assert isinstance(document, Document), f"there is nothing at /{address}: {document}"
        return document.body

    def documents(self, output: str = "feed") -> list[bytes]:
        """An output in its three formats: Atom, RSS, JSON Feed."""
        return [self.document(f"{output}.{suffix}") for suffix in ("atom", "rss", "json")]

    def stories(self, output: str = "feed") -> list[dict[str, Any]]:
        """The items of an output's JSON Feed, in its order."""
        found: list[dict[str, Any]] = json.loads(self.document(f"{output}.json"))["items"]
        return found

    def story(self, output: str = "feed") -> dict[str, Any]:
        """The only story of the output."""
        (story,) = self.stories(output)
        return story

    def status(self, feed: str, now: datetime = NOON) -> FeedStatus:
        """What the operator is told of the feed with this id."""
        with self.store.reading() as session:
            return feed_statuses(session, now)[feed]

    def next_poll(self, feed: str) -> datetime:
        """When the feed is due."""
        moment = self.status(feed).next_poll
        assert moment is not None
        return moment

    @property
    def _running(self) -> Hub:
        assert self._hub, "configure the desk first"
        return self._hub

    async def _restart(self, now: datetime) -> None:
        """As :func:`feedhub.hub.open_hub` does, with the engine's processes and a short deadline."""
        await self._open.aclose()
        config = load(self.path, {})
        site = await self.store.write(adopt, config, None, now)
        budget = await self._open.enter_async_context(host_budget(self.store, config, now))
        agent = user_agent(config)
        fetcher = Fetcher(agent, allow_private=self._allow_private, hosts=budget, deadline=_DEADLINE, **self._network)
        pages = PageFetcher(fetcher)
        self._hub = Hub(site, Tools(fetcher, budget, self._workers, self.store, pages, concealer(config.secrets)))

    async def _poll(self, now: datetime, *, every: bool) -> PassReport:
        hub = self._running
        report = await hub.poll(await (hub.askable(now) if every else hub.due(now)), now, _ignore)
        await hub.match(now)
        await hub.prune(now)
        return report


def _ignore(_feed: FeedConfig, _poll: Poll) -> None:
    pass


def listing(publisher: Publisher, *names: str, **options: str) -> str:
    """feeds.yaml lines for feeds at /NAME; `options` are more keys by name: `zagros="priority: 5"`."""
    urls = {name: publisher.url(f"/{name}") for name in names}
    lines = [f'  - {{id: {name}, url: "{urls[name]}", {options.get(name, "")}}}' for name in names]
    return "\n".join(["feeds:", *lines, ""])


def carriers(story: dict[str, Any]) -> list[str]:
    """The ids of the feeds that carry it, the representative first."""
    return [carrier["feed"] for carrier in story["_feedhub"]["carriers"]]
