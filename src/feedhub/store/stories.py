"""Rows of stories: public ids, when they changed, who carries them, and which resemble each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, TypeVar, cast

import sqlalchemy
from sqlalchemy import ColumnElement, exists, func, insert, or_, update
from sqlmodel import Session, col, select

from feedhub.config import DedupMode
from feedhub.store.among import among
from feedhub.store.database import chunks, hashed
from feedhub.store.policies import CarrierKey
from feedhub.store.tables import EntryRow, GoneRow, RelatedRow, StoryRow, table_of
from feedhub.stories.match import Founder, NearMiss, story_ids

_Carrier = TypeVar("_Carrier", bound=CarrierKey)
_URNS = sqlalchemy.select(table_of(StoryRow).c.urn).where(among(table_of(StoryRow).c.urn, "urns"))
_GONE = sqlalchemy.select(table_of(GoneRow).c.id).where(among(table_of(GoneRow).c.id, "ids"))
_pairs = table_of(RelatedRow).c
_PAIRS = sqlalchemy.select(_pairs.story_id, _pairs.other_id).where(
    or_(among(_pairs.story_id, "ids"), among(_pairs.other_id, "ids"))
)


entry_home: ColumnElement[int] = func.coalesce(col(EntryRow.home_id), col(EntryRow.story_id))
"""The story that the matcher gave an entry."""

# The story under which a row of `stories` is shown, joined with its entry if it is one's own.
SHOWN_UNDER: ColumnElement[int] = func.coalesce(col(EntryRow.story_id), col(StoryRow.merged_into), col(StoryRow.id))


PARTS: tuple[DedupMode, ...] = ("link", "off")


def part(mode: DedupMode) -> ColumnElement[int]:
    """The column of entries that holds under which row of `stories` an output of this mode shows them (R9)."""
    columns = {"story": EntryRow.story_id, "link": EntryRow.linked_id, "off": EntryRow.own_id}
    return cast(ColumnElement[int], col(columns[mode]))


def taken(session: Session, urns: Iterable[str]) -> set[str]:
    """Those of the public ids that a story has or had."""
    wanted = set(urns)
    return gone(session, wanted).union(session.execute(_URNS, {"urns": wanted}).scalars().all())


def gone(session: Session, urns: Iterable[str]) -> set[str]:
    """Those of the public ids whose story retention took away (R48)."""
    hashes = {hashed(urn): urn for urn in urns}
    return {hashes[number] for number in session.execute(_GONE, {"ids": set(hashes)}).scalars().all()}


def carried(session: Session, urns: Iterable[str], feeds: Collection[int]) -> set[str]:
    """Those of the public ids under which something of these feeds is shown (R47)."""
    shown = col(EntryRow.story_id) == func.coalesce(col(StoryRow.merged_into), col(StoryRow.id))
    carriers = exists().where(shown, among(table_of(EntryRow).c.feed_id, "feeds"))
    query = select(StoryRow.urn).where(among(table_of(StoryRow).c.urn, "urns"), carriers)
    return set(session.execute(query, {"urns": set(urns), "feeds": set(feeds)}).scalars().all())


def founding_urn(session: Session, entry: Founder, feed_key: str, known: Collection[str]) -> str:
    """The public id of the story that the entry founds: the first that is free, for it may found several over time.

    `known` are ids taken by stories that are not stored yet, and all of the entry's first two that are taken.
    """
    for urn in story_ids(entry, feed_key):
        if urn not in known:
            return urn
    return next(urn for urn in _later_urns(entry, feed_key) if urn not in known and not taken(session, [urn]))


def _later_urns(entry: Founder, feed_key: str) -> Iterator[str]:
    for time in count(3):
        yield story_ids(_Again(f"{entry.key}\n{time}", entry.canonical_url), feed_key)[1]


@dataclass(frozen=True, slots=True)
class _Again:
    """An entry that founds a story once more."""

    key: str
    canonical_url: str | None


def touch(session: Session, stories: Iterable[int | None], now: datetime) -> None:
    """Say that something which documents show of these stories has changed."""
    for some in chunks(stories):
        touched = update(StoryRow).where(col(StoryRow.id).in_(some)).values(touched=now)
        session.execute(touched.execution_options(synchronize_session=False))


def shown_carriers(
    session: Session,
    stories: Iterable[int | None],
    kind: type[_Carrier],
    *columns: Any,
    feeds: Collection[int] | None = None,
    mode: DedupMode = "story",
) -> dict[int, list[_Carrier]]:
    """The carriers that are shown under each story, or part of one in this mode, in these feeds; None: in all.

    `columns` are those of :class:`EntryRow` that `kind` has behind the fields of every carrier, in its order.
    """
    key = (EntryRow.id, EntryRow.feed_id, EntryRow.first_seen, EntryRow.key)
    query = sqlalchemy.select(part(mode), *(col(column) for column in (*key, *columns)))
    query = query.where(among(part(mode), "stories"))
    if feeds is not None:
        query = query.where(among(table_of(EntryRow).c.feed_id, "feeds"))
    found: defaultdict[int, list[_Carrier]] = defaultdict(list)
    for story, *fields in session.execute(query, {"stories": set(stories), "feeds": feeds}).all():
        found[story].append(kind(*fields))
    return found


def relate(session: Session, pairs: Sequence[tuple[int, int, NearMiss]]) -> None:
    """Remember the pairs of stories that are not known yet, whichever of the two came first."""
    if not pairs:
        return
    known = {(one, other) for one, other in session.execute(_PAIRS, {"ids": {story for story, _, _ in pairs}})}
    rows = [
        {"story_id": story, "other_id": other, "reason": miss.reason, "score": miss.score}
        for story, other, miss in pairs
        if (story, other) not in known and (other, story) not in known
    ]
    if rows:
        session.execute(insert(table_of(RelatedRow)), rows)


def related(session: Session, stories: Iterable[int]) -> list[RelatedRow]:
    """The pairs in which one of the stories stands, on either side."""
    found: dict[tuple[int, int], RelatedRow] = {}
    for some in chunks(stories):
        either = or_(col(RelatedRow.story_id).in_(some), col(RelatedRow.other_id).in_(some))
        found |= {(row.story_id, row.other_id): row for row in session.exec(select(RelatedRow).where(either))}
    return list(found.values())
