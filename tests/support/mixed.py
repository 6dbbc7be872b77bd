"""A hub of many feeds in every state there is, with two weeks behind it: written to the database, never polled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from feedhub.ingest.health import ADVICE, GAP_ADVICE, STALE_ADVICE, sentence
from feedhub.models import Event, EventKind, FailureKind
from feedhub.store import events
from feedhub.store.database import Store
from feedhub.store.tables import EntryRow, FeedRow, table_of
from support.ledger import Ledger

HEALTHY = 9  # of ten feeds
_ADVICE: dict[str, str] = {
    "stale": f"nothing new for 5 d, usually it is 6 h at most; {STALE_ADVICE}",
    "gap": GAP_ADVICE,
}
_TITLES = ("The Tigris Courier", "شبكة الفرات الإخبارية", "Zagros Haber", "هەواڵی زاگرۆس", "خبرگزاری کوه")


def a_mixed_hub(store: Store, folder: Path, feeds: int, now: datetime) -> Ledger:
    """So many feeds: most are well, and each state is there."""
    names = [f"paper-{number:03}" for number in range(feeds)]
    lines = "".join(f"  - {{id: {name}, url: 'https://{name}.example/rss'}}\n" for name in names)
    ledger = Ledger(store, folder, f"feeds:\n{lines}", born=now - timedelta(days=30))
    states = cycle(["offline", "stale", "gap", *FailureKind])
    with store.writing() as session:
        rows = session.exec(select(FeedRow).order_by(col(FeedRow.id))).all()
        for number, row in enumerate(rows):
            _fill(row, number, "ok" if number % 10 < HEALTHY else next(states), now)
        session.flush()
        entries = [entry for row in rows for entry in _entries(row, now)]
        session.execute(insert(table_of(EntryRow)), entries)
        for kind, row in zip(EventKind, rows, strict=False):
            events.record(session, Event(kind, now - timedelta(hours=1), ADVICE[FailureKind.BLOCKED], row.key))
    return ledger


def _fill(row: FeedRow, number: int, state: str, now: datetime) -> None:
    row.title, row.format = _TITLES[number % len(_TITLES)], "rss20"
    row.state = state
    if state in list(FailureKind):
        row.failures, row.failed = 3, 3
        row.message = sentence(FailureKind(state), f"{row.key}.example answered with {state}")
    else:
        row.message = _ADVICE.get(state, "")
    row.last_poll_at = row.last_ok_at = row.last_new_at = now - timedelta(minutes=number % 15)
    row.next_poll_at, row.next_reason = now + timedelta(minutes=15), "every 15 min: about 0.4 new are expected by then"
    row.gap_at = now if state == "gap" else None
    row.polls, row.unchanged = 1_300, 900
    row.unchanged_share, row.response_ms = 0.3 + number % 60 / 100, 40.0 + number * 9
    row.identity, row.identity_reason = "guid", "each item has its own guid"


def _entries(row: FeedRow, now: datetime) -> Iterator[dict[str, Any]]:
    number = row.id or 0
    for hour in range(0, 336, 1 + number % 7):
        seen = now - timedelta(hours=hour)
        yield {
            "feed_id": number,
            "key": f"{number}-{hour}",
            "digest": "",
            "published": seen - timedelta(minutes=number % 30),
            "declared": seen - timedelta(minutes=number % 30),
            "first_seen": seen,
            "pending": False,
            "rule": ("founded", "address", "text")[hour % 3],
            **dict.fromkeys(("guid", "link", "title", "summary", "content", "author", "evidence"), ""),
            "categories": [],
            "enclosures": [],
            "direction": "ltr",
        }
