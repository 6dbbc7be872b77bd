"""Which elements and attributes the validator knows, of those that a feed of news could use, and where."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from support.feedvalidator.document import Published, Rules, listed, named, qualified, repeated

RULES: Rules = {}
rule = partial(listed, RULES)

_LINKS = {"atom:link": {"href", "rel", "type", "hreflang", "title", "length"}}
_ATOM_TEXT = {f"atom:{name}": {"type"} for name in ("title", "subtitle", "summary", "content", "rights")}
ATTRIBUTES: dict[str, set[str]] = {
    **_LINKS,
    **_ATOM_TEXT,
    "atom:category": {"term", "scheme", "label"},
    "atom:generator": {"uri", "version"},
    "rss": {"version"},
    "guid": {"isPermaLink"},
    "source": {"url"},
    "category": {"domain"},
    "enclosure": {"url", "length", "type"},
    "media:content": {"url", "type", "medium", "width", "height", "fileSize", "duration", "lang", "isDefault"},
    "media:title": {"type"},
}

_OF_ATOM = "id title updated author link category"
_OF_FEED = f"{_OF_ATOM} subtitle generator rights icon logo"
_OF_ENTRY = f"{_OF_ATOM} published summary content source"
_OF_RSS = "title link description category"
_OF_CHANNEL = f"{_OF_RSS} language copyright lastBuildDate pubDate generator docs ttl item atom:link fh:archive"
_OF_ITEM = f"{_OF_RSS} guid pubDate author comments enclosure source atom:link atom:updated media:content"
_ABOUT = {f"atom:{name}" for name in _OF_FEED.split()}
CHILDREN: dict[str, set[str]] = {
    "atom:feed": _ABOUT | {"atom:entry", "fh:archive"},
    "atom:source": _ABOUT,
    "atom:entry": {f"atom:{name}" for name in _OF_ENTRY.split()},
    "atom:author": {"atom:name", "atom:uri", "atom:email"},
    "rss": {"channel"},
    "channel": set(_OF_CHANNEL.split()),
    "item": {*_OF_ITEM.split(), "content:encoded", "dc:creator", "dc:language"},
    "media:content": {"media:title"},
}
_REPEATABLE = {"atom:entry", "atom:author", "atom:link", "atom:category", "item", "category", "dc:creator"} | {
    "media:content"
}


@rule("UndefinedElement")
def _elements(published: Published) -> Iterator[str]:
    for parent in published.elements():
        for child in parent:
            if named(child) not in CHILDREN.get(named(parent), set()):
                yield f"{named(child)} in {named(parent)}"


@rule("UnexpectedText")
def _text_between(published: Published) -> Iterator[str]:
    for parent in published.elements(*CHILDREN):
        for between in (parent.text, *(child.tail for child in parent)):
            if between and between.strip():
                yield f"{between.strip()[:40]!r} in {named(parent)}"


@rule("UnexpectedAttribute")
def _attributes(published: Published) -> Iterator[str]:
    """`xml:base` would be allowed, and is misread by half of the readers: here it is not."""
    for element in published.elements():
        for name in map(qualified, map(str, element.attrib)):
            if name != "xml:lang" and name not in ATTRIBUTES.get(named(element), set()):
                yield f"{name} of {named(element)}"


@rule("DuplicateElement")
def _duplicates(published: Published) -> Iterator[str]:
    for parent in published.elements(*CHILDREN):
        names = [named(child) for child in parent]
        for name in repeated([name for name in names if name not in _REPEATABLE]):
            yield f"{name} in {named(parent)}"


@rule("MisplacedMetadata, MisplacedItem")
def _order(published: Published) -> Iterator[str]:
    """What is said of the feed comes before its items."""
    names = [named(child) for child in published.feed]
    items = {"atom:entry", "item"}
    first = next((place for place, name in enumerate(names) if name in items), len(names))
    yield from (name for name in names[first:] if name not in items)
