"""Bytes to items: the only place that knows feedparser, and the only one that tells a feed from anything else.

What feedparser does that must not happen, each once:

- `parse(bytes)` opens a file of that name and `parse(str)` fetches an address, so it gets a stream.
- It believes the HTTP header's charset over the document's, takes `text/xml` for US-ASCII and gives up on damaged
  UTF-8, so it gets UTF-8 that says so (:mod:`feedhub.ingest.charset`).
- DTDs kill its parsers, illegal character references raise out of it (:mod:`feedhub.ingest.doctype`).
- Given the document's address it resolves guids against it: `<guid>17</guid>` would be another item after the feed
  moved to https (R5). So it is not given, and links are made absolute in :mod:`feedhub.ingest.items`.
- Its own sanitising and link resolution take half the time and are done for every entry in `normalize`, so both are
  off here.
- It takes `media:description`, a picture's caption, for the item's content, drops `<image>address</image>`, and in
  broken documents leaves `&amp;` in guids, and of several `<hour>` or `<day>` keeps the last: the handlers at the end
  of this file replace its own.
- `entry.get("updated")` answers `published` with a warning, so items are read as plain dictionaries.
- Text that is UTF-8 read as Latin-1 it repairs; nothing here depends on it.

It still takes quadratic time on some documents (50,000 attributes on a tag): see :mod:`feedhub.ingest.workers`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import unescape  # replaces text, parses nothing

import feedparser

from feedhub.ingest import jsonfeed
from feedhub.ingest.charset import decode
from feedhub.ingest.doctype import Markup, read_markup
from feedhub.ingest.items import MARK, Node, page_link, plain_title, read_item, relations, string, strings
from feedhub.ingest.sitemap import is_sitemap, read_sitemap
from feedhub.ingest.split import Split, split
from feedhub.ingest.webpage import is_page, judge_page
from feedhub.models import Failed, FailureKind, ParsedFeed, RawHints

# What comes out of feedparser.parse for reasons that lie in the document: its handlers meet an element where they do
# not expect one. A few examples, found by mutating real feeds; anything else is a bug of ours.
_SURVIVABLE = (
    LookupError,  # `<links a=""/>` before `<link>`, `</creativeCommons:license>` alone
    TypeError,  # a `gml:posList` without numbers, a stray `</width>`
    AttributeError,
    ValueError,  # an address that cannot be split; UnicodeError is one too
    AssertionError,  # the SGML parser on malformed declarations
    RecursionError,
    MemoryError,  # the worker's limit
)

_CUT_OFF = "the document is cut off"
_EMPTY = "neither guid, link, title nor text"
_HOURS, _DAYS = "skipped_hours", "skipped_days"  # where the handlers below leave what skipHours and skipDays hold
_ITEM_START = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ITEM = re.compile(rf"{_ITEM_START.pattern}.*?{_ITEM_END.pattern}", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What feedparser made of a document; `faults` names what it raised, an exception's name for each item lost."""

    version: str
    feed: Node
    entries: list[Node]
    well_formed: bool
    faults: tuple[str, ...] = ()
    frame: str = ""
    marks: tuple[str, ...] = ()


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str = "",
    untitled: bool = False,
    frame: str = "",
    seen: Collection[str] = (),
) -> ParsedFeed | Failed:
    """The feed or news sitemap in `body`, found at `url` with the header's `content_type`.

    `untitled` admits a sitemap's addresses without headlines (:func:`feedhub.ingest.sitemap.read_sitemap`). Items with
    a mark in `seen` are left out where the frame has the mark `frame`.
    Fails as `broken` (empty, unreadable, or no item usable), `not_a_feed`, or `blocked` (a challenge or login page).
    Pure. It may take long or end the process on a hostile document: run it in one that may die.
    """
    text = decode(body, content_type).strip()
    if not text:
        return Failed(FailureKind.BROKEN, "answered with an empty document")
    if text.startswith(("{", "[")):
        return jsonfeed.read(text)
    markup = read_markup(text)
    if markup.root.lower() == "html":
        return judge_page(text)
    if is_sitemap(markup.root):
        return read_sitemap(text, url, untitled=untitled)
    if markup.root:
        return _parse_markup(markup, url, frame, seen) or _no_feed(markup, text)
    if text.startswith("<"):
        return Failed(FailureKind.BROKEN, "answered with a document that ends before its first element")
    return Failed(FailureKind.NOT_A_FEED, "answered with something that is neither XML nor JSON")


def _no_feed(markup: Markup, text: str) -> Failed:
    """Asked last: a feed may stand under `<!DOCTYPE html>`."""
    if is_page(markup.root, markup.doctype):
        return judge_page(text)
    return Failed(FailureKind.NOT_A_FEED, f"answered with a document of <{markup.root[:80]}>, which is no feed")


def _parse_markup(markup: Markup, url: str, frame: str, seen: Collection[str]) -> ParsedFeed | Failed | None:
    """The feed in a document of tags; None if it is none."""
    try:
        cut = split(markup.document.encode())
        reading = (_read_unseen(cut, seen) if cut and cut.frame_mark == frame else None) or _read(markup, cut)
    except _SURVIVABLE as error:
        return Failed(FailureKind.BROKEN, f"answered with a document that cannot be read ({type(error).__name__})")
    if not reading.version and not reading.entries:
        return None
    whole = reading.well_formed or markup.closed
    if not whole and not reading.entries:
        return Failed(FailureKind.BROKEN, f"{_CUT_OFF} before its first item")
    feed = _feed(reading, url, cut_off=not whole and _last_item_is_open(markup))
    return feed if isinstance(feed, Failed) else replace(feed, whole=whole)


def _feed(reading: _Reading, url: str, *, cut_off: bool) -> ParsedFeed | Failed:
    """`cut_off`: in the middle of its last item."""
    entries = reading.entries[:-1] if cut_off else reading.entries
    items = tuple(item for entry in entries if (item := read_item(entry, url)))
    reasons = [f"cannot be read ({fault})" for fault in dict.fromkeys(reading.faults)]
    reasons += [_EMPTY] if len(items) < len(entries) else []
    reasons += [_CUT_OFF] if cut_off else []
    total = len(reading.entries) + len(reading.faults)
    if total and not items and len(reading.marks) <= total:
        return Failed(FailureKind.BROKEN, f"none of its {total} items is usable: {'; '.join(reasons)}")
    return ParsedFeed(
        format=reading.version,
        title=plain_title(reading.feed),
        link=page_link(reading.feed, url),
        language=string(reading.feed.get("language")) or None,
        items=items,
        skipped=total - len(items),
        skipped_reason="; ".join(reasons),
        hints=_hints(reading.feed),
        links=relations(reading.feed),
        frame=reading.frame,
        marks=reading.marks,
    )


def _hints(feed: Node) -> RawHints:
    return RawHints(
        ttl=string(feed.get("ttl")),
        update_period=string(feed.get("sy_updateperiod")),
        update_frequency=string(feed.get("sy_updatefrequency")),
        update_base=string(feed.get("sy_updatebase")),
        skip_hours=strings(feed.get(_HOURS)),
        skip_days=strings(feed.get(_DAYS)),
    )


def _last_item_is_open(markup: Markup) -> bool:
    """Whether the last item's start tag is followed by no item's end: a document without its own ends inside it."""
    start = 0
    for found in _ITEM_START.finditer(markup.body):
        start = found.end()
    return bool(start) and not _ITEM_END.search(markup.body, start)


def _read(markup: Markup, cut: Split | None) -> _Reading:
    try:
        reading = _run_feedparser(markup.document.encode())
    except _SURVIVABLE:
        return _read_singly(markup)
    return _marked(reading, cut, cut.marks) if cut else reading


def _read_unseen(cut: Split, seen: Collection[str]) -> _Reading | None:
    """The document without the items in `seen`; None where that is not surely the whole's but for them."""
    places = [place for place, mark in enumerate(cut.marks) if mark not in seen]
    try:
        reading = _run_feedparser(cut.document(places))
    except _SURVIVABLE:
        return None
    marked = _marked(reading, cut, [cut.marks[place] for place in places])
    return marked if marked.marks else None


def _marked(reading: _Reading, cut: Split, marks: Sequence[str]) -> _Reading:
    """With the marks of all of the document's items, if its entries are those with `marks`."""
    if not reading.well_formed or len(reading.entries) != len(marks):
        return reading
    entries: list[Node] = [{**entry, MARK: mark} for entry, mark in zip(reading.entries, marks, strict=True)]
    return replace(reading, entries=entries, frame=cut.frame_mark, marks=cut.marks)


def _read_singly(markup: Markup) -> _Reading:
    """Each item as a document of its own, under the head of all: what one item raises costs that item alone.

    Raises what feedparser raises on the document without items.
    """
    found = list(_ITEM.finditer(markup.body))
    head = markup.body[: found[0].start()] if found else markup.body
    tail = markup.body[found[-1].end() :] if found else ""
    entries: list[Node] = []
    faults: list[str] = []
    for item in found:
        try:
            entries += _run_feedparser(replace(markup, body=f"{head}{item[0]}{tail}").document.encode()).entries
        except _SURVIVABLE as error:
            faults.append(type(error).__name__)
    empty = _run_feedparser(replace(markup, body=head + tail).document.encode())
    return replace(empty, entries=entries, faults=tuple(faults))


def _run_feedparser(document: bytes) -> _Reading:
    found = feedparser.parse(
        io.BytesIO(document),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries: list[Node] = [dict(entry) for entry in found.entries]
    return _Reading(found.version, dict(found.feed), entries, well_formed=not found.bozo)


# --- feedparser's handlers, mended ------------------------------------------------------------------------------------


def _start_caption(parser: Any, _attributes: object) -> None:
    parser.push("media_description", 1)


def _end_caption(parser: Any) -> None:
    """A caption belongs to the media:content that it stands in or after."""
    caption = parser.pop("media_description")
    contents = parser._get_context().get("media_content")
    if caption and contents:
        contents[-1].setdefault("caption", caption)


def _end_image(parser: Any) -> None:
    address = parser.pop("image")
    parser.inimage = 0
    if parser.inentry and address and address.startswith("http"):
        parser.entries[-1].setdefault("image", {"href": address})


def _end_hour(parser: Any) -> None:
    parser._get_context().setdefault(_HOURS, []).append(parser.pop("hour"))


def _end_day(parser: Any) -> None:
    parser._get_context().setdefault(_DAYS, []).append(parser.pop("day"))


def _decode_entities(parser: Any, element: str, data: str) -> str:
    """Broken documents: `&amp;` in a guid, author or category is left as it stands, unlike in a well-formed one."""
    decoded: str = _loose_decode_entities(parser, element, data)
    return decoded if parser.contentparams.get("type") else unescape(decoded, {"&quot;": '"', "&apos;": "'"})


_loose_decode_entities = feedparser.api.LooseFeedParser.decode_entities
feedparser.api.LooseFeedParser.decode_entities = _decode_entities
for _parser in (feedparser.api.StrictFeedParser, feedparser.api.LooseFeedParser):
    _parser._start_media_description = _start_caption
    _parser._end_media_description = _end_caption
    _parser._end_image = _end_image
    _parser._end_hour = _end_hour
    _parser._end_day = _end_day
