"""One poll of one feed: fetch, parse, normalize, decide. The only place that sees both I/O and decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedhub.config import FeedConfig
from feedhub.ingest import changes
from feedhub.ingest.cadence import Bounds, Outcome, next_poll
from feedhub.ingest.completion import complete
from feedhub.ingest.document import Reading, read_document
from feedhub.ingest.health import sentence
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.relocation import relocated
from feedhub.ingest.workers import ParserDied, ParserTimeout, ParserWorkers
from feedhub.models import (
    Failed,
    FailureKind,
    FeedMemory,
    Fetched,
    FetchRequest,
    FetchResult,
    Held,
    News,
    NextPoll,
    NotModified,
    Poll,
    Received,
    Validators,
)
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import Clock, HostBudget, running
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
    clock = running(now)
    result = await _fetch(feed, memory, now, tools)
    poll = await _outcome(feed, memory, result, now, clock, tools)
    return replace(poll, move=relocated(memory.move, None if poll.failure else result, now))


async def _outcome(
    feed: FeedConfig, memory: FeedMemory, result: FetchResult, now: datetime, clock: Clock, tools: Tools
) -> Poll:
    match result:
        case Held():
            return _held(feed, memory, now, result)
        case NotModified(elapsed=elapsed):
            return _answered(feed, memory, now, "unchanged", elapsed=elapsed)
        case Fetched(body=body) if _hash(body) == memory.body_hash:
            return _answered(feed, memory, now, "unchanged", whole=result, elapsed=result.elapsed)
        case Fetched():
            received = await _read(feed, result, tools.workers)
            if isinstance(received, Failed):
                return failed(feed, memory, now, _where_a_feed_was(received, memory))
            news = await _news(feed, memory, result, received, now, clock, tools)
            return _answered(feed, memory, now, "fetched", news=news, whole=result, elapsed=result.elapsed)
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
        move=memory.move,
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
    whole: Fetched | None = None,
    news: News | None = None,
) -> Poll:
    new = len(news.arrivals) if news else 0
    schedule = next_poll(_bounds(feed), memory.interval, Outcome(new=new), now, jitter(feed.id, now))
    message = "; ".join(filter(None, (_skipped(news.received), news.remark))) if news else ""
    poll = Poll(memory.number, now, outcome, "ok", message, schedule, news, elapsed=elapsed)
    if whole is None:
        return poll
    confirmed = None if news else whole.validators
    return replace(poll, confirmed=confirmed, document_url=whole.url, size=len(whole.body))


def _held(feed: FeedConfig, memory: FeedMemory, now: datetime, held: Held) -> Poll:
    """No poll took place: the feed is as it was, but for when it is asked."""
    later = NextPoll(held.until, held.reason, memory.interval or feed.interval, held.until)
    return Poll(memory.number, now, "held", memory.state, "", later, failures=memory.failures)


async def _fetch(feed: FeedConfig, memory: FeedMemory, now: datetime, tools: Tools) -> FetchResult:
    request = FetchRequest(
        feed.url,
        _validators(memory, now),
        feed.headers,
        feed.max_size,
        moved_to=memory.move.url if memory.move and memory.move.adopted_at else None,
        document_url=memory.document_url,
    )
    return await (tools.pages if feed.select else tools.fetcher).fetch(request, now)


async def _read(feed: FeedConfig, fetched: Fetched, workers: ParserWorkers) -> Received | Failed:
    reading = Reading(fetched.url, feed.timezone, feed.language, feed.select, feed.full_text)
    try:
        return await workers.call(read_document, fetched.body, fetched.url, fetched.content_type, reading)
    except (ParserDied, ParserTimeout) as error:
        return Failed(FailureKind.BROKEN, f"the document cannot be read: {error}", elapsed=fetched.elapsed)


async def _news(
    feed: FeedConfig,
    memory: FeedMemory,
    fetched: Fetched,
    received: Received,
    now: datetime,
    clock: Clock,
    tools: Tools,
) -> News:
    found = await tools.store.read(feeds.known_items, memory.number, *lookup(received.entries))
    identification = identify(received.entries, [item for item, _digest in found.values()])
    rewritten = changes.rewritten(identification, {number: digest for number, (_item, digest) in found.items()})
    stored = await tools.store.read(feeds.wordings, [item.known.entry_id for item in rewritten if item.known])
    read = [*changes.new(identification), *rewritten]
    completion = await complete(read, feed, clock, tools.pages, tools.workers)
    arrivals = changes.arrivals(identification, now, completion.articles)
    edits = changes.edits(rewritten, stored, completion.articles)
    # What waits for a later poll, or is missing from this one, must meet the document again, changed or not.
    waiting = not received.whole or (completion.postponed and len(arrivals) + len(edits) < len(read))
    return News(
        received=received,
        validators=Validators() if waiting else fetched.validators,
        body_hash="" if waiting else _hash(fetched.body),
        identity=identification.mode,
        identity_reason=identification.reason,
        arrivals=arrivals,
        edits=edits,
        remark="; ".join(filter(None, (changes.repeats(identification), completion.remark))),
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
