"""What is stored that a batch of entries may belong to: found by address, by guid and by the keys of their texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlmodel import Session

from feedhub.store.among import among
from feedhub.store.database import hashed
from feedhub.store.policies import FeedPolicy
from feedhub.store.prints import Prints
from feedhub.store.tables import EntryRow, KeyRow, StoryRow, table_of
from feedhub.store.tallies import day_of
from feedhub.store.tombstones import EXPIRED
from feedhub.store.wordings import first_wordings
from feedhub.stories.fingerprint import Fingerprint
from feedhub.stories.keys import CROWD, SHORTLIST, keys, shortlist
from feedhub.stories.match import Candidate, StorySoFar, Unmatched, by_name, count_headlines

_OF_ONE_STORY = 3  # entries of a story under one key: more would tell nothing new, and crowd out other stories

_entries, _stories, _keys = table_of(EntryRow).c, table_of(StoryRow).c, table_of(KeyRow).c
_home = func.coalesce(_entries.home_id, _entries.story_id)
_ENTRIES = select(
    _entries.id,
    _home,
    _entries.feed_id,
    _entries.key,
    _entries.guid,
    _entries.canonical_url,
    _entries.title,
    _entries.published,
    _entries.first_seen,
    _entries.rule,
    _entries.digest,
)
_UNDER_STORY = _ENTRIES.where(among(_entries.story_id, "ids"))
_WITH_GUID = _ENTRIES.where(among(_entries.guid_hash, "ids"))
_WITH_URL = _ENTRIES.where(among(_entries.url_hash, "ids"))
_HOMES = select(_home).where(among(_entries.id, "ids"))
_STORIES = select(_stories.id, _stories.published, _stories.merged_into).where(among(_stories.id, "ids"))
_UNDER_KEYS = select(_keys.key, _keys.day, _keys.entry_id).where(among(_keys.day, "days"), among(_keys.key, "keys"))


class Known(NamedTuple):
    """A stored entry as far as matching looks at it. `story` is its home, whatever it is shown under; None: waiting."""

    id: int
    story: int | None
    feed: int
    key: str
    guid: str
    canonical_url: str | None
    title: str
    published: datetime
    first_seen: datetime
    rule: str
    digest: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending entry. `story` and `home` are None for a fresh one; `keys` are those of its text, `day` its first."""

    entry: Unmatched
    story: int | None
    home: int | None
    rule: str
    digest: str
    edited_at: datetime | None
    day: int
    keys: tuple[int, ...]

    @property
    def matched_on(self) -> int:
        """The day by whose statistics it is matched."""
        return day_of(self.edited_at) if self.edited_at else self.day


@dataclass(frozen=True, slots=True)
class Found:
    """What an entry may belong to, in an order that does not depend on how the entries came in (R7)."""

    candidates: list[Candidate]
    stories: dict[int, StorySoFar]


class Nearby:
    """The stored entries near a batch, and those of the batch that are placed already."""

    def __init__(
        self,
        session: Session,
        policies: Mapping[int, FeedPolicy],
        prints: Prints,
        batch: Sequence[Waiting],
        window: int,
        today: int,
    ) -> None:
        self._session, self._policies, self._prints, self._window = session, policies, prints, window
        self._known: dict[int, Known] = {}
        self._open: set[int] = set()  # those of them whose texts are compared
        self._wordings: dict[int, tuple[Candidate, ...]] = {}  # of those that were compared
        self._under_key = _under_keys(session, batch, window, today)
        self._under_name: defaultdict[str, list[int]] = defaultdict(list)
        self._carriers: defaultdict[int, list[Known]] = defaultdict(list)
        self._prints_at_hand = {one.entry.entry_id: one.entry.fingerprint for one in batch if one.entry.fingerprint}
        named = _sharing_a_name(session, [one.entry for one in batch])
        self.headlines = count_headlines((row.canonical_url, row.feed, row.title) for row in named if row.canonical_url)
        by_key = {entry for rows in self._under_key.values() for _, entry in rows}
        self._published: dict[int, datetime] = {}
        self.shown_under: dict[int, int] = {}
        homes = {row.story for row in named if row.story is not None} | _homes(session, by_key)
        self._load_stories(homes.union(one.home for one in batch if one.home is not None))
        # An entry that waits is compared with others by what it says now, and others with it by both wordings.
        self._first = {wording.entry: wording for wording in first_wordings(session, self._known)}
        self._expired: defaultdict[str, list[Known]] = defaultdict(list)
        for row in named:
            for name in names(row.guid, row.canonical_url):
                self._under_name[name].append(row.id)
                if row.rule == EXPIRED:
                    self._expired[name].append(row)
        self._load_wordings(self._with_founders(row for one in batch for row in self._near(one)))

    def _load_stories(self, homes: set[int]) -> None:
        """These stories' dates and all their carriers."""
        for story, published, merged_into in self._session.execute(_STORIES, {"ids": homes}).all():
            self._published[story] = published
            if merged_into is not None:
                self.shown_under[story] = merged_into
        for row in _known(self._session, _UNDER_STORY, {self.shown_under.get(home, home) for home in homes}):
            if row.story in homes:
                self._take_up(row, row.story)

    def _take_up(self, row: Known, story: int) -> None:
        self._known[row.id] = row
        self._carriers[story].append(row)
        if self._mode(row.feed) == "story":
            self._open.add(row.id)

    def place(self, one: Waiting, story: int, published: datetime, rule: str) -> list[int]:
        """Take up an entry that has got its story; returns the keys under which later ones are to find it."""
        entry = one.entry
        row = Known(
            entry.entry_id,
            story,
            entry.feed,
            entry.key,
            entry.guid,
            entry.canonical_url,
            entry.title,
            entry.published,
            entry.first_seen,
            rule,
            one.digest,
        )
        self.leave(entry.entry_id)
        self._take_up(row, story)
        self._published.setdefault(story, published)
        for name in names(row.guid, row.canonical_url):
            if row.id not in self._under_name[name]:
                self._under_name[name].append(row.id)
        chosen = [key for key in one.keys if key not in self._under_key or self._has_room(key, one, story)]
        for key in chosen:
            self._under_key[key].append((one.day, row.id))
        return chosen

    def leave(self, entry: int) -> None:
        """Take an entry out of the story it was in."""
        self._wordings.pop(entry, None)
        before = self._known.pop(entry, None)
        if before is not None and before.story is not None:
            self._carriers[before.story].remove(before)

    def is_expired(self, one: Waiting) -> bool:
        """Whether by its address or guid the entry is of a story that retention took away (R48)."""
        entry = one.entry
        rows = [row for name in names(entry.guid, entry.canonical_url) for row in self._expired[name]]
        return by_name(entry, [_candidate(row, row.title, None) for row in rows], self.headlines) is not None

    def others(self, one: Waiting) -> list[Known]:
        """The other carriers of the entry's home, first to last."""
        carriers = self._carriers[one.home] if one.home is not None else []
        return sorted((row for row in carriers if row.id != one.entry.entry_id), key=_age)

    def find(self, one: Waiting, but: set[int]) -> Found:
        """The carriers that share an address, a guid or a key of its text with the entry, and their stories.

        Those of the stories in `but` are left out.
        """
        rows = [self._known[row] for row in self._near(one)]
        return self.found([row for row in rows if row.id != one.entry.entry_id and row.story not in but])

    def _near(self, one: Waiting) -> list[int]:
        """The carriers that share an address, a guid or a key of its text with the entry, which may be one of them."""
        named = [row for name in names(one.entry.guid, one.entry.canonical_url) for row in self._under_name[name]]
        return [row for row in dict.fromkeys([*named, *self._shortlist(one)]) if row in self._known]

    def found(self, rows: Iterable[Known]) -> Found:
        """These carriers and their stories as the decision takes them. Feeds without deduplication lend nobody theirs.

        A feed that is listed no more lends its stories to the one in its place (R47).
        """
        rows = sorted((row for row in rows if self._mode(row.feed) != "off"), key=_rank)
        first = {story: self._founder(story) for story in {row.story for row in rows} if story is not None}
        self._load_wordings([*rows, *first.values()])
        candidates = [wording for row in rows for wording in self._wordings[row.id]]
        stories = {
            story: StorySoFar(self._wordings[row.id], self._published[story], len(self._carriers[story]))
            for story, row in first.items()
        }
        return Found(candidates, stories)

    def before(self, one: Waiting) -> list[Candidate]:
        """What an edited entry said when it was matched, as long as that is kept.

        As if another feed had said it: what two items of one feed need to be the same, one item does not.
        """
        row = self._known.get(one.entry.entry_id)
        prints = self._load_first_prints([row] if row else [])
        return [
            Candidate(one.home or 0, 0, "", None, self._first[number].title, one.entry.published, print_)
            for number, print_ in prints.items()
        ]

    def _founder(self, story: int) -> Known:
        return min(self._carriers[story], key=_founding)

    def _with_founders(self, numbers: Iterable[int]) -> list[Known]:
        """These carriers and the founders of their stories."""
        rows = [self._known[number] for number in set(numbers)]
        return rows + [self._founder(story) for story in {row.story for row in rows} if story is not None]

    def _shortlist(self, one: Waiting) -> list[int]:
        """The entries whose texts are worth comparing, in no order; of many, those first matched count first (R7)."""
        own = one.entry.entry_id
        rows = [
            (key, row)
            for key in one.keys
            if key in self._under_key
            for row in self._within(key, one)
            if row in self._open and row != own
        ]
        found = {row for _, row in rows}
        if len(rows) <= SHORTLIST:
            return list(found)
        ranked = sorted(found, key=lambda row: _rank(self._known[row]))
        places = {row: place for place, row in enumerate(ranked)}
        return [ranked[place] for place in shortlist((key, places[row]) for key, row in rows)]

    def _within(self, key: int, one: Waiting) -> list[int]:
        """The entries under the key that are no further from this one than the window."""
        first, last = one.day - self._window, one.day + self._window
        return [row for day, row in self._under_key[key] if first <= day <= last]

    def _has_room(self, key: int, one: Waiting, story: int) -> bool:
        under = self._within(key, one)
        if one.entry.entry_id in under or len(under) > CROWD:
            return False
        return sum(row in self._known and self._known[row].story == story for row in under) < _OF_ONE_STORY

    def _mode(self, feed: int) -> str:
        return self._policies[feed].dedup if feed in self._policies else "story"

    def _load_wordings(self, rows: Iterable[Known]) -> None:
        """Have what these carriers say at hand."""
        missing = [row for row in rows if row.id not in self._wordings]
        if not missing:
            return
        prints, first_prints = self._load_prints(missing), self._load_first_prints(missing)
        self._wordings |= {row.id: self._worded(row, prints.get(row.id), first_prints.get(row.id)) for row in missing}

    def _load_prints(self, rows: Iterable[Known]) -> dict[int, Fingerprint]:
        wanted = {row.id: row.digest for row in rows if row.id in self._open}
        at_hand = {entry: self._prints_at_hand[entry] for entry in wanted if entry in self._prints_at_hand}
        missing = ((entry, digest) for entry, digest in wanted.items() if entry not in at_hand)
        return at_hand | self._prints.load(self._session, missing)

    def _load_first_prints(self, rows: Iterable[Known]) -> dict[int, Fingerprint]:
        edited = {row.id for row in rows if row.id in self._first and row.id in self._open}
        return self._prints.load_first(self._session, ((entry, self._first[entry].digest) for entry in edited))

    def _worded(self, row: Known, print_: Fingerprint | None, first: Fingerprint | None) -> tuple[Candidate, ...]:
        """What the carrier says, and what it said when it was matched where that is something else."""
        now = _candidate(row, row.title, print_)
        if first is None or first == print_:
            return (now,)
        return now, _candidate(row, self._first[row.id].title, first)


def names(guid: str, canonical_url: str | None) -> list[str]:
    """What an entry is called by its publisher."""
    return [name for name in (f"url:{canonical_url}" if canonical_url else "", f"guid:{guid}" if guid else "") if name]


def _age(row: Known) -> tuple[datetime, str, int]:
    return row.first_seen, row.key, row.feed


def _rank(row: Known) -> tuple[int, datetime, str, int]:
    """The order of matching, which the numbers of entries are not."""
    return row.story or 0, *_age(row)


def _founding(row: Known) -> tuple[bool, datetime, str, int]:
    """Sorts a story's carriers, the founder first; where it has left, who came after it."""
    return row.rule != "founded", *_age(row)


def _candidate(row: Known, title: str, print_: Fingerprint | None) -> Candidate:
    return Candidate(
        story=row.story or 0,
        feed=row.feed,
        guid=row.guid,
        canonical_url=row.canonical_url,
        title=title,
        published=row.published,
        fingerprint=print_,
    )


def _known(session: Session, query: Select[Any], values: Iterable[int]) -> Iterator[Known]:
    return map(Known._make, session.execute(query, {"ids": values}).all())


def _homes(session: Session, entries: set[int]) -> set[int]:
    """The stories of these entries."""
    return {home for home in session.execute(_HOMES, {"ids": entries}).scalars().all() if home is not None}


def _sharing_a_name(session: Session, batch: Sequence[Unmatched]) -> list[Known]:
    """The stored entries of all feeds that share an address or a guid with one of the batch, matched or not."""
    guids = {hashed(entry.guid) for entry in batch if entry.guid}
    links = {hashed(entry.canonical_url) for entry in batch if entry.canonical_url}
    rows = {row.id: row for row in _known(session, _WITH_GUID, guids)}
    rows |= {row.id: row for row in _known(session, _WITH_URL, links)}
    return list(rows.values())


def _under_keys(
    session: Session, batch: Sequence[Waiting], window: int, today: int
) -> defaultdict[int, list[tuple[int, int]]]:
    """Days and numbers of the entries under each key of the batch, first to last, as far as the window reaches."""
    under: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    days = range(min(one.day for one in batch) - window, max(today, *(one.day for one in batch)) + 1)
    wanted = {"days": days, "keys": {key for one in batch for key in one.keys}}
    for key, day, entry in session.execute(_UNDER_KEYS, wanted).all():
        under[key].append((day, entry))
    return under


def stored_keys(print_: Fingerprint | None) -> tuple[int, ...]:
    """The keys of a text in 32 bits: two different ones that meet there cost one comparison, and half the index."""
    if print_ is None:
        return ()
    return tuple(dict.fromkeys((key & 0xFFFFFFFF) - 0x80000000 for key in keys(print_)))
