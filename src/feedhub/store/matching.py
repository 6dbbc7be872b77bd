"""The one matcher: entries not yet matched become stories, in canonical order, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy
from sqlmodel import Session, col, select

from feedhub.store import hub, sequence
from feedhub.store.database import chunks
from feedhub.store.feeds import hashed
from feedhub.store.policies import CarrierKey, FeedPolicy, representative
from feedhub.store.tables import EntryRow, StoryRow
from feedhub.stories.match import Candidate, Decision, Unmatched, canonical_order, count_headlines, decide, story_ids

_PROVISIONAL = 2**62  # a story founded in this matching, until all of them are stored: behind every stored one


@dataclass(frozen=True, slots=True)
class Matched:
    """What a matching did: stories founded, entries that joined one or were edited, and whether a feed was renamed."""

    founded: int = 0
    joined: int = 0
    edited: int = 0
    renamed: bool = False

    @property
    def changed(self) -> bool:
        return bool(self.founded or self.joined or self.edited or self.renamed)


def match_pending(session: Session, policies: Mapping[int, FeedPolicy], now: datetime) -> Matched:
    """Match every pending entry of the feeds in `policies`, by number, and number the stories that enter an output.

    `now` is the time at which readers can see it first: documents are dated by it (R39). Entries of feeds that are not
    listed stay pending: they are taken up when the feed is listed again.
    """
    listed = col(EntryRow.feed_id).in_(policies)
    pending = session.exec(select(EntryRow).where(EntryRow.pending, listed)).all()
    renamed = hub.settle_renames(session, now)
    if not pending:
        return Matched(renamed=renamed)
    matching = _Matching(session, policies, pending, now)
    for entry in matching.fresh:
        matching.place(entry)
    sequence.enter(session, policies, matching.settle())
    hub.bump(session)
    fresh, founded = len(matching.fresh), len(matching.founded)
    return Matched(founded, fresh - founded, len(pending) - fresh, renamed)


class _Matching:
    """One matching in progress: the candidates found so far, and what each entry came to, written at the end."""

    def __init__(
        self, session: Session, policies: Mapping[int, FeedPolicy], pending: Sequence[EntryRow], now: datetime
    ) -> None:
        self.session, self.policies, self.now = session, policies, now
        self.rows = {row.id: row for row in pending if row.id is not None}
        self.founded: list[StoryRow] = []
        self.joined: dict[int, tuple[int, Decision]] = {}  # by the entry, in the order of matching
        fresh = [_unmatched(row, policies) for row in pending if row.story_id is None]
        self.fresh = sorted(fresh, key=canonical_order)
        self.taken = _taken(session, {urn for entry in fresh for urn in self._urns(entry)})
        self.candidates: defaultdict[str, list[Candidate]] = defaultdict(list)
        related = _sharing_a_key(session, pending)
        titles = [(row.canonical_url, row.feed, row.title) for row in related]
        titles += [(row.canonical_url, row.feed_id, row.title) for row in pending]
        self.headlines = count_headlines((url, feed, title) for url, feed, title in titles if url)
        # A feed that is listed no more lends its stories to the one in its place (R47).
        stored = [row for row in related if row.feed not in policies or policies[row.feed].deduplicated]
        for row in sorted(stored, key=lambda row: (row.story, row.first_seen, row.key)):
            self._remember(Candidate(row.story, row.feed, row.guid, row.canonical_url, row.title, row.published))

    def place(self, entry: Unmatched) -> None:
        found = {c: None for key in _keys(entry.guid, entry.canonical_url) for c in self.candidates[key]}
        decision = decide(entry, sorted(found, key=lambda candidate: candidate.story), self.headlines)
        story = decision.story if decision.story is not None else self._found(entry)
        self.joined[entry.entry_id] = story, decision
        if entry.deduplicated:
            candidate = Candidate(story, entry.feed, entry.guid, entry.canonical_url, entry.title, entry.published)
            self._remember(candidate)

    def settle(self) -> list[int]:
        """Write what the entries came to; returns their stories, the fresh ones' first, in the order of matching.

        `updated` moves by a significant edit of what is shown, and by nothing else (R11, R19).
        """
        self.session.add_all(self.founded)
        self.session.flush()
        founded = {_PROVISIONAL + index: story.id for index, story in enumerate(self.founded)}
        edited = {number: row.edited_at for number, row in self.rows.items() if row.story_id and row.edited_at}
        for number, (story, decision) in self.joined.items():
            row = self.rows[number]
            row.story_id, row.rule, row.evidence = founded.get(story, story), decision.rule, decision.evidence
        for row in self.rows.values():
            row.pending, row.edited_at = False, None
        self._touch(edited)
        edited_rows = sorted(
            (row for row in self.rows.values() if row.id not in self.joined),
            key=lambda row: canonical_order(_unmatched(row, self.policies)),
        )
        settled = [*(self.rows[number] for number in self.joined), *edited_rows]
        return [row.story_id for row in settled if row.story_id]

    def _touch(self, edited: Mapping[int, datetime]) -> None:
        carriers = _carriers(self.session, {self.rows[number].story_id for number in edited})
        for numbers in chunks({row.story_id for row in self.rows.values()}):
            for story in self.session.exec(select(StoryRow).where(col(StoryRow.id).in_(numbers))):
                story.touched = self.now
                shown = representative(carriers[story.id], self.policies)
                story.updated = edited.get(shown or 0, story.updated)

    def _found(self, entry: Unmatched) -> int:
        first, second = self._urns(entry)
        urn = second if first in self.taken else first
        self.taken.add(urn)
        self.founded.append(StoryRow(urn=urn, published=entry.published, updated=entry.published, touched=self.now))
        return _PROVISIONAL + len(self.founded) - 1

    def _urns(self, entry: Unmatched) -> tuple[str, str]:
        return story_ids(entry, self.policies[entry.feed].key)

    def _remember(self, candidate: Candidate) -> None:
        for key in _keys(candidate.guid, candidate.canonical_url):
            self.candidates[key].append(candidate)


class _Stored(NamedTuple):
    """A matched entry, as far as matching looks at it."""

    id: int
    story: int
    feed: int
    key: str
    guid: str
    canonical_url: str | None
    title: str
    published: datetime
    first_seen: datetime


def _unmatched(row: EntryRow, policies: Mapping[int, FeedPolicy]) -> Unmatched:
    policy = policies[row.feed_id]
    return Unmatched(
        entry_id=row.id or 0,
        feed=row.feed_id,
        order=policy.order,
        key=row.key,
        guid=row.guid,
        canonical_url=row.canonical_url,
        title=row.title,
        published=row.published,
        first_seen=row.first_seen,
        deduplicated=policy.deduplicated,
    )


def _keys(guid: str, canonical_url: str | None) -> list[str]:
    return [key for key in (f"url:{canonical_url}" if canonical_url else "", f"guid:{guid}" if guid else "") if key]


def _sharing_a_key(session: Session, pending: Sequence[EntryRow]) -> list[_Stored]:
    """The matched entries, of any feed, that share an address or a guid with a pending one."""
    guids = {row.guid for row in pending if row.guid}
    links = {row.canonical_url for row in pending if row.canonical_url}
    query = sqlalchemy.select(
        col(EntryRow.id),
        col(EntryRow.story_id),
        col(EntryRow.feed_id),
        col(EntryRow.key),
        col(EntryRow.guid),
        col(EntryRow.canonical_url),
        col(EntryRow.title),
        col(EntryRow.published),
        col(EntryRow.first_seen),
    ).where(col(EntryRow.story_id).is_not(None))
    found: dict[int, _Stored] = {}
    for column, values in ((col(EntryRow.guid_hash), guids), (col(EntryRow.url_hash), links)):
        for hashes in chunks(hashed(value) for value in values):
            stored = map(_Stored._make, session.execute(query.where(column.in_(hashes))))
            found |= {row.id: row for row in stored}
    return list(found.values())


def _taken(session: Session, urns: Iterable[str]) -> set[str]:
    """Those of the public ids that a story has."""
    query = select(StoryRow.urn)
    return {urn for some in chunks(urns) for urn in session.exec(query.where(col(StoryRow.urn).in_(some)))}


def _carriers(session: Session, stories: Iterable[int | None]) -> defaultdict[int | None, list[CarrierKey]]:
    """Each story's carriers in all feeds."""
    found: defaultdict[int | None, list[CarrierKey]] = defaultdict(list)
    query = sqlalchemy.select(
        col(EntryRow.story_id), col(EntryRow.id), col(EntryRow.feed_id), col(EntryRow.first_seen), col(EntryRow.key)
    )
    for numbers in chunks(stories):
        for story, *fields in session.execute(query.where(col(EntryRow.story_id).in_(numbers))):
            found[story].append(CarrierKey(*fields))
    return found
