"""Entries and polls of a small imaginary region, for tests of the store."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from feedhub.models import (
    Arrival,
    Edit,
    Entry,
    FailureKind,
    News,
    NextPoll,
    Poll,
    Received,
    Validators,
)
from feedhub.net.urls import canonical_url

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def at(minutes: float = 0, *, days: float = 0) -> datetime:
    """So long after noon."""
    return NOON + timedelta(minutes=minutes, days=days)


def an_entry(link: str = "https://tigris.example/news/2026/river-level-rises", **changes: Any) -> Entry:
    """A whole entry at this address; its guid is the address."""
    entry = Entry(
        guid=link,
        canonical_url=canonical_url(link),
        link=link,
        title="River level rises after the first rain",
        summary="Engineers open two gates of the weir.",
        content="<p>Engineers open two gates of the weir.</p>",
        published=NOON - timedelta(hours=1),
        author="Mina Karim",
        categories=("Local News",),
        language="en",
        direction="ltr",
        picture=None,
        enclosures=(),
    )
    return replace(entry, **changes)


def arrival(entry: Entry, now: datetime = NOON, key: str = "") -> Arrival:
    """The entry met for the first time, identified by its guid unless a `key` is given."""
    return Arrival(
        entry, _digest(key or entry.guid or entry.link), min(entry.published or now, now), _digest(repr(entry))
    )


def edit(number: int, entry: Entry, *, significant: bool = True) -> Edit:
    """The stored entry of this number as it reads now."""
    return Edit(number, entry, _digest(repr(entry)), significant)


def news(*arrivals: Arrival, edits: tuple[Edit, ...] = (), **changes: Any) -> News:
    """A document that brought these."""
    entries = tuple(arrival.entry for arrival in arrivals) + tuple(edit.entry for edit in edits)
    received = Received("rss20", "", "", "en", entries)
    values: dict[str, Any] = {
        "received": received,
        "validators": Validators('"1"', "Sun, 22 Nov 2026 11:00:00 GMT"),
        "body_hash": _digest(repr(entries)),
        "identity": "guid",
        "identity_reason": "each item has its own guid",
    }
    return News(arrivals=arrivals, edits=edits, **(values | changes))


def a_poll(feed: int, now: datetime = NOON, **changes: Any) -> Poll:
    """A poll that was answered with a 304."""
    schedule = NextPoll(now + QUARTER, "every 15 min", QUARTER)
    return replace(Poll(feed, now, "unchanged", "ok", "", schedule, elapsed=timedelta(milliseconds=80)), **changes)


def news_poll(feed: int, *entries: Entry, now: datetime = NOON, edits: tuple[Edit, ...] = (), **changes: Any) -> Poll:
    """A poll that brought these entries for the first time, and these edits."""
    brought = news(*(arrival(entry, now) for entry in entries), edits=edits)
    return a_poll(feed, now, outcome="fetched", news=brought, **changes)


def failing_poll(feed: int, now: datetime = NOON, kind: FailureKind = FailureKind.TIMEOUT, **changes: Any) -> Poll:
    """A poll that failed this way."""
    values: dict[str, Any] = {"outcome": kind, "state": kind, "message": "no answer within 30 s", "failures": 1}
    return a_poll(feed, now, **(values | changes))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
