"""What a document holds: items as their feed has them, and the entries that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from feedhub.models.network import Link

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text construct as the feed gave it: `html` tells markup from plain text, `base` resolves its links."""

    value: str
    html: bool = False
    base: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RawDate:
    """A date as written, and as the parser understood it in UTC where it did.

    `utc` takes a date without a zone for UTC; whether the zone was there is read from `text` (R17).
    """

    text: str
    utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture; sizes in pixels, None where unknown. `type` is a media type or empty."""

    url: str
    caption: str = ""
    type: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attached file. `length` in bytes, 0 where unknown."""

    url: str
    type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """An item as its feed holds it: nothing cleaned, nothing resolved."""

    guid: str = ""
    link: str = ""
    original_link: str = ""  # feedburner:origLink and its like: the publisher's own address behind a wrapper
    title: Text | None = None
    summary: Text | None = None
    content: Text | None = None
    published: RawDate | None = None
    updated: RawDate | None = None
    author: str = ""
    categories: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()  # media:content, media:thumbnail, image: in the order of preference
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    base: str = ""
    mark: str = field(default="", compare=False)  # of its bytes, where the document was cut at its items


@dataclass(frozen=True, slots=True)
class RawHints:
    """How often a document asks to be polled, as its elements stand there; empty where absent (R27)."""

    ttl: str = ""
    update_period: str = ""
    update_frequency: str = ""
    update_base: str = ""
    skip_hours: tuple[str, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document. `format` is feedparser's version name, `json1`, `json11`, `sitemap` or `page`.

    `skipped` counts unusable items; `skipped_reason` may tell of something that is missing without any. `whole` is
    False where the document is cut off: further items may be missing from its end. `marks` are of all items in it, the
    unparsed ones too, and `frame` of what stands around them (:mod:`feedhub.ingest.split`); empty where it was not cut.
    """

    format: str
    title: str = ""
    link: str = ""
    language: str | None = None
    items: tuple[ParsedItem, ...] = ()
    skipped: int = 0
    skipped_reason: str = ""
    whole: bool = True
    hints: RawHints = RawHints()
    links: tuple[Link, ...] = ()  # its hubs, and what it calls itself
    frame: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One feed's item, normalised and clean: what is stored.

    `guid` is without its numeric fragment (R4), empty where the feed gives none; `canonical_url` is the key under which
    the same page is known everywhere (:func:`feedhub.net.urls.canonical_url`), None where no page of the publisher's is
    known; `link` is the address to publish. `published` is the declared date, None where absent or absurd; it may lie
    in the future: the clamp is to `first_seen`, which the store knows (R16). `content` is sanitised HTML with absolute
    links, `summary` plain text.
    """

    guid: str
    canonical_url: str | None
    link: str
    title: str
    summary: str
    content: str
    published: datetime | None
    author: str
    categories: tuple[str, ...]
    language: str | None
    direction: Direction
    picture: Picture | None
    enclosures: tuple[Enclosure, ...]


@dataclass(frozen=True, slots=True)
class Recalled(Entry):
    """An entry whose item was seen before, and of which only what identifies it is known. `digest` is the whole's."""

    digest: str

    @classmethod
    def of(cls, guid: str, canonical_url: str | None, title: str, published: datetime, digest: str) -> Recalled:
        unknown = {"link": "", "summary": "", "content": "", "author": "", "language": None, "picture": None}
        empty: dict[str, Any] = {**unknown, "direction": "ltr", "categories": (), "enclosures": ()}
        return cls(guid=guid, canonical_url=canonical_url, title=title, published=published, digest=digest, **empty)


@dataclass(frozen=True, slots=True)
class Recall:
    """What the last reading of a document left: its entries by their items' marks.

    They hold under the same `frame` in the same `context`, which covers all else that the reading of an item depends
    on: the address, what the operator says, and the program.
    """

    context: str = ""
    frame: str = ""
    entries: Mapping[str, Recalled] = field(default_factory=dict)
