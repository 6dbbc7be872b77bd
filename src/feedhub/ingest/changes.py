"""What a received document changes: which of its entries are new, and which read differently than stored."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from html import unescape

from feedhub.models import Arrival, Edit, Entry
from feedhub.stories.edit import Wording, is_significant
from feedhub.stories.identity import Identification, Identified

_TAG = re.compile(r"<[^>]*>")
_UNDIGESTED = {"published"}  # a moved date is never an edit (R15)


def arrivals(identification: Identification, now: datetime) -> tuple[Arrival, ...]:
    """The new entries. Their order key is fixed here: no later than now, and now where undated (R15-R18)."""
    return tuple(
        Arrival(item.entry, item.key, min(item.entry.published or now, now), digest(item.entry))
        for item in identification.items
        if item.known is None
    )


def rewritten(identification: Identification, digests: Mapping[int, str]) -> tuple[Identified, ...]:
    """The known items whose digest is not the stored one. `digests` by the entries' numbers."""
    return tuple(
        item
        for item in identification.items
        if item.known is not None and digest(item.entry) != digests[item.known.entry_id]
    )


def edits(items: tuple[Identified, ...], stored: Mapping[int, tuple[str, str]]) -> tuple[Edit, ...]:
    """The edits among `items`. `stored` has title and content as they were, by the entries' numbers."""
    result = []
    for item in items:
        if item.known is not None:
            number = item.known.entry_id
            old, new = _wording(*stored[number]), _wording(item.entry.title, item.entry.content)
            result.append(Edit(number, item.entry, digest(item.entry), is_significant(old, new)))
    return tuple(result)


def digest(entry: Entry) -> str:
    """Equal for entries that would be stored and shown alike."""
    values = [repr(getattr(entry, field.name)) for field in fields(entry) if field.name not in _UNDIGESTED]
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:32]


def _wording(title: str, content: str) -> Wording:
    return Wording(title, unescape(_TAG.sub(" ", content)))
