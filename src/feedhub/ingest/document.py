"""From a fetched document to entries: parse and normalise together, in a process that may be killed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from feedhub import __version__
from feedhub.config.selectors import Selectors
from feedhub.ingest.dom import decode_page
from feedhub.ingest.normalize import normalize
from feedhub.ingest.page import read_page
from feedhub.ingest.parse import parse
from feedhub.models import Entry, Failed, FailureKind, ParsedFeed, Recall, Received

_READS_AS = 1  # one more when the same item comes to be read otherwise
_NOTHING = Recall()

# What a single item's strange data may raise; the item is skipped and counted, the feed goes on.
_ITEM_FAULTS = (ValueError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a feed's document: what the operator says of it.

    `select` is for a page; `full_text` says that headlines which the document lacks will come from the articles.
    """

    feed_url: str
    timezone: ZoneInfo | None = None
    language: str | None = None
    select: Selectors | None = None
    full_text: bool = False


def read_document(
    body: bytes, url: str, content_type: str, reading: Reading, recall: Recall = _NOTHING
) -> Received | Failed:
    """The entries of a document found at `url`, or why there are none. Those in `recall` are not read again."""
    context = _context(url, reading)
    known = recall if recall.context == context else _NOTHING
    parsed = _parse(body, url, content_type, reading, known)
    if isinstance(parsed, Failed):
        return parsed
    entries, faults = _normalize_all(parsed, reading)
    if parsed.marks:
        by_mark = {**(known.entries if parsed.frame == known.frame else {}), **dict(entries)}
        entries = [(mark, by_mark[mark]) for mark in parsed.marks if mark in by_mark]
    if faults and not entries:
        return Failed(FailureKind.BROKEN, f"none of its {len(parsed.items)} items can be read: {faults[0]}")
    return Received(
        format=parsed.format,
        title=parsed.title,
        link=parsed.link,
        language=parsed.language,
        entries=tuple(entry for _mark, entry in entries),
        skipped=parsed.skipped + len(faults),
        skipped_reason=parsed.skipped_reason or (faults[0] if faults else ""),
        whole=parsed.whole,
        hints=parsed.hints,
        links=parsed.links,
        context=context,
        frame=parsed.frame,
        marks=tuple(mark for mark, _entry in entries),
    )


def _context(url: str, reading: Reading) -> str:
    """Equal for readings that make the same entry of the same item under the same frame."""
    return hashlib.sha256(repr((__version__, _READS_AS, url, reading)).encode()).hexdigest()[:32]


def _parse(body: bytes, url: str, content_type: str, reading: Reading, known: Recall) -> ParsedFeed | Failed:
    if reading.select:
        return read_page(decode_page(body, content_type), url, reading.select)
    untitled, seen = reading.full_text, known.entries.keys()
    return parse(body, url=url, content_type=content_type, untitled=untitled, frame=known.frame, seen=seen)


def _normalize_all(parsed: ParsedFeed, reading: Reading) -> tuple[list[tuple[str, Entry]], list[str]]:
    """The entries of the items, each with its item's mark, and what was wrong with the others."""
    entries: list[tuple[str, Entry]] = []
    faults: list[str] = []
    for item in parsed.items:
        try:
            entry = normalize(
                item, parsed, feed_url=reading.feed_url, timezone=reading.timezone, language=reading.language
            )
        except _ITEM_FAULTS as fault:
            faults.append(f"{type(fault).__name__}: {fault}")
        else:
            if entry:
                entries.append((item.mark, entry))
            else:
                faults.append("an item without headline, text or link")
    return entries, faults
