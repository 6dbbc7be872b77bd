"""Entries of an imaginary newsroom, as the parser leaves them and as the store remembers them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feedhub.models import Entry
from feedhub.stories.identity import Identification, KnownItem, identify
from feedhub.stories.match import Candidate, Unmatched

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = "https://tigris.example"


def an_entry(guid: str = "tag:tigris.example,2026:48211", **changes: Any) -> Entry:
    """A complete item, published at noon under a page of its own."""
    entry = Entry(
        guid=guid,
        canonical_url=f"{SITE}/news/48211",
        link=f"{SITE}/news/48211",
        title="River level rises after the first rain",
        summary="Engineers open two gates of the weir.",
        content="<p>Engineers open two gates of the weir.</p>",
        published=NOON,
        author="Mina Karim",
        categories=("Local News",),
        language="en",
        direction="ltr",
        picture=None,
        enclosures=(),
    )
    return replace(entry, **changes)


def at(page: str) -> str:
    """The address of a page of the imaginary site."""
    return f"{SITE}/{page}"


def known_item(entry: Entry, key: str, number: int = 1) -> KnownItem:
    """What the store remembers of an entry."""
    return KnownItem(number, key, entry.guid, entry.canonical_url, entry.title, entry.published)


class FeedHistory:
    """A feed's stored entries: `poll` identifies a window against them and stores what it says, as a poll does."""

    def __init__(self) -> None:
        self.items: dict[int, KnownItem] = {}

    def poll(self, *window: Entry) -> Identification:
        found = identify(window, list(self.items.values()))
        for item in found.items:
            number = item.known.entry_id if item.known else len(self.items) + 1
            declared = item.known.declared if item.known else item.entry.published
            self.items[number] = replace(known_item(item.entry, item.key, number), declared=declared)
        return found

    def polls(self, windows: Iterable[Sequence[Entry]]) -> list[int]:
        """How many new items each of the windows brought."""
        return [new(self.poll(*window)) for window in windows]


def new(identification: Identification) -> int:
    """How many of the items are new."""
    return sum(item.known is None for item in identification.items)


def unmatched(**changes: Any) -> Unmatched:
    """An entry of feed 1 that waits for the matcher."""
    entry = Unmatched(
        entry_id=1,
        feed=1,
        order=0,
        key="1" * 32,
        guid="",
        canonical_url=at("news/48211"),
        title="River level rises after the first rain",
        published=NOON,
        first_seen=NOON,
        deduplicated=True,
    )
    return replace(entry, **changes)


def candidate(story: int = 1, **changes: Any) -> Candidate:
    """A carrier of `story` in feed 2, with the address and headline of :func:`unmatched`."""
    carrier = Candidate(
        story=story,
        feed=2,
        guid="",
        canonical_url=at("news/48211"),
        title="River level rises after the first rain",
        published=NOON,
    )
    return replace(carrier, **changes)
