"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), read leniently: a wrong type is an absent value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from feedhub.ingest.items import distinct, is_image_address, number, string
from feedhub.models import Enclosure, Failed, FailureKind, Link, ParsedFeed, ParsedItem, Picture, RawDate, Text

Node = Mapping[str, object]

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/(1\b(?!\.[1-9]))?")  # the group: 1.0
_UNUSABLE = "neither id, url, title nor text"


def read(text: str) -> ParsedFeed | Failed:
    """The feed in the document `text`; `broken` if it is no JSON, `not_a_feed` if it is other JSON."""
    try:
        document = json.loads(text, strict=False)  # newlines in strings are a frequent fault
    except json.JSONDecodeError as error:
        return Failed(
            FailureKind.BROKEN, f"answered with broken JSON: {error.msg}, line {error.lineno} column {error.colno}"
        )
    except RecursionError:
        return Failed(FailureKind.BROKEN, "answered with JSON that is nested too deeply")
    except ValueError as error:  # a number of more digits than Python converts
        return Failed(FailureKind.BROKEN, f"answered with broken JSON: {error}")
    feed = _node(document)
    version = _VERSION.match(string(feed.get("version")))
    if not version:
        return Failed(FailureKind.NOT_A_FEED, "answered with JSON that is no JSON Feed")
    return _feed(feed, "json1" if version[1] else "json11")


def _feed(feed: Node, version: str) -> ParsedFeed | Failed:
    listed = _list(feed.get("items"))
    language = string(feed.get("language")) or None
    items = tuple(item for node in listed if (item := _item(_node(node), language)))
    skipped = len(listed) - len(items)
    if skipped and not items:
        return Failed(FailureKind.BROKEN, f"none of its {skipped} items is usable: {_UNUSABLE}")
    return ParsedFeed(
        format=version,
        title=string(feed.get("title")),
        link=string(feed.get("home_page_url")),
        language=language,
        items=items,
        skipped=skipped,
        skipped_reason=_UNUSABLE if skipped else "",
        links=tuple(_relations(feed)),
    )


def _relations(feed: Node) -> Iterable[Link]:
    """`feed_url`, and the `hubs` that speak WebSub; other types are other protocols."""
    if own := string(feed.get("feed_url")):
        yield Link("self", own)
    for hub in map(_node, _list(feed.get("hubs"))):
        if string(hub.get("type")).lower() == "websub" and (url := string(hub.get("url"))):
            yield Link("hub", url)


def _item(item: Node, feed_language: str | None) -> ParsedItem | None:
    link = string(item.get("url")) or string(item.get("external_url"))
    guid = _identifier(item.get("id")) or link
    language = string(item.get("language")) or feed_language
    title, summary, content = (
        _text(item, {"title": False}, language),
        _text(item, {"summary": False}, language),
        _text(item, {"content_html": True, "content_text": False}, language),
    )
    if not (guid or title or summary or content):
        return None
    return ParsedItem(
        guid=guid,
        link=link,
        title=title,
        summary=summary,
        content=content,
        published=_date(item.get("date_published")),
        updated=_date(item.get("date_modified")),
        author=_author(item),
        categories=tuple(dict.fromkeys(filter(None, map(string, _list(item.get("tags")))))),
        pictures=_pictures(item),
        enclosures=tuple(_enclosures(item)),
        language=language,
    )


def _node(value: object) -> Node:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _identifier(value: object) -> str:
    """An id as text: a number is to be coerced (1.1, "items")."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else string(value)


def _text(item: Node, keys: Mapping[str, bool], language: str | None) -> Text | None:
    """The first text among `keys`, which tell whether it is HTML."""
    for key, is_html in keys.items():
        if text := string(item.get(key)):
            return Text(text, html=is_html, language=language)
    return None


def _date(value: object) -> RawDate | None:
    text = string(value)
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
        return RawDate(text, (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError):
        return RawDate(text)


def _author(item: Node) -> str:
    """The names of `authors` (1.1), else of `author` (1.0), each once."""
    authors = _list(item.get("authors")) or [item.get("author")]
    names = (string(_node(author).get("name")) or string(author) for author in authors)
    return ", ".join(dict.fromkeys(filter(None, names)))


def _pictures(item: Node) -> tuple[Picture, ...]:
    addresses = [string(item.get("image")), string(item.get("banner_image"))]
    attached = [Picture(file.url, type=file.type) for file in _attachments(item) if _is_picture(file)]
    return distinct([*map(Picture, addresses), *attached])


def _enclosures(item: Node) -> Iterable[Enclosure]:
    return (file for file in _attachments(item) if not _is_picture(file))


def _is_picture(file: Enclosure) -> bool:
    return file.type.startswith("image/") if file.type else is_image_address(file.url)


def _attachments(item: Node) -> Iterable[Enclosure]:
    for node in map(_node, _list(item.get("attachments"))):
        if url := string(node.get("url")):
            yield Enclosure(url, type=string(node.get("mime_type")), length=number(node.get("size_in_bytes")) or 0)
