"""What an item is identified by within its feed, degrading by itself where a feed's guids are worth nothing (R4-R6).

A guid is trusted until the window, or what is stored already, shows that several pages share it or that it names the
front page; then the link identifies the item, and where that fails too, its text. A stored item is found again by guid
or, when its publisher gave everything new guids, by link.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedhub.models import Entry
from feedhub.net.urls import canonical_url, is_homepage, is_specific, names_article
from feedhub.stories.fold import alike, fold

IdentityMode = Literal["guid", "link", "text"]
_STRONGEST_FIRST: tuple[IdentityMode, ...] = ("guid", "link", "text")
_SECTION_HEADLINES = 3  # so many under one link, by items without a guid of their own, make it a section page

# A guid by its form: a tag or URN that holds a number (RFC 4151, RFC 8141), or WordPress's address by the post's.
_MADE_FOR_ONE = re.compile(r"(?:tag:[^:]+:|urn:).*\d|https?://.*[?&;](?:p|page_id)=\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An entry already stored for the feed. `declared` is the date its publisher gave it, as first seen.

    Of a `tombstone` no more is stored than this: it is known and stays unpublished (R48).
    """

    entry_id: int
    key: str
    guid: str
    canonical_url: str | None
    title: str
    declared: datetime | None
    tombstone: bool = False


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
    """Which guids and links of a fetched document do not stand for one item, by it and by what is stored."""

    bad_guids: frozenset[str]
    bad_links: frozenset[str]

    @classmethod
    def of(cls, entries: Sequence[Entry], known: Sequence[KnownItem]) -> Window:
        guids = {entry.guid for entry in entries if _names_front_page(entry.guid)} | _reused_guids(entries, known)
        guids |= _shared_guids(entries) | _shared_guids(known)
        links = {e.canonical_url for e in entries if e.canonical_url and is_homepage(e.canonical_url)}
        links |= _crowded_links(entries, guids) | _crowded_links(known, guids)
        return cls(frozenset(guids), frozenset(links))

    def modes(self, entry: Entry) -> tuple[IdentityMode, ...]:
        """What the item can be identified by, strongest first."""
        good_guid = entry.guid != "" and entry.guid not in self.bad_guids
        worth = {"guid": good_guid, "link": self.good_link(entry) is not None, "text": True}
        return tuple(mode for mode in _STRONGEST_FIRST if worth[mode])

    def good_link(self, entry: Entry) -> str | None:
        """The canonical URL where it stands for this item alone."""
        return None if entry.canonical_url in self.bad_links else entry.canonical_url


def lookup(entries: Iterable[Entry]) -> tuple[set[str], set[str], set[str]]:
    """The keys, guids and canonical URLs under which stored items could be these."""
    keys: set[str] = set()
    guids: set[str] = set()
    links: set[str] = set()
    for entry in entries:
        keys.update(item_key(mode, entry) for mode in _STRONGEST_FIRST)
        if entry.guid:
            guids.add(entry.guid)
        if entry.canonical_url:
            links.add(entry.canonical_url)
    return keys, guids, links


def identify(entries: Sequence[Entry], known: Sequence[KnownItem]) -> Identification:
    """Tell which stored entry each item is. `known` holds what :func:`lookup` found, in the order it was stored.

    An item that repeats another of the same window, by the same identity, is counted and left out.
    """
    window = Window.of(entries, known)
    unique: dict[str, Entry] = {}
    for entry in entries:
        unique.setdefault(item_key(window.modes(entry)[0], entry), entry)
    found = _Search(window, known).run(unique)
    items = tuple(_identified(unique, found, {item.key for item in known}, window))
    modes = {item.mode for item in items}
    weakest: IdentityMode = next((mode for mode in reversed(_STRONGEST_FIRST) if mode in modes), "guid")
    return Identification(weakest, _reason(weakest, window, entries), items, len(entries) - len(items))


def item_key(mode: IdentityMode, entry: Entry) -> str:
    """32 hexadecimal digits naming the item within its feed."""
    match mode:
        case "guid":
            value = entry.guid
        case "link":
            value = entry.canonical_url or ""
        case "text":
            told = entry.published.isoformat() if entry.published else fold(f"{entry.summary}\n{entry.content}")
            value = "\n".join((fold(entry.title) or fold(entry.summary), entry.canonical_url or "", told))
    return hashlib.sha256(f"{mode}:{value}".encode()).hexdigest()[:32]


class _Search:
    """Finds the stored entries of a window's items: no entry twice, by guid before link and by link before text."""

    def __init__(self, window: Window, known: Sequence[KnownItem]) -> None:
        self.window = window
        self.by_key = {item.key: item for item in known}
        self.by_guid: defaultdict[str, list[KnownItem]] = defaultdict(list)
        self.by_link: defaultdict[str, list[KnownItem]] = defaultdict(list)
        for item in known:
            if item.guid:
                self.by_guid[item.guid].append(item)
            if item.canonical_url:
                self.by_link[item.canonical_url].append(item)

    def run(self, unique: Mapping[str, Entry]) -> dict[str, KnownItem]:
        found: dict[str, KnownItem] = {}
        taken: set[int] = set()
        for way in (self._guid, self._first_guid, self._link, self._text, self._twin):
            for key, entry in unique.items():
                free = (item for item in way(entry) if item.entry_id not in taken)
                if key not in found and (item := next(free, None)):
                    found[key] = item
                    taken.add(item.entry_id)
        return found

    def _guid(self, entry: Entry) -> Iterator[KnownItem]:
        if entry.guid not in self.window.bad_guids:
            yield from self.by_guid.get(entry.guid, ())

    def _first_guid(self, entry: Entry) -> Iterator[KnownItem]:
        """The item that was stored under this guid and has had another one since; its key still tells."""
        item = self.by_key.get(item_key("guid", entry))
        if (
            item
            and entry.guid not in self.window.bad_guids
            and (_is_made_for_one(entry.guid) or _same_piece(entry, item))
        ):
            yield item

    def _link(self, entry: Entry) -> Iterator[KnownItem]:
        link = self.window.good_link(entry)
        candidates = self.by_link.get(link, []) if link else []
        for item in sorted(candidates, key=lambda item: item.guid != entry.guid):
            if _may_change_guid(entry, item):
                yield item

    def _text(self, entry: Entry) -> Iterator[KnownItem]:
        exact = self.by_key.get(item_key("text", entry))
        if exact and self.window.modes(entry)[0] == "text":
            yield exact

    def _twin(self, entry: Entry) -> Iterator[KnownItem]:
        if self.window.good_link(entry):
            return
        candidates = [*self.by_link.get(entry.canonical_url or "", ()), *self.by_guid.get(entry.guid, ())]
        yield from (item for item in candidates if _is_twin(entry, item))


def _identified(
    unique: Mapping[str, Entry], found: Mapping[str, KnownItem], stored: Collection[str], window: Window
) -> Iterator[Identified]:
    used = {*stored, *unique}
    for key, entry in unique.items():
        modes = window.modes(entry)
        if key in found:
            yield Identified(entry, found[key].key, modes[0], found[key])
        elif key not in stored:
            yield Identified(entry, key, modes[0], None)
        elif fresh := [(mode, other) for mode in modes[1:] if (other := item_key(mode, entry)) not in used]:
            # The stored entry of that key has come to go by another guid or link.
            mode, other = fresh[0]
            used.add(other)
            yield Identified(entry, other, mode, None)


# --- what guids and links are worth -----------------------------------------------------------------------------------


def _shared_guids(items: Iterable[Entry | KnownItem]) -> set[str]:
    """The guids of several pages."""
    pages: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.guid:
            pages[item.guid].add(item.canonical_url or fold(item.title))
    return {guid for guid, found in pages.items() if len(found) > 1}


def _reused_guids(entries: Iterable[Entry], known: Iterable[KnownItem]) -> set[str]:
    """The guids that stood for another item before, where items come one window at a time."""
    stored = {item.guid: item for item in known if item.guid}
    return {entry.guid for entry in entries if entry.guid in stored and not _may_move(entry, stored[entry.guid])}


def _crowded_links(items: Iterable[Entry | KnownItem], bad_guids: Collection[str]) -> set[str]:
    """The links under which items stand that differ by a guid worth something or, for want of one, by headline."""
    guids: defaultdict[str, set[str]] = defaultdict(set)
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.canonical_url and item.guid and item.guid not in bad_guids:
            guids[item.canonical_url].add(item.guid)
        elif item.canonical_url:
            titles[item.canonical_url].add(fold(item.title))
    several = {link for link, found in guids.items() if len(found) > 1}
    return several | {
        link for link, found in titles.items() if len(found) >= (_SECTION_HEADLINES if is_specific(link) else 2)
    }


def _may_move(entry: Entry, item: KnownItem) -> bool:
    """Whether an item under a stored guid is that item: a reused guid differs in page, headline and date at once.

    So does a live blog at the end of its day, under a guid that was made for it alone.
    """
    pages = {entry.canonical_url, item.canonical_url}
    return None in pages or len(pages) == 1 or _is_made_for_one(entry.guid) or _same_piece(entry, item)


def _is_made_for_one(guid: str) -> bool:
    return names_article(guid) or _MADE_FOR_ONE.match(guid) is not None


def _may_change_guid(entry: Entry, item: KnownItem) -> bool:
    """Whether an item under a stored link is that item: another guid under a section's address is another item."""
    guids = {entry.guid, item.guid}
    return "" in guids or len(guids) == 1 or is_specific(entry.canonical_url or "") or _same_piece(entry, item)


def _same_piece(entry: Entry, item: KnownItem) -> bool:
    return alike(entry.title, item.title) or (entry.published is not None and entry.published == item.declared)


def _is_twin(entry: Entry, item: KnownItem) -> bool:
    """Whether headline and date are the very same; for want of a date, the guid."""
    dated = entry.published is not None or entry.guid == item.guid
    return dated and entry.published == item.declared and fold(entry.title) == fold(item.title) != ""


def _names_front_page(guid: str) -> bool:
    canonical = canonical_url(guid) if guid.startswith(("http://", "https://")) else None
    return canonical is not None and is_homepage(canonical)


def _reason(mode: IdentityMode, window: Window, entries: Iterable[Entry]) -> str:
    if mode == "guid":
        return "each item has its own guid"
    useless = Counter(entry.guid for entry in entries if entry.guid in window.bad_guids)
    if useless:
        guid, count = min(useless.items(), key=lambda pair: (-pair[1], pair[0]))
        why = f"{f'{count} items share' if count > 1 else 'more than one item has had'} the guid {guid[:80]}"
    else:
        why = "items without a guid"
    return f"{why}; they are told apart by {'link' if mode == 'link' else 'headline and date'}"
