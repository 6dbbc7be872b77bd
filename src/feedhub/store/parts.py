"""Parts of stories: what outputs show as one that merge less than the feeds did (R9).

There are three partitions of the entries, each within the one before it: stories, what the rules `address` and `guid`
have joined of a story (`link`), and each entry by itself (`off`). A part goes by a row of `stories`, as a story does,
and so by a number and a public id: those of the entry it began with. The entry that founded a story has the story's;
any other one gets a row of its own, once, and for as long as there are entries. An edit moves nothing between parts but
out of a story that it leaves, and `merge` nothing at all.

Entries have parts from when the first output asks for them. A hub without such outputs has none, and pays nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, bindparam, func, insert, update
from sqlmodel import Session, col, select

from feedhub.config import DedupMode
from feedhub.store.database import chunks
from feedhub.store.policies import CarrierKey, FeedPolicy, modes, representative
from feedhub.store.sequence import Move
from feedhub.store.stories import PARTS, entry_home, part, shown_carriers, taken
from feedhub.store.tables import EntryRow, StoryRow, table_of
from feedhub.stories.match import part_ids

_FOUNDING = ("founded", "split", "never_merge")


def asked_for(policies: Mapping[int, FeedPolicy]) -> bool:
    """Whether an output shows parts of stories."""
    return not set(modes(policies)).isdisjoint(PARTS)


def complete(session: Session, policies: Mapping[int, FeedPolicy], now: datetime) -> None:
    """Bring the parts up to date, if an output asks for any: nobody has kept them since the last one that did."""
    if not asked_for(policies):
        return
    query = sqlalchemy.select(col(EntryRow.id)).order_by(col(EntryRow.story_id), col(EntryRow.id))
    split = col(EntryRow.rule) == "split", col(EntryRow.linked_id).is_not(None)
    leave(session, session.execute(query.where(*split)).scalars().all())
    without = col(EntryRow.own_id).is_(None), col(EntryRow.story_id).is_not(None), col(EntryRow.feed_id).in_(policies)
    for some in chunks(session.execute(query.where(*without)).scalars().all()):
        _assign(session, policies, some, now)
    carried = select(EntryRow.id).where(EntryRow.story_id == StoryRow.id)
    _update_as_story(session, ~carried.where(EntryRow.own_id != EntryRow.story_id).exists(), carried.exists())


def divide(
    session: Session, policies: Mapping[int, FeedPolicy], moves: Sequence[Move], now: datetime
) -> dict[DedupMode, Sequence[Move]]:
    """Store what the moves of matched entries among stories mean for their parts, and tell it as moves among those."""
    entries = [move.entry for move in moves]
    before = {mode: _parts(session, entries, mode) for mode in PARTS}
    leave(session, [move.entry for move in moves if move.before not in (None, move.after)])
    _assign(session, policies, entries, now)
    divided: dict[DedupMode, Sequence[Move]] = {}
    for mode in PARTS:
        after = _parts(session, entries, mode)
        divided[mode] = [replace(move, before=before[mode].get(move.entry), after=after[move.entry]) for move in moves]
        _update(session, policies, divided[mode], mode)
    return divided


def leave(session: Session, entries: Sequence[int]) -> list[int]:
    """Take entries that have gone to another story out of what links them to others; returns the parts that they form.

    One after the other, in this order: the last to go keeps what all have left. The others go by the new story's id.
    """
    linked = _parts(session, entries, "link")
    query = sqlalchemy.select(col(EntryRow.linked_id), col(EntryRow.id), entry_home)
    groups: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for some in chunks(linked.values()):
        for group, entry, home in session.execute(query.where(col(EntryRow.linked_id).in_(some))):
            groups[group][entry] = home
    formed = []
    for entry in filter(linked.__contains__, entries):
        group = groups[linked[entry]]
        if any(home != group[entry] for home in group.values()):
            formed.append(group.pop(entry))
            session.execute(_plain(update(EntryRow).where(col(EntryRow.id) == entry).values(linked_id=formed[-1])))
    return formed


@dataclass(frozen=True, slots=True)
class _Member:
    """An entry of a story, as far as it decides which part of it the entry is."""

    entry: int
    home: int
    feed: int
    key: str
    guid: str
    canonical_url: str | None
    rule: str
    published: datetime
    first_seen: datetime
    linked: int | None
    own: int | None


def _assign(session: Session, policies: Mapping[int, FeedPolicy], entries: Sequence[int], now: datetime) -> None:
    """Give the entries, and others of their stories, the parts that they have not got."""
    stories = _members(session, policies, entries)
    unowned = stories.keys() - _owned(session, stories)
    heads = {home: stories[home][0] for home in unowned if stories[home] and stories[home][0].own is None}
    own = {head.entry: home for home, head in heads.items()}
    fresh = [one for members in stories.values() for one in members if one.own is None]
    own |= _store_rows(session, [one for one in fresh if one.entry not in own], policies, now)
    linked = {entry: group for members in stories.values() for entry, group in _link(members, own).items()}
    rows = [{"number": one.entry, "own_id": own[one.entry], "linked_id": linked[one.entry]} for one in fresh]
    table = table_of(EntryRow)
    if rows:
        session.execute(update(table).where(table.c.id == bindparam("number")), rows)
    for some in chunks(heads):
        _update_as_story(session, col(StoryRow.id).in_(some))


def _link(members: Sequence[_Member], own: Mapping[int, int]) -> dict[int, int]:
    """By entry, the parts that addresses and guids hold together. `members` are a story's, in their order."""
    linked = {one.entry: one.linked for one in members if one.linked is not None}
    for one in members:
        if one.entry not in linked:
            mates = (linked[other.entry] for other in members if other.entry in linked and _are_linked(one, other))
            linked[one.entry] = next(mates, own[one.entry])
    return linked


def _are_linked(one: _Member, other: _Member) -> bool:
    """Whether one of the two has joined the story by what both are called."""
    rules = one.rule, other.rule
    same_page = one.canonical_url is not None and one.canonical_url == other.canonical_url
    return (same_page and "address" in rules) or (one.guid == other.guid != "" and "guid" in rules)


def _members(session: Session, policies: Mapping[int, FeedPolicy], entries: Iterable[int]) -> dict[int, list[_Member]]:
    """Of each story that one of the entries belongs to, those of listed feeds: its founder, then as they were matched.

    An entry of a feed that is not listed takes its story's id from nobody: the one in its place goes on under it.
    """
    shown = sqlalchemy.select(entry_home, col(EntryRow.story_id))
    homes: dict[int, int] = {}
    for some in chunks(entries):
        homes.update(map(tuple, session.execute(shown.where(col(EntryRow.id).in_(some)))))
    columns: tuple[Any, ...] = (EntryRow.feed_id, EntryRow.key, EntryRow.guid, EntryRow.canonical_url, EntryRow.rule)
    columns += (EntryRow.published, EntryRow.first_seen, EntryRow.linked_id, EntryRow.own_id)
    query = sqlalchemy.select(col(EntryRow.id), entry_home, *map(col, columns))
    query = query.where(col(EntryRow.feed_id).in_(policies))
    found: dict[int, list[_Member]] = {home: [] for home in homes}
    for some in chunks(set(homes.values())):
        for row in session.execute(query.where(col(EntryRow.story_id).in_(some))):
            if row[1] in found:
                found[row[1]].append(_Member(*row))

    def order(one: _Member) -> tuple[Any, ...]:
        return one.rule not in _FOUNDING, one.first_seen, one.published, policies[one.feed].order, -one.entry

    return {home: sorted(members, key=order) for home, members in sorted(found.items())}


def _owned(session: Session, stories: Iterable[int]) -> set[int]:
    """Those of the stories whose id is an entry's own already."""
    query = sqlalchemy.select(col(EntryRow.own_id))
    found = (session.execute(query.where(col(EntryRow.own_id).in_(some))).scalars() for some in chunks(stories))
    return {own for owned in found for own in owned}


def _store_rows(
    session: Session, members: Sequence[_Member], policies: Mapping[int, FeedPolicy], now: datetime
) -> dict[int, int]:
    """Rows for entries whose story has another's id: their numbers by entry."""
    first = {one.entry: next(part_ids(one.key, policies[one.feed].key)) for one in members}
    used = taken(session, first.values())
    rows: dict[str, dict[str, Any]] = {}
    for one in members:
        ids = part_ids(one.key, policies[one.feed].key)
        free = (id for id in ids if id not in used and (id == first[one.entry] or not taken(session, [id])))
        urn = next(free)
        used.add(urn)
        dates = {"published": one.published, "updated": one.published, "touched": now}
        rows[urn] = {"urn": urn, "entry_id": one.entry, **dates}
    if not rows:
        return {}
    table = table_of(StoryRow)
    stored = session.execute(insert(table).returning(table.c.entry_id, table.c.id), list(rows.values()))
    return {row.entry_id: row.id for row in stored}


def _update_as_story(session: Session, *which: ColumnElement[bool]) -> None:
    """Say of the parts with the numbers of these stories that they were updated when the stories were."""
    updated = col(StoryRow.updated)
    later = updated > func.coalesce(col(StoryRow.own_updated), col(StoryRow.published))
    values = {"linked_updated": updated, "own_updated": updated}
    session.execute(_plain(update(StoryRow).where(later, *which).values(values)))


def _update(session: Session, policies: Mapping[int, FeedPolicy], moves: Sequence[Move], mode: DedupMode) -> None:
    """Move `updated` of the parts whose representative was edited (R19)."""
    edited = {move.entry: move.edited_at for move in moves if move.edited_at}
    column = "linked_updated" if mode == "link" else "own_updated"
    carriers = shown_carriers(session, {move.after for move in moves if move.edited_at}, CarrierKey, mode=mode)
    for number, keys in carriers.items():
        if moment := edited.get(representative(keys, policies) or 0):
            session.execute(_plain(update(StoryRow).where(col(StoryRow.id) == number).values({column: moment})))


def _parts(session: Session, entries: Iterable[int], mode: DedupMode) -> dict[int, int]:
    """The part in which each of the entries is shown in this mode."""
    query = sqlalchemy.select(col(EntryRow.id), part(mode)).where(part(mode).is_not(None))
    return {
        entry: number
        for some in chunks(entries)
        for entry, number in session.execute(query.where(col(EntryRow.id).in_(some)))
    }


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
