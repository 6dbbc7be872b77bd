"""The hub: the parts put together, so that the service, the one-shot run and the demo do the same things."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from sqlmodel import Session

from feedhub import __version__
from feedhub.config import Config, FeedConfig
from feedhub.ingest.passes import PassReport, run_pass
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.pipeline import Tools
from feedhub.ingest.workers import ParserWorkers
from feedhub.models import FeedMemory, Poll
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import HostBudget
from feedhub.observe import concealer
from feedhub.publish.select import Site
from feedhub.settings import DEFAULT_ADDRESS, Settings
from feedhub.store import feeds, hub, matching, sequence
from feedhub.store.database import Store, sqlite_url
from feedhub.store.matching import Matched
from feedhub.store.policies import policies

_PARSERS = 2

OnPoll = Callable[[FeedConfig, Poll], None]


def open_store(settings: Settings) -> Store:
    """The database of these settings, its tables up to date; raises StoreError."""
    return Store.open(settings.database or sqlite_url(settings.data))


def adopt(session: Session, config: Config, address: str | None, now: datetime) -> Site:
    """Make the configuration the one in force: feeds get their rows, outputs their ids, stories their places.

    `address` is where this process listens, None where it does not: then the last one that did stands in.
    """
    site_url = config.site.url or address or hub.site_url(session) or DEFAULT_ADDRESS
    listed = [feeds.Listed(feed.id, feed.url) for feed in config.feeds]
    known = policies(config, feeds.sync(session, listed, now))
    if hub.describe(session, description(config, site_url), site_url, [o.id for o in config.outputs], now):
        sequence.backfill(session, known)
    return Site(config, site_url, known)


def description(config: Config, site_url: str) -> str:
    """A digest of all that decides what the outputs show besides the stories."""
    shown = (
        __version__,
        site_url,
        config.site,
        config.outputs,
        config.hide,
        [(f.id, f.public_url, f.title, f.tags, f.priority, f.dedup) for f in config.feeds],
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()


class Hub:
    """A running hub: polls what is due, matches what came in. Nothing is held in memory that a restart would miss.

    `polled` are the numbers of the feeds that are not paused.
    """

    def __init__(self, site: Site, tools: Tools) -> None:
        self.site, self.tools = site, tools
        self._listed = {feed.id: feed for feed in site.config.feeds}
        self.polled = [number for number, policy in site.policies.items() if not self._listed[policy.key].paused]
        self._under_way: set[int] = set()

    async def due(self, now: datetime) -> list[FeedMemory]:
        """The feeds to poll now, without those being polled already."""
        return self._free(await self.tools.store.read(feeds.due, self.polled, now))

    async def askable(self, now: datetime, only: Sequence[str] = ()) -> list[FeedMemory]:
        """All feeds, or those with the ids `only`, due or not; never those under a Retry-After."""
        chosen = [number for number in self.polled if not only or self.site.policies[number].key in only]
        return self._free(await self.tools.store.read(feeds.askable, chosen, now))

    async def poll(self, memories: Sequence[FeedMemory], now: datetime, on_poll: OnPoll) -> PassReport:
        """One pass over these feeds. Their entries are stored; :meth:`match` makes stories of them."""
        numbers = {memory.number for memory in memories}
        self._under_way |= numbers
        try:
            report = await run_pass(self._listed, memories, now, self.tools, on_poll)
        finally:
            self._under_way -= numbers
        unreachable = await self.tools.store.write(_note_reach, self.polled, datetime.now(UTC))
        return replace(report, unreachable=unreachable and bool(report.polls))

    async def match(self, now: datetime) -> Matched:
        """Match whatever entries wait for it."""
        return await self.tools.store.write(matching.match_pending, self.site.policies, now)

    def _free(self, memories: Sequence[FeedMemory]) -> list[FeedMemory]:
        return [memory for memory in memories if memory.number not in self._under_way]


@asynccontextmanager
async def open_hub(
    store: Store, config: Config, settings: Settings, now: datetime, *, address: str | None = None
) -> AsyncIterator[Hub]:
    """A hub on this database with this configuration, ready to poll. `address` is where this process listens."""
    site = await store.write(adopt, config, address, now)
    spacing = HostBudget(config.hosts.concurrency, config.hosts.spacing)
    fetcher = Fetcher(user_agent(config), allow_private=settings.allow_private)
    pages = PageFetcher(fetcher, spacing)
    async with ParserWorkers(_PARSERS) as workers:
        yield Hub(site, Tools(fetcher, spacing, workers, store, pages, concealer(config.secrets)))


def user_agent(config: Config) -> str:
    """Who asks, and whom to write to (R20): `feedhub/1.0 (+https://hub.example/; ops@example.org)`."""
    about = [f"+{config.site.url}"] if config.site.url else []
    about += [config.site.contact] if config.site.contact else []
    return f"feedhub/{__version__}" + (f" ({'; '.join(about)})" if about else "")


def _note_reach(session: Session, numbers: Sequence[int], now: datetime) -> bool:
    unreachable = feeds.none_reached(session, numbers)
    hub.note_reach(session, now, unreachable=unreachable)
    return unreachable
