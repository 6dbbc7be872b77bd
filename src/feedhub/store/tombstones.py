"""What is left of an entry whose text went: enough to know the item again while its feed still lists it (R48)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
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
_KEPT = (
    *(_entries.id, _entries.feed_id, _entries.key, _entries.guid, _entries.guid_hash, _entries.canonical_url),
    *(_entries.url_hash, _entries.title, _entries.digest, _entries.declared, _entries.published, _entries.first_seen),
)
_clock = table_of(FeedRow).c
_RELIST = (
    update(table_of(EntryRow))
    .where(_entries.id == bindparam("number"), _entries.last_listed.is_not(None))
    .where(or_(_entries.last_listed < bindparam("clock"), _entries.digest != bindparam("reading")))
)


def bury(session: Session, entries: Iterable[int]) -> None:
    """Make tombstones of these entries, which are in no story from now on.

    Each is deleted and put back small: where a row only shrinks SQLite leaves its page to it, nearly empty.
    """
    fate = {"rule": EXPIRED, "evidence": "", "direction": "ltr"}
    query = select(*_KEPT, _clock.document_days.label("last_listed")).join_from(table_of(EntryRow), table_of(FeedRow))
    for some in chunks(entries):
        rows = [{**row, **STRIPPED, **fate} for row in session.execute(query.where(_entries.id.in_(some))).mappings()]
        session.execute(delete(WordingRow).where(col(WordingRow.entry_id).in_(some)))
        session.execute(delete(table_of(EntryRow)).where(_entries.id.in_(some)))
        session.execute(insert(table_of(EntryRow)), rows)


def relist(session: Session, clock: int, named: Sequence[dict[str, Any]]) -> None:
    """Note that a document names these tombstones, by `number`, and how it identifies them now (R3, R5).

    `clock` is their feed's; `reading` is the digest of what the document says.
    """
    if named:
        identity: dict[str, Any] = {name: bindparam(f"new_{name}") for name in named[0].keys() - {"number", "reading"}}
        statement = _RELIST.values(identity | {"last_listed": bindparam("clock"), "digest": bindparam("reading")})
        rows = [{f"new_{name}" if name in identity else name: value for name, value in row.items()} for row in named]
        session.execute(statement, [row | {"clock": clock} for row in rows])
