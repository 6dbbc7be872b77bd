"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from feedhub.models import OutputView
from feedhub.publish.addresses import link_to
from feedhub.publish.item import Item, common_language, feed_title, items, one_line
from feedhub.publish.xml import ATOM, HISTORY, Attributes, atom_link, child, element, rfc3066, rfc3339, serialise

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_TYPE = "application/atom+xml"


def render(view: OutputView, *, links: Mapping[str, str] | None = None, archive: bool = False) -> bytes:
    """The output as Atom. `links` are more links of the feed, relation to address; `archive` marks an RFC 5005 page."""
    written = items(view)
    feed = element(
        "feed",
        {"xmlns": ATOM, "xmlns:fh": HISTORY if archive else None, "xml:lang": rfc3066(common_language(written))},
    )
    child(feed, "id", view.id)
    child(feed, "title", feed_title(view))
    child(feed, "updated", rfc3339(view.updated))
    _person(feed, one_line(view.site_title) or view.site_url)
    _link(feed, atom_link("self", view.address("atom"), _TYPE))
    _link(feed, atom_link("alternate", view.site_url + link_to(view).page, "text/html"))
    for relation, address in (links or {}).items():
        _link(feed, atom_link(relation, address, _TYPE))
    child(feed, "generator", "feedhub")
    if archive:
        child(feed, "fh:archive")
    for item in written:
        _entry(feed, item)
    return serialise(feed)


def _entry(feed: Element, item: Item) -> None:
    entry = child(feed, "entry", attributes={"xml:lang": rfc3066(item.language)})
    child(entry, "id", item.story.id)
    child(entry, "title", item.title)
    child(entry, "published", rfc3339(item.story.published))
    child(entry, "updated", rfc3339(item.story.updated))
    _person(entry, item.author)
    _links(entry, item)
    for category in item.categories:
        child(entry, "category", attributes={"term": category})
    if item.summary:
        child(entry, "summary", item.summary)
    child(entry, "content", item.html, {"type": "html"})
    _source(entry, item)


def _links(entry: Element, item: Item) -> None:
    _link(entry, atom_link("alternate", item.url, "text/html"))
    for via in item.vias:
        _link(entry, atom_link("via", via.url, "text/html", title=via.source))
    for other in item.related:
        _link(entry, atom_link("related", other.url, "text/html", title=other.title))
    if picture := item.picture:
        _link(entry, atom_link("enclosure", picture.url, picture.type or None, title=picture.caption or None))
    for enclosure in item.enclosures:
        _link(entry, atom_link("enclosure", enclosure.url, enclosure.type, length=enclosure.length or None))


def _source(entry: Element, item: Item) -> None:
    """Where the entry is from (R40, RFC 4287 section 4.2.11). What we know of the feed's date is its entry's."""
    source = child(entry, "source")
    child(source, "id", item.origin.id)
    child(source, "title", item.origin.title)
    child(source, "updated", rfc3339(item.story.updated))
    if item.origin.feed:
        _link(source, atom_link("self", item.origin.feed))
    if item.origin.site:
        _link(source, atom_link("alternate", item.origin.site, "text/html"))


def _person(parent: Element, name: str) -> None:
    child(child(parent, "author"), "name", name)


def _link(parent: Element, attributes: Attributes) -> None:
    child(parent, "link", attributes=attributes)
