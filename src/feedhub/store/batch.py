"""A batch of entries being matched: each placed in memory after those before it, all written at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col

from feedhub.store.database import chunks, store_rows
from feedhub.store.nearby import Found, Nearby, Waiting
from feedhub.store.overrides import Apart
from feedhub.store.policies import CarrierKey, FeedPolicy, representative
from feedhub.store.prints import Prints
from feedhub.store.sequence import Move
from feedhub.store.stories import founding_urn, relate, shown_carriers, taken, touch
from feedhub.store.tables import EntryRow, KeyRow, StoryRow, table_of
from feedhub.store.tallies import day_of
from feedhub.store.tombstones import bury
from feedhub.stories.match import Decision, NearMiss, decide, story_ids
from feedhub.stories.statistics import Statistics

_PROVISIONAL = 2**62  # a story founded in this batch, until all of them are stored: behind every stored one
_BY_TEXT = frozenset(("text", "headline"))
_GAINED = "an edit has made them alike; two published stories are not made one"
_LOST = "an edit has made another text of it than that of the story it was in"


class Batch:
    """See the module. `founded` are the stories founded so far, `split` how many of them by an edit.

    `expired` are the entries of stories that retention took away: they are published no more, whoever carries them.
    """

    def __init__(
        self,
        session: Session,
        policies: Mapping[int, FeedPolicy],
        never_merge: Sequence[tuple[str, ...]],
        prints: Prints,
        waiting: Sequence[Waiting],
        window: int,
        now: datetime,
    ) -> None:
        self._session, self._policies, self._now = session, policies, now
        self._waiting = waiting
        self._near = Nearby(session, policies, prints, waiting, window, day_of(now))
        self._apart = Apart(session, never_merge, waiting)
        self._taken = taken(
            session, {urn for one in waiting for urn in story_ids(one.entry, policies[one.entry.feed].key)}
        )
        self._placed: list[tuple[Waiting, int, Decision]] = []
        self._keys: list[tuple[int, int, int]] = []
        self._related: dict[tuple[int, int], NearMiss] = {}
        self.founded: list[dict[str, Any]] = []
        self.split = 0
        self.expired: list[int] = []

    def take(self, one: Waiting, statistics: Statistics) -> None:
        """Decide what comes of the next entry, in the order of matching."""
        if one.home is None:
            found = self._near.find(one, self._apart.stories(one))
            decision = self._decide(one, found, statistics)
            if decision.story is None and one.entry.deduplicated and self._near.is_expired(one):
                self.expired.append(one.entry.entry_id)
            else:
                self._settle(one, decision)
        elif one.edited_at is None:
            self._note(one, one.home, one.rule)
        else:
            self._take_edited(one, one.home, statistics)

    def _take_edited(self, one: Waiting, home: int, statistics: Statistics) -> None:
        """A significant edit: what it has lost takes the entry out of its story, what it has gained is told only."""
        found = self._near.find(one, self._apart.stories(one) | {home})
        decision = self._decide(one, found, statistics)
        story = home
        if self._has_left(one, statistics):
            story = self._settle(one, Decision(None, "split", _LOST))
            self.split += 1
        else:
            self._note(one, home, one.rule)
        if decision.story is not None:
            self._relate(story, [NearMiss(decision.story, _GAINED, decision.score or 0.0)])
        self._relate(story, decision.related)

    def _decide(self, one: Waiting, found: Found, statistics: Statistics) -> Decision:
        return decide(one.entry, found.candidates, self._near.headlines, found.stories, statistics)

    def _settle(self, one: Waiting, decision: Decision) -> int:
        story = decision.story if decision.story is not None else self._found(one)
        self._placed.append((one, story, decision))
        self._note(one, story, decision.rule)
        self._relate(story, decision.related)
        return story

    def _note(self, one: Waiting, story: int, rule: str) -> None:
        if not one.entry.deduplicated:
            return
        self._apart.note(one, story)
        keys = self._near.place(one, story, one.entry.published, rule)
        self._keys += [(one.day, key, one.entry.entry_id) for key in keys]

    def _relate(self, story: int, misses: Iterable[NearMiss]) -> None:
        for miss in misses:
            if miss.story != story and (miss.story, story) not in self._related:
                self._related.setdefault((story, miss.story), miss)

    def _has_left(self, one: Waiting, statistics: Statistics) -> bool:
        """Whether a significant edit took away what made the entry part of its story.

        That is likeness to any other carrier, or to what it said itself when it was matched.
        A near-miss is still about the same matter: another number or name in an outlet's own item is an update (R3).
        """
        others = self._near.others(one)
        by_text = one.rule in _BY_TEXT or (one.rule == "founded" and any(row.rule in _BY_TEXT for row in others))
        if not by_text or not others or one.entry.fingerprint is None:
            return False
        found = self._near.found(others)
        # Neither its age nor its size closes a story to what is in it already.
        stories = {
            number: replace(story, published=one.entry.published, carriers=1) for number, story in found.stories.items()
        }
        decision = self._decide(one, Found([*found.candidates, *self._near.before(one)], stories), statistics)
        return one.home not in {decision.story, *(miss.story for miss in decision.related)}

    def _found(self, one: Waiting) -> int:
        entry = one.entry
        urn = founding_urn(self._session, entry, self._policies[entry.feed].key, self._taken)
        self._taken.add(urn)
        dates = {"published": entry.published, "updated": entry.published, "touched": self._now}
        self.founded.append({"urn": urn, **dates})
        return _PROVISIONAL + len(self.founded) - 1

    def merged(self) -> dict[int, int]:
        """How many of each feed's new entries joined a story."""
        counts: Counter[int] = Counter()
        for one, _, decision in self._placed:
            if one.home is None:
                counts[one.entry.feed] += decision.story is not None
        return counts

    # --- what is written ----------------------------------------------------------------------------------------------

    def write(self) -> list[Move]:
        """Store what the entries came to; returns where each went, in the order of matching, for the outputs.

        `updated` moves by a significant edit of what is shown, and by nothing else (R11, R19).
        """
        numbers = self._store_founded()
        homes = {one.entry.entry_id: numbers.get(story, story) for one, story, _ in self._placed}
        shown = {entry: self._near.shown_under.get(home, home) for entry, home in homes.items()}
        self._store_entries(homes, shown)
        bury(self._session, self.expired)
        if self._keys:
            store_rows(self._session, table_of(KeyRow), self._keys)
        related = [(numbers.get(a, a), numbers.get(b, b), miss) for (a, b), miss in self._related.items()]
        relate(self._session, related)
        edited = {one.entry.entry_id: one for one in self._waiting if one.story is not None}
        changed = {
            *shown.values(),
            *(one.story for one in edited.values()),
            *(n for a, b, _ in related for n in (a, b)),
        }
        touch(self._session, changed.difference(numbers.values()), self._now)
        updates = {number: one.edited_at for number, one in edited.items() if one.edited_at}
        self._update({shown.get(number, edited[number].story) for number in updates}, updates)
        carried = {number: one.story for number, one in edited.items() if one.story is not None} | shown
        moved = [one for one in self._waiting if one.entry.entry_id in carried]
        return [Move(one.entry.entry_id, one.story, carried[one.entry.entry_id], one.edited_at) for one in moved]

    def _store_founded(self) -> dict[int, int]:
        """The founded stories' numbers, by their provisional ones."""
        if not self.founded:
            return {}
        stories = table_of(StoryRow)
        query = insert(stories).returning(stories.c.urn, stories.c.id)
        stored = {row.urn: row.id for row in self._session.execute(query, self.founded)}
        return {_PROVISIONAL + place: stored[story["urn"]] for place, story in enumerate(self.founded)}

    def _store_entries(self, homes: Mapping[int, int], shown: Mapping[int, int]) -> None:
        rows = []
        for one, _, decision in self._placed:
            number = one.entry.entry_id
            home = homes[number]
            rows.append(
                {
                    "number": number,
                    "story_id": shown[number],
                    "home_id": home if home != shown[number] else None,
                    "rule": decision.rule,
                    "evidence": decision.evidence,
                    "score": decision.score,
                    "version": decision.version,
                    "pending": False,
                    "edited_at": None,
                }
            )
        entries = table_of(EntryRow)
        if rows:
            self._session.execute(update(entries).where(entries.c.id == bindparam("number")), rows)
        kept = [one.entry.entry_id for one in self._waiting if one.entry.entry_id not in homes]
        for some in chunks(kept):
            done = update(EntryRow).where(col(EntryRow.id).in_(some)).values(pending=False, edited_at=None)
            self._session.execute(done.execution_options(synchronize_session=False))

    def _update(self, stories: Iterable[int | None], edited: Mapping[int, datetime | None]) -> None:
        """Move `updated` of the stories whose representative was edited."""
        carriers = shown_carriers(self._session, stories, CarrierKey)
        for story, keys in carriers.items():
            moment = edited.get(representative(keys, self._policies) or 0)
            if moment:
                self._session.execute(update(StoryRow).where(col(StoryRow.id) == story).values(updated=moment))
