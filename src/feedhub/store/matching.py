"""The one matcher: entries not yet matched become stories, in canonical order, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from feedhub.store import hub
from feedhub.store.feeds import hashed
from feedhub.store.policies import CarrierKey, FeedPolicy, representative
from feedhub.store.tables import EntryRow, OutputRow, SequenceRow, StoryRow
from feedhub.stories.match import Candidate, Decision, Unmatched, canonical_order, count_headlines, decide, story_ids

_PARAMETERS = 500


@dataclass(frozen=True, slots=True)
class Matched:
    """What a matching did: stories founded, entries that joined one, stories touched by an edit."""

    founded: int = 0
    joined: int = 0
    edited: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.founded or self.joined or self.edited)


def match_pending(session: Session, policies: Mapping[int, FeedPolicy], now: datetime) -> Matched:
    """Match every pending entry of the feeds in `policies`, by number, and number the stories that enter an output.

    Entries of feeds that are not listed stay pending: they are taken up when the feed is listed again.
    """
    pending = session.exec(select(EntryRow).where(EntryRow.pending)).all()
    pending = [entry for entry in pending if entry.feed_id in policies]
    if not pending:
        return Matched()
    matching = _Matching(session, policies, pending, now)
    edits = [entry for entry in pending if entry.story_id is not None]
    fresh = [_unmatched(entry, policies) for entry in pending if entry.story_id is None]
    for unmatched, _number in sorted(fresh, key=lambda pair: (canonical_order(pair[0]), -pair[1])):
        matching.place(unmatched)
    matching.edit(edits)
    session.flush()
    for entry in pending:
        entry.pending, entry.edited_at = False, None
    enter_outputs(session, policies, matching.entering)
    hub.bump(session)
    return Matched(matching.founded, len(fresh) - matching.founded, len(edits))


def enter_outputs(session: Session, policies: Mapping[int, FeedPolicy], stories: Sequence[tuple[int, int]]) -> None:
    """Number (story, feed) pairs into the outputs of their feeds, where the story has no number yet, in this order."""
    outputs = {row.name: row.id for row in session.exec(select(OutputRow)) if row.id is not None}
    wanted: defaultdict[int, dict[int, None]] = defaultdict(dict)
    for story, feed in stories:
        for name in policies[feed].outputs:
            wanted[outputs[name]][story] = None
    for output, entering in wanted.items():
        known = _numbered(session, output, list(entering))
        query = select(func.coalesce(func.max(SequenceRow.number), 0)).where(SequenceRow.output_id == output)
        number = session.exec(query).one()
        for story in entering:
            if story not in known:
                number += 1
                session.add(SequenceRow(output_id=output, number=number, story_id=story))


def backfill(session: Session, policies: Mapping[int, FeedPolicy]) -> None:
    """Let stories enter the outputs they belong to since the configuration changed, oldest first."""
    query = (
        select(EntryRow.story_id, EntryRow.feed_id)
        .join(StoryRow, col(StoryRow.id) == EntryRow.story_id)
        .where(col(EntryRow.feed_id).in_(policies))
        .order_by(col(StoryRow.published), col(StoryRow.id))
    )
    pairs = [(story, feed) for story, feed in session.execute(query) if story is not None]
    enter_outputs(session, policies, pairs)


class _Matching:
    """One matching in progress: the candidates found so far, and the stories founded on the way."""

    def __init__(
        self, session: Session, policies: Mapping[int, FeedPolicy], pending: Sequence[EntryRow], now: datetime
    ) -> None:
        self.session, self.policies, self.now = session, policies, now
        self.rows = {row.id: row for row in pending}
        self.founded = 0
        self.entering: list[tuple[int, int]] = []
        self.candidates: defaultdict[str, list[Candidate]] = defaultdict(list)
        related = list(_sharing_a_key(session, pending))
        titles = [(url, row.title) for row in [*related, *pending] if (url := row.canonical_url)]
        self.headlines = count_headlines(titles)
        for row in sorted(related, key=lambda row: (row.story_id or 0, row.id)):
            if row.feed_id in policies and policies[row.feed_id].deduplicated and row.story_id is not None:
                self._remember(_candidate(row, row.story_id))

    def place(self, entry: Unmatched) -> None:
        found = {c: None for key in _keys(entry.guid, entry.canonical_url) for c in self.candidates[key]}
        decision = decide(entry, sorted(found, key=lambda candidate: candidate.story), self.headlines)
        story = decision.story if decision.story is not None else self._found(entry)
        self._join(entry, story, decision)

    def edit(self, rows: Sequence[EntryRow]) -> None:
        """Touch the edited entries' stories; `updated` moves by a significant edit of what is shown (R11, R19)."""
        for row in rows:
            story = self.session.get_one(StoryRow, row.story_id)
            story.touched = self.now
            if row.edited_at and representative(self._carriers(row.story_id), self.policies) == row.id:
                story.updated = row.edited_at

    def _carriers(self, story: int | None) -> list[CarrierKey]:
        query = select(EntryRow.id, EntryRow.feed_id, EntryRow.first_seen, EntryRow.key).where(
            EntryRow.story_id == story
        )
        return [CarrierKey(*row) for row in self.session.execute(query)]

    def _found(self, entry: Unmatched) -> int:
        self.founded += 1
        first, second = story_ids(entry, self.policies[entry.feed].key)
        taken = self.session.exec(select(StoryRow.id).where(StoryRow.urn == first)).first()
        story = StoryRow(
            urn=second if taken else first, published=entry.published, updated=entry.published, touched=self.now
        )
        self.session.add(story)
        self.session.flush()
        assert story.id is not None  # noqa: S101  (a flushed row has its number)
        return story.id

    def _join(self, entry: Unmatched, story: int, decision: Decision) -> None:
        row = self.rows[entry.entry_id]
        row.story_id, row.rule, row.evidence = story, decision.rule, decision.evidence
        self.session.get_one(StoryRow, story).touched = self.now
        self.entering.append((story, entry.feed))
        if entry.deduplicated:
            self._remember(_candidate(row, story))

    def _remember(self, candidate: Candidate) -> None:
        for key in _keys(candidate.guid, candidate.canonical_url):
            self.candidates[key].append(candidate)


def _unmatched(row: EntryRow, policies: Mapping[int, FeedPolicy]) -> tuple[Unmatched, int]:
    number, policy = row.id or 0, policies[row.feed_id]
    unmatched = Unmatched(
        entry_id=number,
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
    return unmatched, number


def _candidate(row: EntryRow, story: int) -> Candidate:
    return Candidate(story, row.feed_id, row.guid, row.canonical_url, row.title, row.published)


def _keys(guid: str, canonical_url: str | None) -> list[str]:
    return [key for key in (f"url:{canonical_url}" if canonical_url else "", f"guid:{guid}" if guid else "") if key]


def _sharing_a_key(session: Session, pending: Sequence[EntryRow]) -> Iterator[EntryRow]:
    """The matched entries, of any feed, that share an address or a guid with a pending one."""
    guids = {row.guid for row in pending if row.guid}
    links = {row.canonical_url for row in pending if row.canonical_url}
    seen: set[int] = set()
    for column, values in ((col(EntryRow.guid_hash), guids), (col(EntryRow.url_hash), links)):
        hashes = sorted(hashed(value) for value in values)
        for start in range(0, len(hashes), _PARAMETERS):
            chunk = hashes[start : start + _PARAMETERS]
            query = select(EntryRow).where(column.in_(chunk), col(EntryRow.story_id).is_not(None))
            for row in session.exec(query):
                if row.id is not None and row.id not in seen:
                    seen.add(row.id)
                    yield row


def _numbered(session: Session, output: int, stories: Sequence[int]) -> set[int]:
    known: set[int] = set()
    for start in range(0, len(stories), _PARAMETERS):
        chunk = stories[start : start + _PARAMETERS]
        query = select(SequenceRow.story_id).where(
            SequenceRow.output_id == output, col(SequenceRow.story_id).in_(chunk)
        )
        known.update(session.exec(query))
    return known
