"""Which story an entry joins: a pure decision with its reason and its evidence (R1, R2, R8, R14).

An address or a guid that two feeds share says that two entries are one story, unless it names a page that holds many:
the front page, or a section under whose one address different headlines come and go. Where that cannot be told, the
entry founds a story of its own: a double is a nuisance, a swallowed story is invisible.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedhub.net.urls import is_homepage, is_specific
from feedhub.stories.fold import alike, fold

VERSION = 1
SECTION_HEADLINES = 3  # so many different headlines under one address make it a section page
SECTION_MEMORY = timedelta(days=2)  # how long an address without id or slug stands for one piece of news

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://feedhub.invalid/stories")
_GLOBAL_GUID = re.compile(r"https?://|tag:|urn:|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{24,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An entry as the matcher sees it. `feed` is the store's number of the feed, `order` its place in feeds.yaml."""

    entry_id: int
    feed: int
    order: int
    key: str
    guid: str
    canonical_url: str | None
    title: str
    published: datetime
    first_seen: datetime
    deduplicated: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A carrier of an existing story that shares a key with the entry."""

    story: int
    feed: int
    guid: str
    canonical_url: str | None
    title: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """`story` is the story joined, None to found one. `rule` is a stable name, `evidence` a sentence for people."""

    story: int | None
    rule: str
    evidence: str


def canonical_order(entry: Unmatched) -> tuple[datetime, datetime, int, str]:
    """The order in which a pass is matched, whatever order its feeds answered in (R7): oldest first."""
    return entry.first_seen, entry.published, entry.order, entry.key


def decide(entry: Unmatched, candidates: Sequence[Candidate], headlines: Mapping[str, int]) -> Decision:
    """The story that the entry joins. `candidates` stand in the order in which their stories were founded.

    `headlines` counts the different folded headlines known under each canonical URL and guid. Of several stories that
    would do, the first by address, then the first by guid: two published stories are never made one.
    """
    if not entry.deduplicated:
        return Decision(None, "founded", "deduplication is off for this feed")
    for rule in (_by_address, _by_guid):
        for candidate in candidates:
            evidence = rule(entry, candidate, headlines)
            if evidence:
                return Decision(candidate.story, rule.__name__.removeprefix("_by_"), evidence)
    return Decision(None, "founded", _why_alone(entry, candidates))


def _by_address(entry: Unmatched, other: Candidate, headlines: Mapping[str, int]) -> str:
    url = entry.canonical_url
    if url is None or url != other.canonical_url or is_homepage(url):
        return ""
    same_words = alike(entry.title, other.title)
    if not same_words and headlines.get(url, 0) >= SECTION_HEADLINES:
        return ""
    if not is_specific(url):
        close = abs(entry.published - other.published) <= SECTION_MEMORY
        if entry.feed == other.feed or not close:
            return ""
    return f"the same address, {url}" + ("" if same_words else ", under another headline")


def _by_guid(entry: Unmatched, other: Candidate, headlines: Mapping[str, int]) -> str:
    guid = entry.guid
    if guid != other.guid or entry.feed == other.feed or not _GLOBAL_GUID.match(guid):
        return ""
    if not alike(entry.title, other.title):
        return ""
    return f"the same guid, {guid}, and headlines in the same words"


def _why_alone(entry: Unmatched, candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return "no other entry had its address or guid"
    if entry.canonical_url and any(entry.canonical_url == other.canonical_url for other in candidates):
        return "its address stands for more than one piece of news"
    return "its guid stands for more than one piece of news"


def count_headlines(titles: Iterable[tuple[str, str]]) -> dict[str, int]:
    """From (canonical URL, title) pairs, the number of different headlines under each address."""
    seen: dict[str, set[str]] = {}
    for url, title in titles:
        seen.setdefault(url, set()).add(fold(title))
    return {url: len(headlines) for url, headlines in seen.items()}


def story_ids(entry: Unmatched, feed_key: str) -> tuple[str, str]:
    """The public id of the story the entry founds, and the one to use where that is taken already.

    The first is derived from the page, so that a hub rebuilt from the same feeds gives the same ids whichever carrier
    it meets first; the second also from the feed and the item (RFC 9562 section 5.5).
    """
    item = f"{feed_key}\n{entry.key}"
    page = entry.canonical_url if entry.canonical_url and not is_homepage(entry.canonical_url) else item
    return _urn(page), _urn(f"{page}\n{item}")


def _urn(name: str) -> str:
    return uuid.uuid5(_NAMESPACE, name).urn
