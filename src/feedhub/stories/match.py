"""Which story an entry joins: a pure decision with its reason and its evidence (R1, R2, R8, R14).

An address or a guid that two feeds share says that two entries are one story, unless it names a page that holds many:
the front page, or a section under whose one address different headlines come and go. Where that cannot be told, the
entry founds a story of its own: a double is a nuisance, a swallowed story is invisible.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedhub.net.urls import canonical_url, is_homepage, is_specific
from feedhub.stories.fingerprint import Fingerprint
from feedhub.stories.fold import alike, fold
from feedhub.stories.statistics import Statistics

VERSION = 1  # of the rules: to be raised whenever the same entries could come to another result
SECTION_HEADLINES = 3  # so many of one feed under an address with an id or a slug make it a section page; else two
SECTION_MEMORY = timedelta(days=2)  # how long a section page shows one piece of news

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://feedhub.invalid/stories")
_GLOBAL_GUID = re.compile(r"tag:|urn:|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{24,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An entry as the matcher sees it. `feed` is the store's number of the feed, `order` its place in feeds.yaml.

    Without a `fingerprint` its text is not compared: addresses and guids alone count (`dedup: link`).
    """

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
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A carrier of an existing story that shares an address, a guid or a key of its text with the entry."""

    story: int
    feed: int
    guid: str
    canonical_url: str | None
    title: str
    published: datetime
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class StorySoFar:
    """A candidate's story. `representative` is who founded it, `published` the story's, `carriers` how many it has."""

    representative: Candidate
    published: datetime
    carriers: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A story about the same matter that the entry does not join; `reason` says in a sentence why not (R14)."""

    story: int
    reason: str
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """`story` is the story joined, None to found one. `rule` is a stable name, `evidence` a sentence for people.

    The rules are `address`, `guid`, `text` (headline and text), `headline` (alone), `founded`. `score` is that of the
    text, 0 to 1, None where text did not decide. `version` is of the rules that decided. `related` is best first.
    """

    story: int | None
    rule: str
    evidence: str
    score: float | None = None
    version: int = VERSION
    related: tuple[NearMiss, ...] = ()


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
    statistics: Statistics | None = None,
) -> Decision:
    """The story that the entry joins; the order of `candidates` decides nothing (R7).

    `stories` holds each candidate's story where text is compared, `statistics` what was frozen for the entry's day.

    `headlines` counts, under each canonical URL, the different headlines of the feed that has most there. An address
    goes before a guid, and under an address the same words go before other ones, then the nearer in time, then the
    story founded first: two published stories are never made one.
    """
    if not entry.deduplicated:
        return Decision(None, "founded", "deduplication is off for this feed")
    nearest = sorted(candidates, key=lambda other: (abs(entry.published - other.published), other.story))
    return (
        _by_address(entry, nearest, headlines)
        or _by_guid(entry, nearest)
        or Decision(None, "founded", _why_alone(entry, candidates))
    )


def _by_address(entry: Unmatched, nearest: Sequence[Candidate], headlines: Mapping[str, int]) -> Decision | None:
    page = entry.canonical_url
    if page is None or is_homepage(page):
        return None
    there = [other for other in nearest if other.canonical_url == page]
    many = headlines.get(page, 0) >= (SECTION_HEADLINES if is_specific(page) else 2)
    for other in _same_piece(page, entry, there, many):
        if alike(entry.title, other.title):
            return Decision(other.story, "address", page)
    if there and not many and _is_rewording(page, entry, there):
        return Decision(there[0].story, "address", f"{page}, under another headline")
    return None


def _same_piece(page: str, entry: Unmatched, there: Sequence[Candidate], many: bool) -> Sequence[Candidate]:
    """The carriers that are the same news if in the same words: a section's may stand there again the next day."""
    if is_specific(page):
        return there
    earlier = {other.story for other in there if other.feed == entry.feed and other.published != entry.published}
    section = many or earlier or len({other.story for other in there}) > 1
    return [other for other in there if other.story not in earlier and (not section or _is_near(entry, other))]


def _is_rewording(page: str, entry: Unmatched, there: Sequence[Candidate]) -> bool:
    """Whether another headline under this address is another feed's for the same news.

    Two of one feed are two pieces, on a live blog's page too: an edited headline comes under the number it had.
    """
    if len({other.story for other in there}) > 1 or any(other.feed == entry.feed for other in there):
        return False
    return is_specific(page) or _is_near(entry, there[0])


def _is_near(entry: Unmatched, other: Candidate) -> bool:
    return abs(entry.published - other.published) <= SECTION_MEMORY


def _by_guid(entry: Unmatched, nearest: Sequence[Candidate]) -> Decision | None:
    """The other feeds' carriers of a guid that is unique in the world, if all that read alike are one story."""
    if not _is_global(entry.guid):
        return None
    others = [other for other in nearest if other.guid == entry.guid and other.feed != entry.feed]
    stories = {other.story for other in others if alike(entry.title, other.title)}
    if len(stories) != 1:
        return None
    return Decision(stories.pop(), "guid", f"{entry.guid}, with headlines in the same words")


def _is_global(guid: str) -> bool:
    if guid.startswith(("http://", "https://")):
        return is_specific(canonical_url(guid) or "")
    return _GLOBAL_GUID.match(guid) is not None


def _why_alone(entry: Unmatched, candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return "no other entry had its address or guid"
    if entry.canonical_url and any(entry.canonical_url == other.canonical_url for other in candidates):
        return "its address stands for more than one piece of news"
    return "its guid stands for more than one piece of news"


def count_headlines(titles: Iterable[tuple[str, int, str]]) -> dict[str, int]:
    """From (canonical URL, feed, title), the most different headlines that one feed has under each address.

    What several feeds call one article says nothing about its page. No title is none.
    """
    seen: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for url, feed, title in titles:
        if title:
            seen[url][feed].add(fold(title))
    return {url: max(map(len, feeds.values())) for url, feeds in seen.items()}


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
