"""The rules `address` and `guid`: what two feeds say is the same page (R1, R2, R6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from feedhub.net.urls import canonical_url, is_homepage, is_specific
from feedhub.stories.carriers import Candidate, Decision, Unmatched
from feedhub.stories.fold import alike

SECTION_HEADLINES = 3  # so many of one feed under an address with an id or a slug make it a section page; else two
SECTION_MEMORY = timedelta(days=2)  # how long a section page shows one piece of news

_GLOBAL_GUID = re.compile(r"tag:|urn:|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{24,}", re.IGNORECASE)


def by_address(entry: Unmatched, nearest: Sequence[Candidate], headlines: Mapping[str, int]) -> Decision | None:
    page = entry.canonical_url
    there = [other for other in nearest if other.canonical_url == page]
    if page is None or not there or is_homepage(page):
        return None
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


def by_guid(entry: Unmatched, nearest: Sequence[Candidate]) -> Decision | None:
    """The other feeds' carriers of a guid that is unique in the world, if all that read alike are one story."""
    others = [other for other in nearest if other.guid == entry.guid and other.feed != entry.feed]
    if not others or not _is_global(entry.guid):
        return None
    stories = {other.story for other in others if alike(entry.title, other.title)}
    if len(stories) != 1:
        return None
    return Decision(stories.pop(), "guid", f"{entry.guid}, with headlines in the same words")


def _is_global(guid: str) -> bool:
    if guid.startswith(("http://", "https://")):
        return is_specific(canonical_url(guid) or "")
    return _GLOBAL_GUID.match(guid) is not None
