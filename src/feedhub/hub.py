"""The hub: the parts put together, so that the service, the one-shot run and the demo do the same things."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from feedhub import __version__
from feedhub.config import Config, FeedConfig
from feedhub.config.inforce import noted
from feedhub.ingest.cadence import typical_demand
from feedhub.ingest.passes import PassReport, run_pass
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.pipeline import Tools
from feedhub.ingest.pushes import Pushes
from feedhub.ingest.turns import FeedTurns
from feedhub.ingest.workers import ParserWorkers
from feedhub.models import FeedMemory, Poll
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import Clock, HostBudget, running
from feedhub.net.proxy import Proxy
from feedhub.observe import concealer
from feedhub.publish.distribution import Distributor
from feedhub.publish.pruning import prune_when_due
from feedhub.publish.select import Site
from feedhub.settings import DEFAULT_ADDRESS, Settings
from feedhub.store import feeds, hosts, hub, parts
from feedhub.store.database import Store, sqlite_url
from feedhub.store.matching import BATCH, Matched, Matcher
from feedhub.store.policies import policies
from feedhub.store.retention import Pruned
from feedhub.store.sequence import backfill
from feedhub.websub.reach import HUB, hindrance

_PARSERS = 2

OnPoll = Callable[[FeedConfig, Poll], None]
Query = Callable[[Session, Sequence[int], datetime], list[FeedMemory]]


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
        parts.complete(session, known, now)
        backfill(session, known)
    hub.note_configuration(session, noted(config))
    return Site(config, site_url, known, hub=site_url + HUB if config.site.websub else "")


def description(config: Config, site_url: str) -> str:
    """A digest of all that decides what the outputs show besides the stories."""
    shown = (
        __version__,
        site_url,
        config.site,
        config.outputs,
        config.dedup,
        config.hide,
        [(f.id, f.public_url, f.title, f.tags, f.priority, f.dedup) for f in config.feeds],
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()


class Hub:
    """A running hub: polls what is due, matches what came in. Nothing is held in memory that a restart would miss.

    `polled` are the numbers of the feeds that are not paused. `pushes` take in what publishers' hubs deliver; None
    where no hub could reach us. `distributor` delivers to those who have subscribed to the outputs; None where they
    cannot.
    """

    def __init__(self, site: Site, tools: Tools, *, subscribes: bool = False) -> None:
        self.site, self.tools = site, tools
        self._listed = {feed.id: feed for feed in site.config.feeds}
        self.polled = site.polled
        self._matcher = Matcher(site.policies, site.config.dedup)
        self._turns = FeedTurns()
        followed = {number: self._listed[site.policies[number].key] for number in self.polled}
        self.pushes = Pushes(followed, tools, self._turns, site.url) if subscribes else None
        self.distributor = Distributor(site, tools.fetcher, tools.store) if site.hub else None

    async def due(self, now: datetime) -> list[FeedMemory]:
        """The feeds to poll now, without those being polled already."""
        return await self._free(feeds.due, self.polled, now)

    async def askable(self, now: datetime, only: Sequence[str] = ()) -> list[FeedMemory]:
        """All feeds, or those with the ids `only`, due or not; never those under a Retry-After."""
        chosen = [number for number in self.polled if not only or self.site.policies[number].key in only]
        return await self._free(feeds.askable, chosen, now)

    async def poll(self, memories: Sequence[FeedMemory], now: datetime, on_poll: OnPoll) -> PassReport:
        """One pass over these feeds. Their entries are stored; :meth:`match` makes stories of them."""
        async with self._turns.hold(memory.number for memory in memories) as let_go:

            def heard(feed: FeedConfig, poll: Poll) -> None:
                if self.pushes:
                    self.pushes.subscriber.polled(poll)
                let_go(poll.feed)
                on_poll(feed, poll)

            typical = await self._typical()
            weighed = [replace(memory, typical=typical) for memory in memories]
            report = await run_pass(self._listed, weighed, now, self.tools, heard)
        unreachable = await self.tools.store.write(_note_reach, self.polled, datetime.now(UTC))
        return replace(report, unreachable=unreachable and bool(report.polls))

    async def match(self, now: datetime) -> Matched:
        """Match whatever entries wait for it, in transactions that leave room for others.

        What each of them publishes is dated by a second of its own, as Last-Modified knows no less (R39).
        """
        store, clock = self.tools.store, running(now)
        matched = await store.write(self._matcher.begin, now)
        waiting = await store.read(self._matcher.pending)
        await store.read(self._matcher.count, waiting)
        moment = now
        for start in range(0, len(waiting), BATCH):
            if start:
                moment = await _second_after(moment, clock)
            matched += await store.write(self._matcher.match, waiting[start : start + BATCH], moment)
        return matched

    async def prune(self, now: datetime) -> Pruned:
        """Take away what is kept no longer, once in an hour (R48)."""
        return await prune_when_due(self.tools.store, self.site, now)

    async def _typical(self) -> float | None:
        """What a typical feed of this hub demands; from the database, so that all who poll agree (R49)."""
        demands = await self.tools.store.read(feeds.demands, self.polled)
        intervals = {number: self._listed[policy.key].interval for number, policy in self.site.policies.items()}
        return typical_demand([(demand, intervals[number]) for number, demand in demands.items()])

    async def _free(self, query: Query, numbers: Sequence[int], now: datetime) -> list[FeedMemory]:
        """Those that nobody is at work on. Where no hub can deliver, none is trusted to."""
        busy = self._turns.taken  # whoever is let go during the look was polled, and may look due still
        memories = await self.tools.store.read(query, numbers, now)
        free = [memory for memory in memories if memory.number not in busy | self._turns.taken]
        return free if self.pushes else [replace(memory, pushed=False) for memory in free]


@asynccontextmanager
async def open_hub(
    store: Store, config: Config, settings: Settings, now: datetime, *, address: str | None = None
) -> AsyncIterator[Hub]:
    """A hub on this database with this configuration, ready to poll.

    `address` is where this process listens, None where it does not: then no publisher's hub is asked to push to it.
    """
    site = await store.write(adopt, config, address, now)
    async with host_budget(store, config, now) as budget, ParserWorkers(_PARSERS) as workers:
        proxy = Proxy.parse(settings.proxy) if settings.proxy else None
        fetcher = Fetcher(user_agent(config), allow_private=settings.allow_private, hosts=budget, proxy=proxy)
        tools = Tools(fetcher, budget, workers, store, PageFetcher(fetcher), concealer(config.secrets))
        unreachable = hindrance(config.site.url, allow_private=settings.allow_private)
        yield Hub(site, tools, subscribes=address is not None and not unreachable)


@asynccontextmanager
async def host_budget(store: Store, config: Config, now: datetime) -> AsyncIterator[HostBudget]:
    """The budget of every host, taken over from the process before and handed on to the one after this (R22, R23)."""
    budget = HostBudget(config.hosts.concurrency, config.hosts.spacing, await store.write(hosts.begin, now))
    yield budget
    await store.write(hosts.end, budget.unsaved())


def user_agent(config: Config) -> str:
    """Who asks, and whom to write to (R20): `feedhub/1.0 (+https://hub.example/; ops@example.org)`."""
    about = [f"+{config.site.url}"] if config.site.url else []
    about += [config.site.contact] if config.site.contact else []
    return f"feedhub/{__version__}" + (f" ({'; '.join(about)})" if about else "")


async def _second_after(moment: datetime, clock: Clock) -> datetime:
    """The time in a later second than that of `moment`, once it is there."""
    earliest = moment.replace(microsecond=0) + timedelta(seconds=1)
    await asyncio.sleep(max(0.0, (earliest - clock()).total_seconds()))
    return max(earliest, clock())


def _note_reach(session: Session, numbers: Sequence[int], now: datetime) -> bool:
    unreachable = feeds.none_reached(session, numbers)
    hub.note_reach(session, now, unreachable=unreachable)
    return unreachable
