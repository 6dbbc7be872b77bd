"""A hub's matching in memory: the loop of the store around the pure functions, with dictionaries for its indexes."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from feedhub.net.urls import canonical_url
from feedhub.stories.fingerprint import Fingerprint, fingerprint
from feedhub.stories.keys import CROWD, keys, shortlist
from feedhub.stories.match import Candidate, Decision, StorySoFar, Unmatched, count_headlines, decide
from feedhub.stories.statistics import SAMPLE, WINDOW, Statistics, Tally


def _newest() -> deque[int]:
    """As many as tell that there are too many."""
    return deque(maxlen=CROWD + 1)


@dataclass(frozen=True, slots=True)
class Item:
    """An item as its feed gives it; `at` is when it came."""

    id: str
    source: str
    at: datetime
    title: str
    summary: str = ""
    content: str = ""
    link: str = ""
    guid: str = ""


@dataclass(slots=True)
class Pool:
    """`story` and `decision` say of each item's id what came of it."""

    story: dict[str, int] = field(default_factory=dict)
    decision: dict[str, Decision] = field(default_factory=dict)
    compared: int = 0
    _feeds: dict[str, int] = field(default_factory=dict)
    _known: dict[tuple[str, str], str] = field(default_factory=dict)
    _carriers: list[Candidate] = field(default_factory=list)
    _stories: dict[int, StorySoFar] = field(default_factory=dict)
    _under: defaultdict[str | int, deque[int]] = field(default_factory=lambda: defaultdict(_newest))
    _titles: defaultdict[str, list[tuple[str, int, str]]] = field(default_factory=lambda: defaultdict(list))
    _days: defaultdict[date, list[tuple[str, Fingerprint]]] = field(default_factory=lambda: defaultdict(list))
    _tallies: dict[date, Tally] = field(default_factory=dict)
    _statistics: dict[date, Statistics] = field(default_factory=dict)

    def take(self, items: Iterable[Item]) -> Pool:
        """Match items in the order of their dates, one after the other."""
        for item in sorted(items, key=lambda item: (item.at, item.source, item.id)):
            self._take(item)
        return self

    def _take(self, item: Item) -> None:
        named = item.source, item.guid.partition("#")[0]
        if item.guid and not item.guid.isdecimal() and named in self._known:  # the feed's own item once more
            self.story[item.id] = self.story[self._known[named]]
            return
        self._known[named] = item.id
        print_, url = fingerprint(item.title, item.summary, item.content), canonical_url(item.link)
        feed = self._feeds.setdefault(item.source, len(self._feeds))
        candidates = [self._carriers[number] for number in self._candidates(item, print_, url)]
        self.compared += len(candidates)
        if url:
            self._titles[url].append((url, feed, item.title))
        headlines = count_headlines(self._titles[url] if url else ())
        number = len(self._carriers)
        entry = Unmatched(
            number, feed, feed, item.id, item.guid, url, item.title, item.at, item.at, True, fingerprint=print_
        )
        stories = {other.story: self._stories[other.story] for other in candidates}
        decision = decide(entry, candidates, headlines, stories, self._today(item.at.date()))
        self._place(item, entry, decision, print_)

    def _candidates(self, item: Item, print_: Fingerprint, url: str | None) -> dict[int, None]:
        rows = []
        for key in keys(print_):
            under = [n for n in self._under[key] if item.at - self._carriers[n].published <= WINDOW]
            rows += [(key, n) for n in under] if len(under) <= CROWD else []
        named = [n for name in (f"url:{url}", f"guid:{item.guid}") for n in self._under[name]]
        return dict.fromkeys([*named, *shortlist(rows)])

    def _place(self, item: Item, entry: Unmatched, decision: Decision, print_: Fingerprint) -> None:
        story = len(self._stories) if decision.story is None else decision.story
        carrier = Candidate(story, entry.feed, entry.guid, entry.canonical_url, entry.title, entry.published, print_)
        self._carriers.append(carrier)
        before = self._stories.get(story, StorySoFar(carrier, entry.published, 0))
        self._stories[story] = replace(before, carriers=before.carriers + 1)
        for key in keys(print_):
            self._under[key].append(entry.entry_id)
        if entry.canonical_url:
            self._under[f"url:{entry.canonical_url}"].append(entry.entry_id)
        if entry.guid:
            self._under[f"guid:{entry.guid}"].append(entry.entry_id)
        self._days[item.at.date()].append((hashlib.sha256(item.id.encode()).hexdigest(), print_))
        self.story[item.id], self.decision[item.id] = story, decision

    def _today(self, today: date) -> Statistics:
        if today not in self._statistics:
            for day in [day for day in self._days if day < today and day not in self._tallies]:
                sample = sorted(self._days.pop(day), key=lambda pair: pair[0])[:SAMPLE]
                self._tallies[day] = Tally.of(print_ for _, print_ in sample)
            before = [self._tallies[day] for day in self._tallies if today - WINDOW <= day < today]
            self._statistics = {today: Statistics(before)}
        return self._statistics[today]


def at(hours: float) -> datetime:
    """So many hours after an imaginary noon."""
    return datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(hours=hours)
