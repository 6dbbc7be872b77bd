"""What entries said when they were matched, kept where an edit has changed it: copies of that still come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy
from sqlalchemy import insert
from sqlmodel import Session, col

from feedhub.store.among import among
from feedhub.store.database import chunks
from feedhub.store.tables import EntryRow, WordingRow, table_of
from feedhub.store.tallies import day_of

_wordings = table_of(WordingRow).c
_FIRST = sqlalchemy.select(_wordings.entry_id, _wordings.digest, _wordings.title).where(
    among(_wordings.entry_id, "ids")
)


class FirstWording(NamedTuple):
    """The wording that an entry was matched with, as far as it is looked at before its text is compared."""

    entry: int
    digest: str
    title: str


def keep_first(session: Session, entries: Sequence[int]) -> None:
    """Keep what these entries say, which is about to be overwritten: of each the first wording that was matched."""
    query = (
        sqlalchemy.select(
            *(col(column) for column in (EntryRow.id, EntryRow.first_seen, EntryRow.digest)),
            *(col(column) for column in (EntryRow.title, EntryRow.summary, EntryRow.content)),
        )
        .outerjoin(WordingRow, col(WordingRow.entry_id) == col(EntryRow.id))
        .where(col(EntryRow.story_id).is_not(None), col(WordingRow.entry_id).is_(None))
    )
    rows = [
        {
            "entry_id": row.id,
            "day": day_of(row.first_seen),
            "digest": row.digest,
            "title": row.title,
            "summary": row.summary,
            "content": row.content,
        }
        for some in chunks(entries)
        for row in session.execute(query.where(col(EntryRow.id).in_(some)))
    ]
    if rows:
        session.execute(insert(table_of(WordingRow)), rows)


def first_wordings(session: Session, entries: Iterable[int]) -> Iterator[FirstWording]:
    """The first wordings of those of the entries that were edited since, as long as they are kept."""
    return map(FirstWording._make, session.execute(_FIRST, {"ids": entries}).all())
