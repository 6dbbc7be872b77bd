"""What holds for Atom and RSS alike: elements, attributes, languages, links, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from support.feedvalidator.document import (
    NAMESPACES,
    Published,
    Rules,
    children,
    listed,
    named,
    text,
    texts,
)
from support.feedvalidator.languages import LANGUAGES

RULES: Rules = {}
rule = partial(listed, RULES)

_HISTORY = {"current", "prev-archive", "next-archive"}
_RELATIONS = {"alternate", "self", "via", "related", "enclosure", "hub"} | _HISTORY
_MEDIA_TYPE = re.compile(r"""[^\s()<>,;:\\"/[\]?=]+/[^\s()<>,;:\\"/[\]?=]+""")
_FULL_ADDRESS = re.compile(r"[a-zA-Z][0-9a-zA-Z+.-]*:(//)?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]+")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_CONTROLS = re.compile("[\x80-\x9f\ufffd]")
_DATES = {"atom:published", "atom:updated"}
_RFC_822 = {"pubDate", "lastBuildDate"}


@rule("UnexpectedContentType")
def _content_type(published: Published) -> Iterator[str]:
    expected = "application/atom+xml" if published.is_atom else "application/rss+xml"
    if published.content_type.partition(";")[0].strip() != expected:
        yield published.content_type


@rule("MissingEncoding")
def _encoding(published: Published) -> Iterator[str]:
    if not published.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n'):
        yield repr(published.body[:40])


@rule("UnknownNamespace")
def _namespaces(published: Published) -> Iterator[str]:
    declared = {uri for element in published.elements() for uri in element.nsmap.values()}
    yield from declared - NAMESPACES.keys()


@rule("ReservedPrefix")
def _prefixes(published: Published) -> Iterator[str]:
    for prefix, uri in published.root.nsmap.items():
        if prefix and NAMESPACES.get(uri) != prefix:
            yield f"{prefix} for {uri}"


@rule("BadCharacters")
def _characters(published: Published) -> Iterator[str]:
    for element in published.elements():
        for value in (element.text or "", *map(str, element.attrib.values())):
            if found := _CONTROLS.search(value):
                yield f"U+{ord(found[0]):04X} in {named(element)}"


@rule("InvalidLanguage")
def _languages(published: Published) -> Iterator[str]:
    tags = [str(tag) for element in published.elements() if (tag := element.get(f"{{{_XML}}}lang")) is not None]
    tags += [text(element) for element in published.elements("language", "dc:language")]
    tags += [str(tag) for element in published.elements("atom:link") if (tag := element.get("hreflang")) is not None]
    yield from (tag for tag in tags if tag.partition("-")[0].lower() not in LANGUAGES)


@rule("InvalidRFC3339Date")
def _rfc3339(published: Published) -> Iterator[str]:
    yield from (text(date) for date in published.elements(*_DATES) if _moment(date) is None)


@rule("ImplausibleDate")
def _plausible(published: Published) -> Iterator[str]:
    latest = published.now + timedelta(minutes=10)
    for date in published.elements(*_DATES, *_RFC_822):
        moment = _moment(date)
        if moment and not datetime(1990, 1, 1, tzinfo=UTC) <= moment <= latest:
            yield text(date)


@rule("MissingHref")
def _href(published: Published) -> Iterator[str]:
    yield from (str(link.attrib) for link in published.elements("atom:link") if not link.get("href"))


@rule("UnregisteredAtomLinkRel")
def _relations(published: Published) -> Iterator[str]:
    relations = (link.get("rel", "alternate") for link in published.elements("atom:link"))
    yield from (relation for relation in relations if relation not in _RELATIONS)


@rule("FeedHistoryRelInEntry")
def _history(published: Published) -> Iterator[str]:
    for item in published.items:
        yield from (str(link.get("rel")) for link in children(item, "atom:link") if link.get("rel") in _HISTORY)


@rule("InvalidMIMEType")
def _media_types(published: Published) -> Iterator[str]:
    types = (link.get("type") for link in published.elements("atom:link"))
    yield from (kind for kind in types if kind is not None and not _MEDIA_TYPE.fullmatch(kind))


@rule("InvalidIRI")
def _link_addresses(published: Published) -> Iterator[str]:
    hrefs = (link.get("href", "") for link in published.elements("atom:link"))
    yield from (href for href in hrefs if not is_full_address(href))


@rule("AttrNotBlank")
def _blank_attributes(published: Published) -> Iterator[str]:
    for link in published.elements("atom:link"):
        yield from (name for name in ("rel", "title", "type") if link.get(name) == "")


@rule("InvalidNonNegativeInteger")
def _lengths(published: Published) -> Iterator[str]:
    lengths = (link.get("length") for link in published.elements("atom:link"))
    yield from (length for length in lengths if length is not None and not length.isdecimal())


@rule("MissingSelf")
def _self(published: Published) -> Iterator[str]:
    """MissingAtomSelfLink, where it is RSS."""
    if len(selves(published)) != 1:
        yield f"{len(selves(published))} links rel=self"


@rule("SelfNotAtom")
def _self_type(published: Published) -> Iterator[str]:
    for link in selves(published):
        if link.get("type") not in ("application/atom+xml", "application/rss+xml"):
            yield str(link.get("type"))


@rule("SelfDoesntMatchLocation")
def _self_address(published: Published) -> Iterator[str]:
    """RelativeSelf, where it is that."""
    yield from (str(link.get("href")) for link in selves(published) if link.get("href") != published.address)


@rule("NotBlank")
def _blank(published: Published) -> Iterator[str]:
    for element in published.elements("atom:title", "atom:name", "atom:content", "atom:generator", "title", "category"):
        if not text(element):
            yield named(element)


_XML = "http://www.w3.org/XML/1998/namespace"


def is_full_address(address: str) -> bool:
    """An absolute address in the characters of RFC 2396."""
    if not _FULL_ADDRESS.fullmatch(address):
        return False
    return bool(urlsplit(address).netloc) or not address.startswith(("http:", "https:", "ftp:"))


def is_media_type(kind: str | None) -> bool:
    return kind is not None and bool(_MEDIA_TYPE.fullmatch(kind))


def selves(published: Published) -> list[Element]:
    return [link for link in children(published.feed, "atom:link") if link.get("rel") == "self"]


def relations(parent: Element) -> list[str]:
    return [link.get("rel", "alternate") for link in children(parent, "atom:link")]


def missing(parent: Element, *names: str) -> Iterator[str]:
    yield from (f"{name} in {named(parent)}" for name in names if not texts(parent, name))


def _moment(date: Element) -> datetime | None:
    """The moment that a date names in its format; None where it is not in that."""
    value = text(date)
    try:
        if named(date) in _RFC_822:
            return parsedate_to_datetime(value)
        return datetime.fromisoformat(value) if _RFC_3339.fullmatch(value) else None
    except ValueError:
        return None
