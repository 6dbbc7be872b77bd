"""Which story an entry joins: a pure decision with its reason and its evidence (R1, R2, R8, R14).

An address or a guid that two feeds share says that two entries are one story, unless it names a page that holds many:
the front page, or a section under whose one address different headlines come and go. Then the texts are compared.
Where that cannot be told, the entry founds a story of its own: a double is a nuisance, a swallowed story is invisible.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Protocol

from feedhub.net.urls import is_homepage
from feedhub.stories.address import by_address, by_guid
from feedhub.stories.carriers import VERSION, Candidate, Decision, NearMiss, StorySoFar, Unmatched
from feedhub.stories.fold import fold
from feedhub.stories.statistics import Statistics
from feedhub.stories.text import by_text

__all__ = [
    "VERSION",
    "Candidate",
    "Decision",
    "Founder",
    "NearMiss",
    "StorySoFar",
    "Unmatched",
    "by_name",
    "canonical_order",
    "count_headlines",
    "decide",
    "part_ids",
    "story_ids",
]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://feedhub.invalid/stories")
NO_STATISTICS = Statistics()


def canonical_order(entry: Unmatched) -> tuple[datetime, datetime, int, int]:
    """The order in which a pass is matched, whatever order its feeds answered in (R7): oldest first.

    A feed's entries are numbered from the top of its document, where the newest stands.
    """
    return entry.first_seen, entry.published, entry.order, -entry.entry_id


def decide(
    entry: Unmatched,
    candidates: Sequence[Candidate],
    headlines: Mapping[str, int],
    stories: Mapping[int, StorySoFar] | None = None,
    statistics: Statistics = NO_STATISTICS,
) -> Decision:
    """The story that the entry joins; the order of `candidates` decides nothing (R7).

    `headlines` counts, under each canonical URL, the different headlines of the feed that has most there. `stories`
    holds the stories of the candidates whose text is to be compared, `statistics` what was frozen for the entry's day.
    An address goes before a guid, a guid before the text. Under an address the same words go before other ones, then
    the nearer in time, then the story founded first: two published stories are never made one.
    """
    if not entry.deduplicated:
        return Decision(None, "founded", "deduplication is off for this feed")
    if named := by_name(entry, candidates, headlines):
        return named
    joined, related = by_text(entry, candidates, stories or {}, statistics)
    return replace(joined or Decision(None, "founded", _why_alone(entry, candidates, related)), related=related)


def by_name(entry: Unmatched, candidates: Sequence[Candidate], headlines: Mapping[str, int]) -> Decision | None:
    """The story that has the entry's address, else its guid."""
    nearest = sorted(candidates, key=lambda other: (abs(entry.published - other.published), other.story))
    return by_address(entry, nearest, headlines) or by_guid(entry, nearest)


def _why_alone(entry: Unmatched, candidates: Sequence[Candidate], related: Sequence[NearMiss]) -> str:
    if entry.canonical_url and any(entry.canonical_url == other.canonical_url for other in candidates):
        return "its address stands for more than one piece of news"
    if entry.guid and any(entry.guid == other.guid for other in candidates):
        return "its guid stands for more than one piece of news"
    if entry.fingerprint is None:
        return "no other entry had its address or guid"
    if related:
        return "no other entry had its address or guid, and none that reads like it was the same news"
    return "no other entry had its address, guid or text"


def count_headlines(titles: Iterable[tuple[str, int, str]]) -> dict[str, int]:
    """From (canonical URL, feed, title), the most different headlines that one feed has under each address.

    What several feeds call one article says nothing about its page. No title is none.
    """
    seen: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for url, feed, title in titles:
        if title:
            seen[url][feed].add(title)
    return {url: max(map(_different, feeds.values())) for url, feeds in seen.items()}


def _different(titles: set[str]) -> int:
    return len({fold(title) for title in titles}) if len(titles) > 1 else len(titles)


class Founder(Protocol):
    """What of an entry makes a story's id."""

    @property
    def key(self) -> str: ...
    @property
    def canonical_url(self) -> str | None: ...


def story_ids(entry: Founder, feed_key: str) -> tuple[str, str]:
    """The public id of the story the entry founds, and the one to use where that is taken already.

    The first is derived from the page, so that a hub rebuilt from the same feeds gives the same ids whichever carrier
    it meets first; the second also from the feed and the item (RFC 9562 section 5.5).
    """
    item = f"{feed_key}\n{entry.key}"
    page = entry.canonical_url if entry.canonical_url and not is_homepage(entry.canonical_url) else item
    return _urn(page), _urn(f"{page}\n{item}")


def part_ids(key: str, feed_key: str) -> Iterator[str]:
    """The public ids of a feed's entry by itself, where its story has another's (R9); to be used is the first free.

    None of them is ever a story's: those must not depend on whether an output shows parts of stories.
    """
    name = f"part of a story\n{feed_key}\n{key}"
    yield _urn(name)
    yield from (_urn(f"{name}\n{time}") for time in count(2))


@lru_cache(2_000)  # asked for a batch at once, then for those of it that found a story
def _urn(name: str) -> str:
    return uuid.uuid5(_NAMESPACE, name).urn
