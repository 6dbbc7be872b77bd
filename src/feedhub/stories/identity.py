"""What an item is identified by within its feed, degrading by itself where a feed's guids are worth nothing (R4-R6).

A guid is trusted until the window shows that several pages share it or that it names the front page; then the link
identifies the item, and where that fails too, its text. A stored item is found again by guid or, when its publisher
gave everything new guids, by link.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedhub.models import Entry
from feedhub.net.urls import canonical_url, is_homepage
from feedhub.stories.fold import alike, fold

IdentityMode = Literal["guid", "link", "text"]
_WEAKEST_FIRST: tuple[IdentityMode, ...] = ("text", "link", "guid")


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An entry already stored for the feed. `declared` is the date its publisher gave it, as first seen."""

    entry_id: int
    key: str
    guid: str
    canonical_url: str | None
    title: str
    declared: datetime | None


@dataclass(frozen=True, slots=True)
class Identified:
    """An item with the key that is unique within its feed, and the stored entry it is, or None for a new one."""

    entry: Entry
    key: str
    mode: IdentityMode
    known: KnownItem | None


@dataclass(frozen=True, slots=True)
class Identification:
    """A window's items, each once. `mode` is the weakest that was needed, `reason` says why in words for `status`."""

    mode: IdentityMode
    reason: str
    items: tuple[Identified, ...]
    repeated: int


@dataclass(frozen=True, slots=True)
class Window:
    """What a fetched document as a whole says about its guids and links."""

    guids: frozenset[str]
    bad_guids: frozenset[str]
    bad_links: frozenset[str]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Window:
        links_of: defaultdict[str, set[str]] = defaultdict(set)
        guids_of: defaultdict[str, set[str]] = defaultdict(set)
        for entry in entries:
            if entry.guid and entry.canonical_url:
                links_of[entry.guid].add(entry.canonical_url)
                guids_of[entry.canonical_url].add(entry.guid)
        shared_guids = {guid for guid, links in links_of.items() if len(links) > 1}
        front_pages = {entry.guid for entry in entries if _names_front_page(entry.guid)}
        shared_links = {link for link, guids in guids_of.items() if len(guids - shared_guids) > 1}
        home_links = {e.canonical_url for e in entries if e.canonical_url and is_homepage(e.canonical_url)}
        return cls(
            frozenset(entry.guid for entry in entries if entry.guid),
            frozenset(shared_guids | front_pages),
            frozenset(shared_links | home_links),
        )

    def mode(self, entry: Entry) -> IdentityMode:
        """The strongest mode that this window leaves to the item."""
        if entry.guid and entry.guid not in self.bad_guids:
            return "guid"
        if entry.canonical_url and entry.canonical_url not in self.bad_links:
            return "link"
        return "text"


def lookup(entries: Iterable[Entry]) -> tuple[set[str], set[str], set[str]]:
    """The keys, guids and canonical URLs under which stored items could be these."""
    keys: set[str] = set()
    guids: set[str] = set()
    links: set[str] = set()
    for entry in entries:
        keys.update(item_key(mode, entry) for mode in _WEAKEST_FIRST)
        if entry.guid:
            guids.add(entry.guid)
        if entry.canonical_url:
            links.add(entry.canonical_url)
    return keys, guids, links


def identify(entries: Sequence[Entry], known: Sequence[KnownItem]) -> Identification:
    """Tell which stored entry each item is. `known` holds what :func:`lookup` found, in the order it was stored.

    An item that repeats another of the same window, by the same identity, is counted and left out.
    """
    window, stored = Window.of(entries), _Known(known)
    items: list[Identified] = []
    taken: set[str] = set()
    for entry in entries:
        item = _identify(entry, window, stored)
        if item.key not in taken:
            taken.add(item.key)
            items.append(item)
    modes = {item.mode for item in items}
    weakest: IdentityMode = next((mode for mode in _WEAKEST_FIRST if mode in modes), "guid")
    return Identification(weakest, _reason(weakest, window, entries), tuple(items), len(entries) - len(items))


def item_key(mode: IdentityMode, entry: Entry) -> str:
    """32 hexadecimal digits naming the item within its feed."""
    match mode:
        case "guid":
            value = entry.guid
        case "link":
            value = entry.canonical_url or ""
        case "text":
            date = entry.published.isoformat() if entry.published else ""
            value = "\n".join((fold(entry.title) or fold(entry.summary), entry.canonical_url or "", date))
    return hashlib.sha256(f"{mode}:{value}".encode()).hexdigest()[:32]


class _Known:
    """The stored items by each way to find them."""

    def __init__(self, items: Sequence[KnownItem]) -> None:
        self.by_key = {item.key: item for item in items}
        self.by_guid: defaultdict[str, list[KnownItem]] = defaultdict(list)
        self.by_link: defaultdict[str, list[KnownItem]] = defaultdict(list)
        for item in items:
            self.by_guid[item.guid].append(item)
            if item.canonical_url:
                self.by_link[item.canonical_url].append(item)


def _identify(entry: Entry, window: Window, stored: _Known) -> Identified:
    mode = window.mode(entry)
    if mode == "guid":
        same_guid = stored.by_guid[entry.guid]
        for item in same_guid:
            if _agree(entry, item):
                return Identified(entry, item.key, "guid", item)
        if same_guid:  # the guid stands on other pages too, one window at a time
            mode = "link" if entry.canonical_url and entry.canonical_url not in window.bad_links else "text"
    if entry.canonical_url and entry.canonical_url not in window.bad_links:
        for item in stored.by_link[entry.canonical_url]:
            if item.guid == entry.guid or item.guid not in window.guids:
                return Identified(entry, item.key, mode, item)
    key = item_key(mode, entry)
    return Identified(entry, key, mode, stored.by_key.get(key))


def _agree(entry: Entry, item: KnownItem) -> bool:
    """Whether an item under a stored guid is that item: a reused guid differs in page, headline and date at once."""
    if not entry.canonical_url or not item.canonical_url or entry.canonical_url == item.canonical_url:
        return True
    return alike(entry.title, item.title) or (entry.published is not None and entry.published == item.declared)


def _names_front_page(guid: str) -> bool:
    canonical = canonical_url(guid) if guid.startswith(("http://", "https://")) else None
    return canonical is not None and is_homepage(canonical)


def _reason(mode: IdentityMode, window: Window, entries: Sequence[Entry]) -> str:
    if mode == "guid":
        return "each item has its own guid"
    if window.bad_guids:
        guid = min(window.bad_guids)
        count = sum(entry.guid == guid for entry in entries)
        why = f"{count} items share the guid {guid[:80]}"
    elif any(not entry.guid for entry in entries):
        why = "items without a guid"
    else:
        why = "guids that were used for other items before"
    return f"{why}; they are told apart by {'link' if mode == 'link' else 'headline and date'}"
