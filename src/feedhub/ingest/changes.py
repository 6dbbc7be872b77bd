"""What a received document changes: which of its entries are new, and which read differently than stored."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from html import unescape

from feedhub.models import Arrival, Edit, Entry, Recall, Recalled, Received
from feedhub.stories.edit import Wording, is_significant
from feedhub.stories.identity import Identification, Identified

_TAG = re.compile(r"<[^>]*>")
Articles = Mapping[str, Entry]
"""Entries with the texts of their own pages, by their items' keys. A digest is always that of the listed entry."""

_UNDIGESTED = {"published"}  # a moved date is never an edit (R15)


def new(identification: Identification) -> tuple[Identified, ...]:
    """The items that are not stored yet."""
    return tuple(item for item in identification.items if item.known is None)


def withhold(
    items: Sequence[Identified], most: int | None, now: datetime
) -> tuple[tuple[Identified, ...], tuple[Identified, ...]]:
    """The `most` newest of a new feed's items, and the others, both in their order (R44); None: all and none.

    Equal dates go by the order of the document, and so do undated items, which are taken for new.
    """
    latest_first = sorted(items, key=lambda item: _order_key(item.entry, now), reverse=True)
    chosen = {item.key for item in latest_first[:most]}
    fresh = tuple(item for item in items if item.key in chosen)
    return fresh, tuple(item for item in items if item.key not in chosen)


def arrivals(items: Sequence[Identified], now: datetime, articles: Articles | None = None) -> tuple[Arrival, ...]:
    """The new entries among `items`. Their order key is fixed here: no later than now, and now where undated (R15-R18).

    Where `articles` were to be read, an address alone, whose page gave nothing, is none.
    """
    entries = [(item, (articles or {}).get(item.key, item.entry)) for item in items if item.known is None]
    return tuple(
        Arrival(entry, item.key, _order_key(entry, now), digest(item.entry))
        for item, entry in entries
        if articles is None or entry.title or entry.content or entry.summary
    )


def repeats(identification: Identification) -> str:
    """How many items were left out because they repeat another, for `status`; empty for none."""
    match identification.repeated:
        case 0:
            return ""
        case 1:
            return "1 item repeats another of the same document"
        case count:
            return f"{count} items repeat others of the same document"


def held_back(items: Sequence[Identified]) -> str:
    """How many of a new feed's items are not published, for `status`; empty for none."""
    match len(items):
        case 0:
            return ""
        case 1:
            return "1 old item is not published, as initial_items says"
        case count:
            return f"{count} old items are not published, as initial_items says"


def rewritten(identification: Identification, digests: Mapping[int, str]) -> tuple[Identified, ...]:
    """The known items whose digest is not the stored one. `digests` by the entries' numbers.

    What is published no more reads as it may.
    """
    return tuple(
        item
        for item in identification.items
        if item.known and not item.known.tombstone and digest(item.entry) != digests[item.known.entry_id]
    )


def relisted(identification: Identification) -> tuple[Edit, ...]:
    """The items that are known and published no more, as the document has them (R48)."""
    return tuple(
        Edit(item.known.entry_id, item.entry, digest(item.entry), significant=False)
        for item in identification.items
        if item.known and item.known.tombstone
    )


def edits(
    items: tuple[Identified, ...], stored: Mapping[int, tuple[str, str]], articles: Articles | None = None
) -> tuple[Edit, ...]:
    """The edits among `items`. `stored` has title and content as they were, by the entries' numbers.

    Where `articles` were to be read and a page gave nothing, an entry that has more than the listing says stays as it
    is until its page can be read again.
    """
    result = []
    for item in items:
        if item.known is not None:
            number, entry = item.known.entry_id, (articles or {}).get(item.key, item.entry)
            was, now = _wording(*stored[number]), _wording(entry.title, entry.content)
            unread = articles is not None and item.key not in articles
            if not (unread and len(was.text) > len(now.text)):
                result.append(Edit(number, entry, digest(item.entry), is_significant(was, now)))
    return tuple(result)


def recalled_amiss(identification: Identification, digests: Mapping[int, str]) -> bool:
    """Whether an item that was not read again is not stored as it was read: then what it says is needed."""
    recalled = (item for item in identification.items if isinstance(item.entry, Recalled))
    return any(item.known is None or digest(item.entry) != digests[item.known.entry_id] for item in recalled)


def recall(received: Received) -> Recall:
    """What the next reading of the document need not read again.

    An item without date or headline is identified by its text, and is read each time.
    """
    found = zip(received.marks, received.entries, strict=True) if received.frame else ()
    entries = {
        mark: Recalled.of(entry.guid, entry.canonical_url, entry.title, entry.published, digest(entry))
        for mark, entry in found
        if entry.title and entry.published
    }
    return Recall(received.context, received.frame, entries)


def digest(entry: Entry) -> str:
    """Equal for entries that would be stored and shown alike."""
    if isinstance(entry, Recalled):
        return entry.digest
    values = [repr(getattr(entry, field.name)) for field in fields(entry) if field.name not in _UNDIGESTED]
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:32]


def _order_key(entry: Entry, now: datetime) -> datetime:
    return min(entry.published or now, now)


def _wording(title: str, content: str) -> Wording:
    return Wording(title, unescape(_TAG.sub(" ", content)))
