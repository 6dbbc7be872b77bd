"""The one matcher: entries not yet matched become stories, in canonical order, batch by batch.

Each batch is one transaction. What comes of an entry follows from the entries before it in that order and from nothing
else: not from where a batch ends, nor from a restart in between (R7).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlmodel import Session, col

from feedhub.config import DedupConfig
from feedhub.store import hub, parts, sequence
from feedhub.store.among import among
from feedhub.store.batch import Batch
from feedhub.store.database import chunks
from feedhub.store.nearby import Waiting, stored_keys
from feedhub.store.overrides import apply_merges, apply_never_merge
from feedhub.store.policies import FeedPolicy
from feedhub.store.prints import Prints
from feedhub.store.tables import EntryRow, table_of
from feedhub.store.tallies import Tallies, day_of
from feedhub.stories.match import Unmatched

BATCH = 500  # entries in one transaction: seldom does a pass bring more

_entries = table_of(EntryRow).c
_PENDING = sqlalchemy.select(
    *(_entries.id, _entries.feed_id, _entries.key, _entries.guid, _entries.canonical_url),
    *(_entries.title, _entries.summary, _entries.content, _entries.published, _entries.first_seen),
    *(_entries.digest, _entries.rule, _entries.story_id, _entries.home_id, _entries.edited_at),
).where(among(_entries.id, "ids"), _entries.pending, among(_entries.feed_id, "feeds"))


@dataclass(frozen=True, slots=True)
class Matched:
    """What a matching did: stories founded, entries that joined one or were edited, and whether a feed was renamed.

    `split` counts the edited entries that left their story for one of their own, `regrouped` the stories that `merge`
    and `never_merge` put together or took apart. `merged` says of each feed with new entries, by id, how many joined.
    """

    founded: int = 0
    joined: int = 0
    edited: int = 0
    renamed: bool = False
    split: int = 0
    regrouped: int = 0
    merged: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def changed(self) -> bool:
        return self != Matched()

    def __add__(self, other: Matched) -> Matched:
        return Matched(
            founded=self.founded + other.founded,
            joined=self.joined + other.joined,
            edited=self.edited + other.edited,
            renamed=self.renamed or other.renamed,
            split=self.split + other.split,
            regrouped=self.regrouped + other.regrouped,
            merged={**self.merged, **{key: n + self.merged.get(key, 0) for key, n in other.merged.items()}},
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's search for cycles: a batch makes many objects and no cycle, and a search looks at them all."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Matcher:
    """Matches for one configuration. It holds nothing that a restart would miss: what it remembers saves work only."""

    def __init__(self, policies: Mapping[int, FeedPolicy], dedup: DedupConfig) -> None:
        self._policies, self._dedup = policies, dedup
        self._window = -(-dedup.window // timedelta(days=1))
        self._prints = Prints()
        self._tallies = Tallies(self._prints, self._window)
        self._divides = parts.asked_for(policies)

    def pending(self, session: Session) -> list[int]:
        """The entries that wait, in canonical order: so edits come before what is new, which is compared with them.

        Entries of feeds that are not listed stay pending: they are taken up when the feed is listed again.
        """
        query = sqlalchemy.select(
            col(EntryRow.id),
            col(EntryRow.feed_id),
            col(EntryRow.first_seen),
            col(EntryRow.published),
        ).where(col(EntryRow.pending), col(EntryRow.feed_id).in_(self._policies))

        def order(row: Any) -> tuple[Any, ...]:
            number, feed, first_seen, published = row
            return first_seen, published, self._policies[feed].order, -number

        return [row[0] for row in sorted(session.execute(query), key=order)]

    def count(self, session: Session, numbers: Sequence[int]) -> None:
        """Do what matching these pending entries takes on a new day, as far as it can be done without writing."""
        query = sqlalchemy.select(col(EntryRow.first_seen), col(EntryRow.edited_at))
        moments = [row for some in chunks(numbers) for row in session.execute(query.where(col(EntryRow.id).in_(some)))]
        self._tallies.count(session, {day_of(edited or seen) for seen, edited in moments})

    def begin(self, session: Session, now: datetime) -> Matched:
        """What is to be done whether or not an entry waits: renamed feeds, and the operator's word on stories (R14)."""
        renamed = hub.settle_renames(session, now)
        return Matched(renamed=renamed, regrouped=self._regroup(session, now))

    @_uncollected()
    def match(self, session: Session, numbers: Sequence[int], now: datetime) -> Matched:
        """Match these pending entries, given in their order, and number the stories that enter an output.

        `now` is the time at which readers can see it first: documents are dated by it (R39).
        """
        waiting = self._load(session, numbers)
        if not waiting:
            return Matched()
        batch = Batch(session, self._policies, self._dedup.never_merge, self._prints, waiting, self._window, now)
        for one in waiting:
            batch.take(one, self._tallies.statistics(session, one.matched_on))
        moves = batch.write()
        sequence.follow(session, self._policies, moves, "story")
        if self._divides:
            for mode, moved in parts.divide(session, self._policies, moves, now).items():
                sequence.follow(session, self._policies, moved, mode)
        hub.bump(session)
        regrouped = self._regroup(session, now) if self._dedup.merge or self._dedup.never_merge else 0
        fresh = sum(one.home is None for one in waiting)
        founded, split = len(batch.founded) - batch.split, batch.split
        joined = fresh - founded - len(batch.expired)
        merged = {self._policies[feed].key: count for feed, count in batch.merged().items()}
        return Matched(founded, joined, len(waiting) - fresh, split=split, regrouped=regrouped, merged=merged)

    def _regroup(self, session: Session, now: datetime) -> int:
        parted = apply_never_merge(session, self._dedup.never_merge, self._policies, now)
        return parted + apply_merges(session, self._dedup.merge, self._policies, now)

    def _load(self, session: Session, numbers: Sequence[int]) -> list[Waiting]:
        rows = session.execute(_PENDING, {"ids": numbers, "feeds": self._policies}).all()
        found = {row[0]: self._waiting(*row) for row in rows}
        return [found[number] for number in numbers if number in found]

    def _waiting(
        self,
        number: int,
        feed: int,
        key: str,
        guid: str,
        canonical_url: str | None,
        title: str,
        summary: str,
        content: str,
        published: datetime,
        first_seen: datetime,
        digest: str,
        rule: str,
        story: int | None,
        home: int | None,
        edited_at: datetime | None,
    ) -> Waiting:
        policy = self._policies[feed]
        print_ = self._prints.make(number, digest, title, summary, content) if policy.dedup == "story" else None
        entry = Unmatched(
            entry_id=number,
            feed=feed,
            order=policy.order,
            key=key,
            guid=guid,
            canonical_url=canonical_url,
            title=title,
            published=published,
            first_seen=first_seen,
            deduplicated=policy.deduplicated,
            fingerprint=print_,
        )
        keys, day = stored_keys(print_), day_of(first_seen)
        return Waiting(entry, story, story if home is None else home, rule, digest, edited_at, day, keys)
