"""What a poll leaves behind: the attempt, the feed's state, and the entries it brought or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlmodel import Session, col

from feedhub.models import (
    Arrival,
    Cadence,
    Edit,
    Entry,
    HostState,
    Move,
    News,
    Poll,
)
from feedhub.store import activity, events, hosts, hub
from feedhub.store.database import hashed
from feedhub.store.recalls import remember
from feedhub.store.tables import EntryRow, FeedRow, PollRow, table_of
from feedhub.store.tallies import day_of
from feedhub.store.tombstones import STRIPPED, relist
from feedhub.store.wordings import keep_first

_WITHHELD = STRIPPED | {"rule": "withheld", "evidence": "an old item when the feed was new"}  # R44


def record(session: Session, poll: Poll, asked: Sequence[HostState] = ()) -> None:
    """Store a poll's outcome: the attempt, the feed's state, and what it brought. One transaction with its caller's.

    The hosts that were `asked` are stored along with it, so that a process that is killed leaves both or neither.
    """
    hosts.record(session, asked)
    row = session.get_one(FeedRow, poll.feed)
    if poll.held:
        row.next_poll_at, row.next_reason, row.not_before = poll.next.at, poll.next.reason, poll.next.not_before
        return
    news = poll.news
    record_move(row, poll.move)
    row.state, row.message, row.failures = poll.state, poll.message, poll.failures
    row.last_poll_at = poll.at
    row.next_poll_at, row.next_reason = poll.next.at, poll.next.reason
    row.interval_seconds = int(poll.next.interval.total_seconds())
    row.not_before = poll.next.not_before
    if poll.failure is None:
        row.last_ok_at = poll.at
    if poll.confirmed:
        row.etag, row.last_modified, row.full_at = poll.confirmed.etag, poll.confirmed.last_modified, poll.at
    if poll.cadence:
        _record_cadence(row, poll.cadence)
    if poll.document_url:
        row.document_url = poll.document_url
    row.trouble = poll.trouble or None
    activity.count(row, poll)
    for event in poll.events:
        events.record(session, event)
    if news:
        _record_news(session, row, news, poll.at)
        remember(session, poll.feed, news.recall)
    session.add(
        PollRow(
            feed_id=poll.feed,
            at=poll.at,
            outcome=poll.outcome,
            detail=poll.message,
            elapsed_ms=round(poll.elapsed / timedelta(milliseconds=1)),
            size=poll.size,
            items=len(news.received.entries) if news else 0,
            new=len(news.arrivals) if news else 0,
            edited=len(news.edits) if news else 0,
            skipped=news.received.skipped if news else 0,
        )
    )


def record_delivery(session: Session, number: int, news: News, now: datetime) -> None:
    """Store what a hub delivered. It may be a part of the document, and says nothing of what a poll will find there.

    It may also be late. Where it rewrites something the next poll reads the document whole, so that the address has the
    last word on what an item says; where the hub was right the document has changed, and costs nothing more.
    """
    row = session.get_one(FeedRow, number)
    if news.edits:
        row.etag = row.last_modified = row.body_hash = None
    _record_entries(session, row, news, now)


def _record_cadence(row: FeedRow, cadence: Cadence) -> None:
    row.rhythm, row.hints = dict(cadence.rhythm), dict(cadence.hints)
    row.window, row.gap_at, row.demand = cadence.window, cadence.gap_at, cadence.demand


def record_move(row: FeedRow, move: Move | None) -> None:
    """Note where the feed redirects to for good; None: nowhere."""
    row.permanent_url = move.url if move else None
    row.permanent_since = move.since if move else None
    row.permanent_polls = move.polls if move else None
    row.adopted_at = move.adopted_at if move else None


def _record_news(session: Session, row: FeedRow, news: News, now: datetime) -> None:
    received = news.received
    shown = row.title, row.link
    row.format, row.language = received.format, received.language
    if received.entries:  # an emptied document renames nothing: it may be an apology (R41)
        row.title, row.link = received.title or row.title, received.link or row.link
    row.etag, row.last_modified = news.validators.etag, news.validators.last_modified
    row.body_hash, row.full_at = news.body_hash, now
    row.identity, row.identity_reason = news.identity, news.identity_reason
    row.offer = asdict(news.offer) if news.offer else None
    if shown != (row.title, row.link):
        hub.note_rename(session)
    if row.document_day != day_of(now):
        row.document_day, row.document_days = day_of(now), row.document_days + 1
    _record_entries(session, row, news, now)


def _record_entries(session: Session, row: FeedRow, news: News, now: datetime) -> None:
    arrivals = [_arrival(row, arrival, now) for arrival in news.arrivals]
    arrivals += [
        _arrival(row, arrival, now) | _WITHHELD | {"last_listed": row.document_days} for arrival in news.withheld
    ]
    row.arrivals += len(news.arrivals)
    if arrivals:
        row.last_new_at = now
        session.execute(insert(table_of(EntryRow)), arrivals)
    keep_first(session, [edit.entry_id for edit in news.edits if edit.significant])
    for edit in news.edits:
        kept = (
            col(EntryRow.id) == edit.entry_id,
            col(EntryRow.last_listed).is_(None),
        )  # it may have gone since it was read
        session.execute(update(EntryRow).where(*kept).values(_edit(edit, now)))
    relist(session, row.document_days, [_identity(edit) for edit in news.relisted])


def _arrival(row: FeedRow, arrival: Arrival, now: datetime) -> dict[str, object]:
    return {
        "feed_id": row.id,
        "key": arrival.key,
        "declared": arrival.entry.published,
        "published": arrival.published,
        "first_seen": now,
        "digest": arrival.digest,
        "pending": True,
        "rule": "",
        "evidence": "",
        "last_listed": None,
        **_columns(arrival.entry),
    }


def _edit(edit: Edit, now: datetime) -> dict[str, object]:
    values: dict[str, object] = {"digest": edit.digest, "pending": True, **_columns(edit.entry)}
    return values | {"edited_at": now} if edit.significant else values


def _identity(edit: Edit) -> dict[str, object]:
    """A tombstone as a document has its item now."""
    return {"number": edit.entry_id, "reading": edit.digest, **_names(edit.entry)}


def _names(entry: Entry) -> dict[str, object]:
    return {
        "guid": entry.guid,
        "guid_hash": hashed(entry.guid) if entry.guid else None,
        "canonical_url": entry.canonical_url,
        "url_hash": hashed(entry.canonical_url) if entry.canonical_url else None,
        "title": entry.title,
    }


def _columns(entry: Entry) -> Mapping[str, object]:
    return {
        **_names(entry),
        "link": entry.link,
        "summary": entry.summary,
        "content": entry.content,
        "author": entry.author,
        "categories": list(entry.categories),
        "language": entry.language,
        "direction": entry.direction,
        "picture": asdict(entry.picture) if entry.picture else None,
        "enclosures": [asdict(enclosure) for enclosure in entry.enclosures],
    }
