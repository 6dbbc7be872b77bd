"""RSS 2.0 with Dublin Core, content:encoded, Media RSS and Atom links."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from xml.etree.ElementTree import Element

from feedhub.models import Enclosure, OutputView, Picture
from feedhub.publish.addresses import link_to
from feedhub.publish.item import Item, common_language, feed_title, items
from feedhub.publish.xml import (
    ATOM,
    CONTENT,
    DUBLIN_CORE,
    HISTORY,
    MEDIA,
    atom_link,
    child,
    element,
    rfc822,
    rfc3066,
    rfc3339,
    serialise,
)

CONTENT_TYPE = "application/rss+xml; charset=utf-8"
_TYPE = "application/rss+xml"
_NAMESPACES = {
    "xmlns:atom": ATOM,
    "xmlns:content": CONTENT,
    "xmlns:dc": DUBLIN_CORE,
    "xmlns:media": MEDIA,
}


def render(view: OutputView, *, links: Mapping[str, str] | None = None, archive: bool = False) -> bytes:
    """The output as RSS. `links` are more links of the feed, relation to address; `archive` marks an RFC 5005 page."""
    written = items(view)
    root = element("rss", {"version": "2.0", **_NAMESPACES, "xmlns:fh": HISTORY if archive else None})
    channel = child(root, "channel")
    title = feed_title(view)
    child(channel, "title", title)
    child(channel, "link", view.site_url + link_to(view).page)
    child(channel, "description", title)
    if language := rfc3066(common_language(written)):
        child(channel, "language", language)
    child(channel, "lastBuildDate", rfc822(view.updated))
    child(channel, "generator", "feedhub")
    child(channel, "atom:link", attributes=atom_link("self", view.address("rss"), _TYPE))
    for relation, address in (links or {}).items():
        child(channel, "atom:link", attributes=atom_link(relation, address, _TYPE))
    if archive:
        child(channel, "fh:archive")
    for item in written:
        _item(channel, item)
    return serialise(root)


def _item(channel: Element, item: Item) -> None:
    node = child(channel, "item")
    child(node, "title", item.title)
    child(node, "link", item.url)
    child(node, "guid", item.story.id, {"isPermaLink": "false"})
    child(node, "pubDate", rfc822(item.story.published))
    child(node, "atom:updated", rfc3339(item.story.updated))  # RSS has no word for it
    child(node, "dc:creator", item.author)
    if language := rfc3066(item.language):
        child(node, "dc:language", language)
    for category in item.categories:
        child(node, "category", category)
    _media(node, item)
    # HTML by the format's custom, so text is escaped; never empty, since readers may know nothing else.
    child(node, "description", escape(item.summary, quote=False) or item.html)
    child(node, "content:encoded", item.html)
    child(node, "source", item.origin.title, {"url": item.origin.feed or item.origin.id})
    for via in item.vias:
        child(node, "atom:link", attributes=atom_link("via", via.url, "text/html", title=via.source))
    for other in item.related:
        child(node, "atom:link", attributes=atom_link("related", other.url, "text/html", title=other.title))


def _media(node: Element, item: Item) -> None:
    """RSS holds one enclosure, an attached file before the picture; Media RSS holds the picture and the other files."""
    attached = list(item.enclosures)
    if item.picture and item.picture.type:
        attached.append(Enclosure(item.picture.url, item.picture.type))
    for enclosure in attached[:1]:
        length = enclosure.length  # 0 where unknown, as the format asks
        child(node, "enclosure", attributes={"url": enclosure.url, "length": length, "type": enclosure.type})
    if item.picture:
        _picture(node, item.picture)
    for enclosure in item.enclosures[1:]:
        file = {"url": enclosure.url, "type": enclosure.type, "fileSize": enclosure.length or None}
        child(node, "media:content", attributes=file)


def _picture(node: Element, picture: Picture) -> None:
    size = {"width": picture.width, "height": picture.height}
    attributes = {"url": picture.url, "type": picture.type or None, "medium": "image", **size}
    content = child(node, "media:content", attributes=attributes)
    if picture.caption:  # feedparser, and who uses it, takes a media:description for the item's own
        child(content, "media:title", picture.caption, {"type": "plain"})
