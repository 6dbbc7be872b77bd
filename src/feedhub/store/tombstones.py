"""What is left of an entry whose text went: enough to know the item again while its feed still lists it (R48)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, null, or_, select, update
from sqlmodel import Session, col

from feedhub.store.database import chunks
from feedhub.store.tables import EntryRow, FeedRow, WordingRow, table_of

EXPIRED = "expired"  # the rule of an entry whose story went
STRIPPED: dict[str, Any] = {
    "link": "",
    "summary": "",
    "content": "",
    "author": "",
    "categories": [],
    "language": None,
    "picture": None,
    "enclosures": [],
    "pending": False,
}
"""What a tombstone has in place of what is read. It keeps its headline: identity may hang on it (R6)."""

_entries = table_of(EntryRow).c
_CLOCK = select(table_of(FeedRow).c.document_days).where(table_of(FeedRow).c.id == _entries.feed_id).scalar_subquery()
_RELIST = (
    update(table_of(EntryRow))
    .where(_entries.id == bindparam("number"), _entries.last_listed.is_not(None))
    .where(or_(_entries.last_listed < bindparam("clock"), _entries.digest != bindparam("reading")))
)


def bury(session: Session, entries: Iterable[int]) -> None:
    """Make tombstones of these entries, which are in no story from now on."""
    decided = {"rule": EXPIRED, "evidence": "", "score": None, "version": None, "edited_at": None}
    values = STRIPPED | decided | {"picture": null(), "story_id": None, "home_id": None, "last_listed": _CLOCK}
    for some in chunks(entries):
        session.execute(delete(WordingRow).where(col(WordingRow.entry_id).in_(some)))
        session.execute(update(table_of(EntryRow)).where(_entries.id.in_(some)).values(values))


def relist(session: Session, clock: int, named: Sequence[dict[str, Any]]) -> None:
    """Note that a document names these tombstones, by `number`, and how it identifies them now (R3, R5).

    `clock` is their feed's; `reading` is the digest of what the document says.
    """
    if named:
        identity: dict[str, Any] = {name: bindparam(f"new_{name}") for name in named[0].keys() - {"number", "reading"}}
        statement = _RELIST.values(identity | {"last_listed": bindparam("clock"), "digest": bindparam("reading")})
        rows = [{f"new_{name}" if name in identity else name: value for name, value in row.items()} for row in named]
        session.execute(statement, [row | {"clock": clock} for row in rows])
