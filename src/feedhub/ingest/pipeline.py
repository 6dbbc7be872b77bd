"""One poll of one feed: fetch, parse, normalize, decide. The only place that sees both I/O and decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedhub.config import FeedConfig
from feedhub.ingest import changes
from feedhub.ingest.completion import complete
from feedhub.ingest.document import Reading, read_document
from feedhub.ingest.health import sentence
from feedhub.ingest.pacing import after_answer, after_failure
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.relocation import asked_at, relocated
from feedhub.ingest.workers import ParserDied, ParserTimeout, ParserWorkers
from feedhub.models import (
    Failed,
    FailureKind,
    FeedMemory,
    Fetched,
    FetchRequest,
    FetchResult,
    Freshness,
    Held,
    HubOffer,
    News,
    NextPoll,
    NotModified,
    Poll,
    Recall,
    Received,
    Validators,
)
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import Clock, HostBudget, running
from feedhub.store import feeds, recalls
from feedhub.store.database import Store
from feedhub.stories.identity import Identification, identify, lookup
from feedhub.websub.discovery import belongs, offered

_Known = tuple[Identification, Mapping[int, str]]
"""Which stored entry each item is, and the stored digests by the entries' numbers."""

_NOTHING = Recall()
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
            return _answered(feed, memory, now, result.freshness, elapsed)
        case Fetched(body=body, elapsed=elapsed) if _hash(body) == memory.body_hash:
            return _whole(_answered(feed, memory, now, result.freshness, elapsed), result)
        case Fetched(elapsed=elapsed):
            recall = await tools.store.read(recalls.recall, memory.number)
            news = await _read_news(feed, memory, result, recall, now, clock, tools)
            if isinstance(news, Failed):
                return failed(feed, memory, now, _where_a_feed_was(news, memory))
            return _whole(_answered(feed, memory, now, result.freshness, elapsed, news), result)
        case Failed():
            return failed(feed, memory, now, result)


async def read_delivery(
    feed: FeedConfig, memory: FeedMemory, offer: HubOffer, delivered: Fetched, now: datetime, tools: Tools
) -> News | Failed:
    """What a hub's delivery changes, read as a poll would read it; nothing is recorded yet.

    The document is that of the offer, or it is none of this feed.
    """
    received = await _read(feed, delivered, tools.workers)
    if isinstance(received, Failed):
        return received
    if not belongs(offer, delivered.links, received.links):
        return Failed(FailureKind.BROKEN, "the document is another one")
    known = await _known(memory, received, tools)
    return await _news(feed, memory, delivered, received, known, now, running(now), tools)


def failed(feed: FeedConfig, memory: FeedMemory, now: datetime, failure: Failed) -> Poll:
    """The poll that failed this way: its class is the feed's state."""
    failures = memory.failures + 1
    return Poll(
        feed=memory.number,
        at=now,
        outcome=failure.kind,
        state=failure.kind,
        message=sentence(failure.kind, failure.detail),
        next=after_failure(feed, memory, failure, failures, now),
        failures=failures,
        elapsed=failure.elapsed,
        move=memory.move,
    )


def _answered(
    feed: FeedConfig,
    memory: FeedMemory,
    now: datetime,
    freshness: Freshness,
    elapsed: timedelta,
    news: News | None = None,
) -> Poll:
    """A document that says something else than before, or `news` is None."""
    paced = after_answer(feed, memory, news, freshness, now)
    remarks = (_skipped(news.received), news.remark) if news else ()
    return Poll(
        feed=memory.number,
        at=now,
        outcome="fetched" if news else "unchanged",
        state=paced.state,
        message="; ".join(filter(None, (paced.sentence, *remarks))),
        next=paced.next,
        news=news,
        elapsed=elapsed,
        cadence=paced.cadence,
    )


def _whole(poll: Poll, fetched: Fetched) -> Poll:
    """The poll that a whole answer came of: where it was found, and its validators even if it says nothing new."""
    confirmed = None if poll.news else fetched.validators
    return replace(poll, confirmed=confirmed, document_url=fetched.url, size=len(fetched.body))


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
        moved_to=asked_at(memory.move, memory.failures),
        document_url=memory.document_url,
    )
    return await (tools.pages if feed.select else tools.fetcher).fetch(request, now)


async def _read_news(
    feed: FeedConfig,
    memory: FeedMemory,
    fetched: Fetched,
    recall: Recall,
    now: datetime,
    clock: Clock,
    tools: Tools,
) -> News | Failed:
    """What the document changes. Items in `recall` are read again only where one of them is not stored as it says."""
    received = await _read(feed, fetched, tools.workers, recall)
    if isinstance(received, Failed):
        return received
    known = await _known(memory, received, tools)
    if changes.recalled_amiss(*known):
        return await _read_news(feed, memory, fetched, _NOTHING, now, clock, tools)
    return await _news(feed, memory, fetched, received, known, now, clock, tools)


async def _known(memory: FeedMemory, received: Received, tools: Tools) -> _Known:
    found = await tools.store.read(feeds.known_items, memory.number, *lookup(received.entries))
    identification = identify(received.entries, [item for item, _digest in found.values()])
    return identification, {number: digest for number, (_item, digest) in found.items()}


async def _read(
    feed: FeedConfig, fetched: Fetched, workers: ParserWorkers, recall: Recall = _NOTHING
) -> Received | Failed:
    reading = Reading(fetched.url, feed.timezone, feed.language, feed.select, feed.full_text)
    try:
        return await workers.call(read_document, fetched.body, fetched.url, fetched.content_type, reading, recall)
    except (ParserDied, ParserTimeout) as error:
        return Failed(FailureKind.BROKEN, f"the document cannot be read: {error}", elapsed=fetched.elapsed)


async def _news(
    feed: FeedConfig,
    memory: FeedMemory,
    fetched: Fetched,
    received: Received,
    known: _Known,
    now: datetime,
    clock: Clock,
    tools: Tools,
) -> News:
    identification, digests = known
    rewritten = changes.rewritten(identification, digests)
    stored = await tools.store.read(feeds.wordings, [item.known.entry_id for item in rewritten if item.known])
    most = feed.initial_items if memory.empty else None
    fresh, old = changes.withhold(changes.new(identification), most, now)
    read = [*fresh, *rewritten]
    completion = await complete(read, feed, clock, tools.pages, tools.workers)
    arrivals = changes.arrivals(fresh, now, completion.articles)
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
        known=sum(item.known is not None for item in identification.items),
        remark="; ".join(filter(None, (changes.repeats(identification), changes.held_back(old), completion.remark))),
        items=tuple(item.key for item in identification.items),
        offer=_offer(fetched, received, tools),
        withheld=changes.arrivals(old, now),
        relisted=changes.relisted(identification),
        recall=changes.recall(received),
    )


def _offer(fetched: Fetched, received: Received, tools: Tools) -> HubOffer | None:
    """Who pushes the document. A hub is a stranger: one that would have to be told a secret is none."""
    offer = offered(fetched.url, fetched.links, received.links)
    return offer if offer and tools.conceal(offer.topic) == offer.topic else None


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


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
