"""The operator's word on stories, `merge` and `never_merge`: it holds over what the matcher decided (R14).

A merge moves carriers and no decision: each remembers its home, and goes back there when the override is gone. What
`never_merge` has taken apart stays two stories: two published stories are never made one by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy
from sqlalchemy import func, insert, update
from sqlmodel import Session, col, select

from feedhub.net.urls import canonical_url
from feedhub.store import hub, parts, sequence
from feedhub.store.database import chunks, hashed
from feedhub.store.nearby import Waiting
from feedhub.store.policies import FeedPolicy
from feedhub.store.stories import entry_home, founding_urn, taken, touch
from feedhub.store.tables import EntryRow, StoryRow
from feedhub.stories.match import story_ids

Groups = Sequence[tuple[str, ...]]


class Apart:
    """Which stories an entry of a batch may not join."""

    def __init__(self, session: Session, never_merge: Groups, batch: Iterable[Waiting]) -> None:
        self._rivals: defaultdict[str, set[str]] = defaultdict(set)
        self._homes: defaultdict[str, set[int]] = defaultdict(set)
        groups = _named(never_merge)
        for group in groups:
            for name in group:
                self._rivals[name].update(set(group) - {name})
        if any(one.entry.canonical_url in self._rivals for one in batch):
            for name, homes in _homes(session, groups).items():
                self._homes[name] |= homes

    def stories(self, one: Waiting) -> set[int]:
        """The stories that the operator keeps the entry apart from."""
        rivals = self._rivals.get(one.entry.canonical_url or "", ())
        return {story for rival in rivals for story in self._homes.get(rival, ())}

    def note(self, one: Waiting, story: int) -> None:
        """Take up where an entry has been placed."""
        url = one.entry.canonical_url
        if url and url in self._rivals:
            self._homes[url].add(story)


def apply_merges(session: Session, merge: Groups, policies: Mapping[int, FeedPolicy], now: datetime) -> int:
    """Show stories under one another as `merge` has it now, and no others; returns how many changed their place.

    The story founded first shows the carriers of all; the others' ids lead to it.
    """
    wanted = _heads(session, merge)
    merged = select(StoryRow.id, StoryRow.merged_into).where(col(StoryRow.merged_into).is_not(None))
    present: dict[int, int] = {number: head for number, head in session.exec(merged) if number and head}
    moved = sorted({*wanted, *present} - {number for number in wanted if wanted[number] == present.get(number)})
    for home in moved:
        before, after = present.get(home, home), wanted.get(home, home)
        carriers = (col(EntryRow.story_id) == before, entry_home == home)
        place = {"story_id": after, "home_id": home if after != home else None}
        session.execute(_plain(update(EntryRow).where(*carriers).values(place)))
        head = after if after != home else None
        session.execute(_plain(update(StoryRow).where(col(StoryRow.id) == home).values(merged_into=head)))
        touch(session, {before, after, home}, now)
    if moved:
        places = ((present.get(home, home), wanted.get(home, home)) for home in moved)
        sequence.enter(session, policies, [story for before_and_after in places for story in before_and_after])
        hub.bump(session)
    return len(moved)


def apply_never_merge(session: Session, never_merge: Groups, policies: Mapping[int, FeedPolicy], now: datetime) -> int:
    """Give entries that stand together against the operator's word stories of their own; returns how many stories."""
    founded = 0
    for group in _named(never_merge):
        together: defaultdict[int, dict[str, list[_Standing]]] = defaultdict(dict)
        for name in group:
            for home in _stories_named(session, [name]).get(name, ()):
                together[home].setdefault(name, [])
            for row in _standing(session, name):
                together[row.home].setdefault(name, []).append(row)
        for home, standing in sorted(together.items()):
            for name in _leaving(standing):
                founded += _found_apart(session, standing[name], home, policies, now)
    if founded:
        hub.bump(session)
    return founded


def unknown(session: Session, groups: Groups) -> list[str]:
    """The names, as they are written, that stand for no story and no entry here: they may still come."""
    homes = _homes(session, named := _named(groups))
    pairs = zip(chain.from_iterable(groups), chain.from_iterable(named), strict=True)
    return list(dict.fromkeys(written for written, name in pairs if not homes.get(name)))


@dataclass(frozen=True, slots=True)
class _Standing:
    """An entry that the operator named."""

    id: int
    home: int
    shown: int
    feed: int
    key: str
    canonical_url: str
    published: datetime
    first_seen: datetime
    rule: str


def _leaving(standing: Mapping[str, Sequence[_Standing]]) -> list[str]:
    """All but one of the names that stand in one story: a story's own id stays, else who was there first."""

    def order(name: str) -> tuple[bool, list[tuple[bool, datetime, str]]]:
        return bool(standing[name]), sorted((row.rule != "founded", row.first_seen, row.key) for row in standing[name])

    return sorted(standing, key=order)[1:]


def _found_apart(
    session: Session, rows: Sequence[_Standing], home: int, policies: Mapping[int, FeedPolicy], now: datetime
) -> int:
    rest = session.exec(
        select(func.count()).select_from(EntryRow).where(entry_home == home, col(EntryRow.story_id) == rows[0].shown)
    ).one()
    if rest == len(rows):
        return 0
    first = min(rows, key=lambda row: (row.first_seen, row.key))
    feed_key = policies[first.feed].key if first.feed in policies else f"feed {first.feed}"
    urn = founding_urn(session, first, feed_key, taken(session, story_ids(first, feed_key)))
    values = {"urn": urn, "published": first.published, "updated": first.published, "touched": now}
    story = session.execute(insert(StoryRow).values(values).returning(col(StoryRow.id))).scalar_one()
    decided = {"rule": "never_merge", "evidence": "feeds.yaml keeps it apart", "score": None, "version": None}
    moved = update(EntryRow).where(col(EntryRow.id).in_([row.id for row in rows]))
    session.execute(_plain(moved.values(story_id=story, home_id=None, **decided)))
    touch(session, {home, rows[0].shown}, now)
    sequence.enter(session, policies, [rows[0].shown, story])
    sequence.enter(session, policies, parts.leave(session, [row.id for row in rows]), "link")
    return 1


def _heads(session: Session, merge: Groups) -> dict[int, int]:
    """Under which story each of the merged ones is shown; groups that share a story are one."""
    homes = _homes(session, groups := _named(merge))
    sets: list[set[int]] = []
    for group in groups:
        joined = {home for name in group for home in homes.get(name, ())}
        apart = [other for other in sets if not other & joined]
        sets = [*apart, joined.union(*(other for other in sets if other & joined))]
    return {story: min(stories) for stories in sets for story in stories if story != min(stories)}


def _named(groups: Groups) -> list[tuple[str, ...]]:
    """The groups with their URLs in canonical form."""
    return [tuple(name if name.startswith("urn:") else canonical_url(name) or name for name in g) for g in groups]


def _homes(session: Session, groups: Iterable[tuple[str, ...]]) -> dict[str, set[int]]:
    """The stories that each name stands for: the one with this id, or those of the entries at this address."""
    names = {name for group in groups for name in group}
    found: defaultdict[str, set[int]] = defaultdict(set, _stories_named(session, names))
    query = sqlalchemy.select(col(EntryRow.canonical_url), entry_home).where(col(EntryRow.story_id).is_not(None))
    for some in chunks(hashed(name) for name in sorted(names)):
        for url, home in session.execute(query.where(col(EntryRow.url_hash).in_(some))):
            found[url].add(home)
    return found


def _stories_named(session: Session, names: Iterable[str]) -> dict[str, set[int]]:
    """The story with each of these public ids; of an entry's own id, the entry's."""
    home = func.coalesce(entry_home, col(StoryRow.id))
    query = sqlalchemy.select(col(StoryRow.urn), home).outerjoin(EntryRow, col(EntryRow.id) == StoryRow.entry_id)
    return {
        urn: {number}
        for some in chunks(name for name in names if name.startswith("urn:"))
        for urn, number in session.execute(query.where(col(StoryRow.urn).in_(some)))
    }


def _standing(session: Session, name: str) -> list[_Standing]:
    """The entries at this address, or the one that has this public id by itself."""
    page = col(EntryRow.url_hash) == hashed(name), col(EntryRow.canonical_url) == name
    part = col(EntryRow.id).in_(select(StoryRow.entry_id).where(StoryRow.urn == name))
    named = (part,) if name.startswith("urn:") else page
    query = sqlalchemy.select(
        col(EntryRow.id),
        entry_home,
        col(EntryRow.story_id),
        col(EntryRow.feed_id),
        col(EntryRow.key),
        col(EntryRow.canonical_url),
        col(EntryRow.published),
        col(EntryRow.first_seen),
        col(EntryRow.rule),
    ).where(*named, col(EntryRow.story_id).is_not(None))
    return [_Standing(*row) for row in session.execute(query)]


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
