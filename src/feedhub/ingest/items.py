"""feedparser's dictionaries to items. Every accessor is total: an odd element in a feed puts any type anywhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from time import struct_time
from urllib.parse import urljoin, urlsplit

from feedhub.ingest.charset import legal
from feedhub.models import Enclosure, Link, ParsedItem, Picture, RawDate, Text

Node = Mapping[str, object]
MARK = "feedhub mark"  # under which an entry has its item's mark: no element makes such a key

_HTML = {"text/html", "application/xhtml+xml"}
_IMAGE_PATH = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)\Z", re.IGNORECASE)
_ADDRESS = re.compile(r"<?\S+@\S+>?")
_ADDRESS_WITH_NAME = re.compile(r"\S+@\S+\s*\((.+)\)\s*\Z", re.DOTALL)


def read_item(entry: Node, url: str) -> ParsedItem | None:
    """An entry as an item; None if it has neither guid nor link nor title nor text. `url` is the document's address."""
    title, summary, content = _text(entry, "title", url), _summary(entry, url), _content(entry, url)
    texts = [text for text in (title, content, summary) if text]
    guid, link = string(entry.get("id")), _item_link(entry, url)
    original_link = string(entry.get("feedburner_origlink")) or string(entry.get("pheedo_origlink"))
    if not (guid or link or original_link or texts):
        return None
    return ParsedItem(
        guid=guid,
        link=link,
        original_link=original_link,
        title=title,
        summary=summary,
        content=content,
        published=_date(entry, "published") or _date(entry, "created"),
        updated=_date(entry, "updated"),
        author=_author(entry),
        categories=_categories(entry),
        pictures=_pictures(entry),
        enclosures=tuple(_enclosures(entry)),
        language=string(entry.get("language")) or next((text.language for text in texts if text.language), None),
        base=texts[0].base if texts else "",
        mark=string(entry.get(MARK)),
    )


def page_link(node: Node, url: str) -> str:
    """The first alternate link of a feed or an entry, one of type HTML preferred, made absolute."""
    alternates = [link for link in _nodes(node.get("links")) if link.get("rel") == "alternate" and link.get("href")]
    pages = [link for link in alternates if string(link.get("type")) in _HTML]
    return next((_join(url, string(link.get("href"))) for link in (*pages, *alternates)), "")


def relations(feed: Node) -> tuple[Link, ...]:
    """A feed's hubs and what it calls itself (WebSub section 4), as they stand there."""
    links = ((string(link.get("rel")).lower(), string(link.get("href"))) for link in _nodes(feed.get("links")))
    return tuple(Link(rel, href) for rel, href in links if rel in ("hub", "self") and href)


def plain_title(feed: Node) -> str:
    """A feed's title without markup, on one line."""
    title = string(feed.get("title"))
    if _is_html(_node(feed.get("title_detail"))):
        title = html.unescape(re.sub(r"<[^<>]*>", "", title))
    return " ".join(title.split())


def string(value: object) -> str:
    """The stripped text of `value`; empty for anything but text."""
    return legal(value).strip() if isinstance(value, str) else ""


def strings(value: object) -> tuple[str, ...]:
    """The texts of a list; empty for anything but a list."""
    return tuple(map(string, value)) if isinstance(value, list) else ()


def _node(value: object) -> Node:
    return value if isinstance(value, Mapping) else {}


def _nodes(value: object) -> list[Node]:
    return [node for node in value if isinstance(node, Mapping)] if isinstance(value, list) else []


# --- addresses --------------------------------------------------------------------------------------------------------


def _item_link(entry: Node, url: str) -> str:
    """The page of an item. A guid is one only as an http address that does not say `isPermaLink="false"` (RSS 2.0)."""
    if link := page_link(entry, url):
        return link
    link = string(entry.get("link"))
    if link == string(entry.get("id")):
        return link if entry.get("guidislink") and link.startswith(("http://", "https://")) else ""
    return _join(url, link)


def _join(base: str, link: str) -> str:
    """An absolute address; a malformed one stays as written, for the step that judges links."""
    if link.startswith(("https://", "http://")):
        return link
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link


def _base(base: object, url: str) -> str:
    """What an `xml:base` gives together with the document's address; empty without one of the web's schemes."""
    joined = _join(url, string(base)) if base else ""
    return joined if joined.startswith(("http://", "https://")) else ""


# --- text and dates ---------------------------------------------------------------------------------------------------


def _text(entry: Node, key: str, url: str) -> Text | None:
    """A text construct; feedparser keeps its type, language and base in a dictionary beside it."""
    return _text_of(entry.get(key), _node(entry.get(f"{key}_detail")), url)


def _text_of(value: object, detail: Node, url: str) -> Text | None:
    text = string(value)
    language = string(detail.get("language")) or None
    return Text(text, html=_is_html(detail), base=_base(detail.get("base"), url), language=language) if text else None


def _is_html(detail: Node) -> bool:
    return string(detail.get("type")) in _HTML


def _summary(entry: Node, url: str) -> Text | None:
    """The summary, unless it is feedparser's copy of the content, which has no detail. A caption is the last resort."""
    if entry.get("summary_detail") or not entry.get("content"):
        return _text(entry, "summary", url) or _text_of(entry.get("media_description"), {}, url)
    return None


def _content(entry: Node, url: str) -> Text | None:
    """The longest content, HTML before plain text; other media types are no text."""
    texts = [
        text
        for content in _nodes(entry.get("content"))
        if string(content.get("type")) in {"text/plain", *_HTML}
        if (text := _text_of(content.get("value"), content, url))
    ]
    return max(texts, key=lambda text: (text.html, len(text.value)), default=None)


def _date(entry: Node, key: str) -> RawDate | None:
    text = string(entry.get(key))
    return RawDate(text, _utc(entry.get(f"{key}_parsed"))) if text else None


def _utc(value: object) -> datetime | None:
    if not isinstance(value, struct_time):
        return None
    try:
        return datetime(*value[:5], min(value[5], 59), tzinfo=UTC)  # a leap second is 60
    except ValueError:
        return None


# --- people and subjects ----------------------------------------------------------------------------------------------


def _author(entry: Node) -> str:
    """The authors' names, each once; never an e-mail address, which is not ours to republish.

    A single author is read from the text as written: feedparser takes an address to end after four letters of its last
    label, which leaves "ple (Sara Aziz)" of "desk@herald.example (Sara Aziz)".
    """
    authors = _nodes(entry.get("authors"))
    written = [string(author.get("name")) for author in authors] if len(authors) > 1 else [string(entry.get("author"))]
    return ", ".join(dict.fromkeys(filter(None, map(_name, written))))


def _name(author: str) -> str:
    named = _ADDRESS_WITH_NAME.match(author)
    return named[1].strip() if named else _ADDRESS.sub("", author).strip(" ()")


def _categories(entry: Node) -> tuple[str, ...]:
    tags = (string(tag.get("label")) or string(tag.get("term")) for tag in _nodes(entry.get("tags")))
    return tuple(dict.fromkeys(filter(None, tags)))


# --- pictures and files -----------------------------------------------------------------------------------------------


def _pictures(entry: Node) -> tuple[Picture, ...]:
    """media:content from the largest down, media:thumbnail, enclosures, itunes:image and image; each address once."""
    contents = [node for node in _nodes(entry.get("media_content")) if _is_picture(node, node.get("url"))]
    ranked = sorted(map(_picture, contents), key=lambda picture: -(picture.width or 0) * (picture.height or 1))
    others = [
        *_nodes(entry.get("media_thumbnail")),
        *(node for node in _attached(entry) if _is_picture(node, node.get("href"))),
        _node(entry.get("image")),
        {"href": entry.get("href")} if _is_picture({}, entry.get("href")) else {},
    ]
    return distinct([*ranked, *(_picture(node) for node in others if node)])


def distinct(pictures: Iterable[Picture]) -> tuple[Picture, ...]:
    """The pictures that have an address, each address once, in order."""
    by_address: dict[str, Picture] = {}
    for picture in filter(lambda picture: picture.url, pictures):
        by_address.setdefault(picture.url, picture)
    return tuple(by_address.values())


def _picture(node: Node) -> Picture:
    return Picture(
        url=string(node.get("url")) or string(node.get("href")),
        caption=string(node.get("caption")),
        type=string(node.get("type")),
        width=number(node.get("width")),
        height=number(node.get("height")),
    )


def _is_picture(node: Node, url: object) -> bool:
    """Whether a file is a picture: as its type says, else its medium, else its name."""
    kind = string(node.get("type")) or string(node.get("medium"))
    return kind.startswith("image") if kind else is_image_address(string(url))


def is_image_address(url: str) -> bool:
    try:
        return bool(_IMAGE_PATH.search(urlsplit(url).path))
    except ValueError:
        return False


def _attached(entry: Node) -> list[Node]:
    return [link for link in _nodes(entry.get("links")) if link.get("rel") == "enclosure" and string(link.get("href"))]


def _enclosures(entry: Node) -> Iterable[Enclosure]:
    for link in _attached(entry):
        if not _is_picture(link, link.get("href")):
            length = number(link.get("length")) or 0
            yield Enclosure(url=string(link.get("href")), type=string(link.get("type")), length=length)


def number(value: object) -> int | None:
    """A positive whole number, as such or as text ("640", "640px", "640.0"); None for anything else."""
    found = re.match(r"\s*(\d{1,15})", str(value)) if isinstance(value, str | int | float) else None
    return int(found[1]) or None if found else None
