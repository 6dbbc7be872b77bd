"""Feeds: which are listed, what is due, and what is remembered of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from feedhub.models import (
    OFFLINE_KINDS,
    Cadence,
    FeedMemory,
    Move,
    Validators,
)
from feedhub.net.hosts import CLOCK_DRIFT, MOST_PATIENCE
from feedhub.net.urls import host_of, without_scheme
from feedhub.store.database import chunks, hashed
from feedhub.store.polls import record_move
from feedhub.store.tables import EntryRow, FeedRow, SubscriptionRow
from feedhub.stories.identity import KnownItem


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed as feeds.yaml lists it: all that the store needs to find its row again."""

    key: str
    url: str


def sync(session: Session, listed: Sequence[Listed], now: datetime) -> dict[str, int]:
    """Give every listed feed its row and return their numbers by key.

    A row is found by its key, else by its URL, so that neither a new URL under the same id nor a new id for the same
    URL makes anything new (R47). A changed URL forgets the old document's validators.
    """
    rows = list(session.exec(select(FeedRow)))
    found = claimed(rows, listed)
    for feed in listed:
        row = found.get(feed.key)
        if row is None:
            row = found[feed.key] = FeedRow(key=feed.key, url=feed.url, created_at=now)
            session.add(row)
        elif row.url != feed.url:
            _move(row, feed.url, now)
        row.key, row.removed_at = feed.key, None
    for row in rows:
        if row.key not in found:
            row.removed_at = row.removed_at or now
    session.flush()
    return {feed.key: row.id for feed in listed if (row := found[feed.key]).id is not None}


def claimed(rows: Iterable[FeedRow], listed: Sequence[Listed]) -> dict[str, FeedRow]:
    """The row of each listed feed that has one, by its key."""
    by_key = {row.key: row for row in rows}
    keys = {feed.key for feed in listed}
    unclaimed = {without_scheme(row.url): row for key, row in by_key.items() if key not in keys}
    found: dict[str, FeedRow] = {}
    for feed in listed:
        row = by_key.get(feed.key) or unclaimed.pop(without_scheme(feed.url), None)
        if row:
            found[feed.key] = row
    return found


def due(session: Session, numbers: Sequence[int], now: datetime) -> list[FeedMemory]:
    """The feeds among `numbers` whose time has come, longest overdue first.

    What a clock that ran ahead put off is due at once: it could be years (R51).
    """
    time_has_come = or_(col(FeedRow.next_poll_at).is_(None), col(FeedRow.next_poll_at) <= now)
    put_off = and_(col(FeedRow.last_poll_at) > now + CLOCK_DRIFT, _askable(now))
    rows = _rows(session, numbers, or_(time_has_come, put_off, _from_the_future(now)))
    return _memories(session, sorted(rows, key=lambda row: (row.next_poll_at or row.created_at, row.id)))


def askable(session: Session, numbers: Sequence[int], now: datetime) -> list[FeedMemory]:
    """All of `numbers` but those whose publisher asked to be left alone until later (Retry-After, R22)."""
    return _memories(session, _rows(session, numbers, _askable(now)))


def memory(session: Session, number: int) -> FeedMemory:
    """What is remembered of this feed."""
    return _memories(session, [session.get_one(FeedRow, number)])[0]


def hasten(session: Session, number: int, earliest: datetime) -> None:
    """Have the feed polled at the time given, unless it is due before; never within a Retry-After."""
    row = session.get_one(FeedRow, number)
    if row.next_poll_at is not None:
        row.next_poll_at = min(row.next_poll_at, max(earliest, row.not_before or earliest))


def none_reached(session: Session, numbers: Sequence[int]) -> bool:
    """Whether every one of the feeds has been tried and could not be reached at its last poll."""
    wanted = set(numbers)
    states = {state for number, state in session.exec(select(FeedRow.id, FeedRow.state)) if number in wanted}
    return bool(states) and states <= {"offline", *OFFLINE_KINDS}


def next_due(session: Session, numbers: Sequence[int]) -> datetime | None:
    """When the first of the feeds falls due; None where one was never polled or there is none."""
    wanted = set(numbers)
    times = [time for number, time in session.exec(select(FeedRow.id, FeedRow.next_poll_at)) if number in wanted]
    return min((time for time in times if time), default=None) if None not in times else None


def demands(session: Session, numbers: Sequence[int]) -> dict[int, float]:
    """The demand of each of the feeds whose rhythm is known, by number."""
    wanted = set(numbers)
    query = select(FeedRow.id, FeedRow.demand).order_by(col(FeedRow.id))  # in order: a sum of floats depends on it
    return {number: demand for number, demand in session.exec(query) if number in wanted and demand is not None}


def known_items(
    session: Session, feed: int, keys: set[str], guids: set[str], links: set[str]
) -> dict[int, tuple[KnownItem, str]]:
    """The stored items of a feed under these identities, with their digests, by number, oldest first."""
    found: dict[int, tuple[KnownItem, str]] = {}
    query = sqlalchemy.select(
        col(EntryRow.id),
        col(EntryRow.key),
        col(EntryRow.guid),
        col(EntryRow.canonical_url),
        col(EntryRow.title),
        col(EntryRow.declared),
        col(EntryRow.last_listed).is_not(None),
        col(EntryRow.digest),
    ).where(col(EntryRow.feed_id) == feed)
    ways: tuple[tuple[Any, list[Any]], ...] = (
        (col(EntryRow.key), list(keys)),
        (col(EntryRow.guid_hash), [hashed(guid) for guid in guids]),
        (col(EntryRow.url_hash), [hashed(link) for link in links]),
    )
    for column, values in ways:
        for chunk in chunks(values):
            for number, *fields, digest in session.execute(query.where(column.in_(chunk))):
                found[number] = KnownItem(number, *fields), digest
    return dict(sorted(found.items()))


def wordings(session: Session, entries: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Title and content of stored entries, by number."""
    result: dict[int, tuple[str, str]] = {}
    for chunk in chunks(entries):
        query = select(EntryRow.id, EntryRow.title, EntryRow.content).where(col(EntryRow.id).in_(chunk))
        result |= {number: (title, content) for number, title, content in session.exec(query) if number is not None}
    return result


def _move(row: FeedRow, url: str, now: datetime) -> None:
    if host_of(row.url) != host_of(url):
        row.not_before = None  # Retry-After is the host's word (R22)
    row.url = url
    row.etag = row.last_modified = row.body_hash = row.full_at = row.document_url = row.offer = None
    row.hints = row.window = None  # the document's; the rhythm is the feed's
    record_move(row, None)
    row.state, row.message, row.failures, row.trouble = "new", "", 0, None
    row.next_poll_at = now


def _askable(now: datetime) -> ColumnElement[bool]:
    return or_(col(FeedRow.not_before).is_(None), col(FeedRow.not_before) <= now, _from_the_future(now))


def _from_the_future(now: datetime) -> ColumnElement[bool]:
    """A Retry-After that is longer than any counts was reckoned by a clock that has been set back since (R22)."""
    return col(FeedRow.not_before) > now + MOST_PATIENCE + CLOCK_DRIFT


def _rows(session: Session, numbers: Sequence[int], *conditions: ColumnElement[bool]) -> list[FeedRow]:
    wanted = set(numbers)
    query = select(FeedRow).where(*conditions).order_by(col(FeedRow.id))
    return [row for row in session.exec(query) if row.id in wanted]


def _memories(session: Session, rows: Sequence[FeedRow]) -> list[FeedMemory]:
    pushed = set(session.exec(select(SubscriptionRow.feed_id).where(col(SubscriptionRow.pushed)))) if rows else set()
    delivered = _delivered(session) if rows else {}
    return [_memory(row, delivered.get(row.id, ()), pushed=row.id in pushed) for row in rows]


def _delivered(session: Session) -> dict[int | None, tuple[datetime, ...]]:
    """The order keys of what hubs delivered since their feeds' last answers, by the feeds' numbers."""
    query = (
        select(FeedRow.id, FeedRow.last_ok_at)
        .join(SubscriptionRow)
        .where(col(SubscriptionRow.delivered_at) > col(FeedRow.last_ok_at))
    )
    came = select(EntryRow.published).order_by(col(EntryRow.published))
    return {
        number: tuple(session.exec(came.where(col(EntryRow.feed_id) == number, col(EntryRow.first_seen) > since)))
        for number, since in session.exec(query.distinct())
        if since
    }


def _memory(row: FeedRow, delivered: tuple[datetime, ...], *, pushed: bool) -> FeedMemory:
    return FeedMemory(
        number=row.id or 0,
        key=row.key,
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        full_at=row.full_at,
        state=row.state,
        failures=row.failures,
        interval=timedelta(seconds=row.interval_seconds) if row.interval_seconds is not None else None,
        format=row.format,
        due=row.next_poll_at,
        cadence=Cadence(row.rhythm or {}, row.hints or {}, row.window or 0, row.gap_at, row.demand),
        document_url=row.document_url,
        move=_move_of(row),
        pushed=pushed,
        delivered=delivered,
        empty=row.last_new_at is None,
        trouble=row.trouble or "",
    )


def _move_of(row: FeedRow) -> Move | None:
    if row.permanent_url is None or row.permanent_since is None:
        return None
    return Move(row.permanent_url, row.permanent_since, row.permanent_polls or 1, row.adopted_at)
