"""From a fetched document to entries: parse and normalise together, in a process that may be killed."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from feedhub.config.selectors import Selectors
from feedhub.ingest.dom import decode_page
from feedhub.ingest.normalize import normalize
from feedhub.ingest.page import read_page
from feedhub.ingest.parse import parse
from feedhub.models import Entry, Failed, FailureKind, ParsedFeed, Received

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


def read_document(body: bytes, url: str, content_type: str, reading: Reading) -> Received | Failed:
    """The entries of a document found at `url`, or why there are none."""
    parsed = _parse(body, url, content_type, reading)
    if isinstance(parsed, Failed):
        return parsed
    entries, faults = _normalize_all(parsed, reading)
    if faults and not entries:
        return Failed(FailureKind.BROKEN, f"none of its {len(parsed.items)} items can be read: {faults[0]}")
    return Received(
        format=parsed.format,
        title=parsed.title,
        link=parsed.link,
        language=parsed.language,
        entries=tuple(entries),
        skipped=parsed.skipped + len(faults),
        skipped_reason=parsed.skipped_reason or (faults[0] if faults else ""),
        whole=parsed.whole,
        hints=parsed.hints,
        links=parsed.links,
    )


def _parse(body: bytes, url: str, content_type: str, reading: Reading) -> ParsedFeed | Failed:
    if reading.select:
        return read_page(decode_page(body, content_type), url, reading.select)
    return parse(body, url=url, content_type=content_type, untitled=reading.full_text)


def _normalize_all(parsed: ParsedFeed, reading: Reading) -> tuple[list[Entry], list[str]]:
    entries: list[Entry] = []
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
                entries.append(entry)
            else:
                faults.append("an item without headline, text or link")
    return entries, faults
