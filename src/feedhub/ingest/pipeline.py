"""One poll of one feed: fetch, parse, normalize, decide. The only place that sees both I/O and decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedhub.config import FeedConfig
from feedhub.ingest import changes
from feedhub.ingest.cadence import Bounds, Outcome, next_poll
from feedhub.ingest.completion import complete
from feedhub.ingest.document import Reading, read_document
from feedhub.ingest.health import sentence
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.workers import ParserDied, ParserTimeout, ParserWorkers
from feedhub.models import (
    Failed,
    FailureKind,
    FeedMemory,
    Fetched,
    FetchRequest,
    FetchResult,
    News,
    NotModified,
    Poll,
    Received,
    Validators,
)
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import HostBudget
from feedhub.net.urls import host_of
from feedhub.store import feeds
from feedhub.store.database import Store
from feedhub.stories.identity import identify, lookup

_RECHECK = timedelta(days=7)  # a server that answers 304 for ever is asked unconditionally this often (R21)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a poll works with. `conceal` blots out the configured secrets."""

    fetcher: Fetcher
    hosts: HostBudget
    workers: ParserWorkers
    store: Store
    pages: PageFetcher
    conceal: Callable[[str], str]


async def poll_feed(feed: FeedConfig, memory: FeedMemory, now: datetime, tools: Tools) -> Poll:
    """Poll a feed and say what came of it; nothing is recorded yet."""
    result = await _fetch(feed, memory, now, tools)
    match result:
        case NotModified(elapsed=elapsed):
            return _answered(feed, memory, now, "unchanged", elapsed=elapsed)
        case Fetched(body=body, validators=validators) if _hash(body) == memory.body_hash:
            return _answered(
                feed, memory, now, "unchanged", confirmed=validators, elapsed=result.elapsed, size=len(body)
            )
        case Fetched():
            received = await _read(feed, result, tools.workers)
            if isinstance(received, Failed):
                return failed(feed, memory, now, _where_a_feed_was(received, memory))
            news = await _news(feed, memory, result, received, now, tools)
            return _answered(feed, memory, now, "fetched", news=news, elapsed=result.elapsed, size=len(result.body))
        case Failed():
            return failed(feed, memory, now, result)


def failed(feed: FeedConfig, memory: FeedMemory, now: datetime, failure: Failed) -> Poll:
    """The poll that failed this way: its class is the feed's state."""
    failures = memory.failures + 1
    outcome = Outcome(failure=failure.kind, failures=failures, retry_after=failure.retry_after)
    return Poll(
        feed=memory.number,
        at=now,
        outcome=failure.kind,
        state=failure.kind,
        message=sentence(failure.kind, failure.detail),
        next=next_poll(_bounds(feed), memory.interval, outcome, now, jitter(feed.id, now)),
        failures=failures,
        elapsed=failure.elapsed,
    )


def jitter(feed: str, now: datetime) -> float:
    """From 0 to 1, the same for the same feed and time, so that every way of running polls at the same times (R49)."""
    return hashlib.sha256(f"{feed}\n{now.isoformat()}".encode()).digest()[0] / 255


def _answered(
    feed: FeedConfig,
    memory: FeedMemory,
    now: datetime,
    outcome: str,
    *,
    elapsed: timedelta,
    news: News | None = None,
    confirmed: Validators | None = None,
    size: int = 0,
) -> Poll:
    new = len(news.arrivals) if news else 0
    schedule = next_poll(_bounds(feed), memory.interval, Outcome(new=new), now, jitter(feed.id, now))
    message = "; ".join(filter(None, (_skipped(news.received), news.remark))) if news else ""
    return Poll(memory.number, now, outcome, "ok", message, schedule, news, confirmed, 0, elapsed, size)


async def _fetch(feed: FeedConfig, memory: FeedMemory, now: datetime, tools: Tools) -> FetchResult:
    request = FetchRequest(feed.url, _validators(memory, now), feed.headers, feed.max_size)
    if feed.select:
        return await tools.pages.fetch(request, now)
    async with tools.hosts.turn(host_of(feed.url)):
        return await tools.fetcher.fetch(request, now)


async def _read(feed: FeedConfig, fetched: Fetched, workers: ParserWorkers) -> Received | Failed:
    reading = Reading(fetched.url, feed.timezone, feed.language, feed.select, feed.full_text)
    try:
        return await workers.call(read_document, fetched.body, fetched.url, fetched.content_type, reading)
    except (ParserDied, ParserTimeout) as error:
        return Failed(FailureKind.BROKEN, f"the document cannot be read: {error}", elapsed=fetched.elapsed)


async def _news(
    feed: FeedConfig, memory: FeedMemory, fetched: Fetched, received: Received, now: datetime, tools: Tools
) -> News:
    found = await tools.store.read(feeds.known_items, memory.number, *lookup(received.entries))
    identification = identify(received.entries, [item for item, _digest in found.values()])
    rewritten = changes.rewritten(identification, {number: digest for number, (_item, digest) in found.items()})
    stored = await tools.store.read(feeds.wordings, [item.known.entry_id for item in rewritten if item.known])
    most = feed.initial_items if memory.empty else None
    fresh, old = changes.withhold(changes.new(identification), most, now)
    read = [*fresh, *rewritten]
    completion = await complete(read, feed, now, tools.pages, tools.workers)
    arrivals = changes.arrivals(fresh, now, completion.articles)
    edits = changes.edits(rewritten, stored, completion.articles)
    # What waits for a later poll, or is missing from this one, must meet the document again, changed or not.
    waiting = not received.whole or (completion.postponed and len(arrivals) + len(edits) < len(read))
    return News(
        received=received,
        validators=Validators() if waiting else fetched.validators,
        body_hash="" if waiting else _hash(fetched.body),
        permanent_url=fetched.permanent_url,
        identity=identification.mode,
        identity_reason=identification.reason,
        arrivals=arrivals,
        edits=edits,
        remark="; ".join(filter(None, (changes.repeats(identification), changes.held_back(old), completion.remark))),
        withheld=changes.arrivals(old, now),
    )


def _validators(memory: FeedMemory, now: datetime) -> Validators:
    if memory.full_at is None or now - memory.full_at >= _RECHECK:
        return Validators()
    return memory.validators


def _where_a_feed_was(failure: Failed, memory: FeedMemory) -> Failed:
    """A page where a feed used to be is a challenge, a login or a notice, not a mistaken address (R28)."""
    if failure.kind is FailureKind.NOT_A_FEED and memory.format:
        return Failed(FailureKind.BLOCKED, failure.detail, failure.status, elapsed=failure.elapsed)
    return failure


def _skipped(received: Received) -> str:
    if not received.skipped:
        return received.skipped_reason
    items = "1 item" if received.skipped == 1 else f"{received.skipped} items"
    return f"{items} skipped: {received.skipped_reason}"


def _bounds(feed: FeedConfig) -> Bounds:
    return Bounds(feed.interval, feed.min_interval, feed.max_interval)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
