"""The outlets' feeds as bytes: RSS 2.0, RSS 1.0 (RDF), Atom 1.0 and JSON Feed 1.1, each as such publishers write it.

Every writer is given the address the newsroom listens at, ending with a slash. Element names carry the prefixes
declared on the root, so that no global table of namespaces is touched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from feedhub.demo.edition import Published
from feedhub.demo.outlets import Format, Outlet
from feedhub.demo.pictures import HEIGHT, MEDIA_TYPE, WIDTH, svg

MEDIA_TYPES: dict[Format, str] = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}

Writer = Callable[[Outlet, Sequence[Published], str], bytes]


def feed(outlet: Outlet, published: Sequence[Published], base_url: str) -> bytes:
    """The outlet's feed of `published`, newest first, in the outlet's format."""
    return WRITERS[outlet.format](outlet, published, base_url)


def picture_path(item: Published) -> str:
    """The address of an item's picture below the newsroom's; carriers show the agency's."""
    return f"pictures/{item.item.article.path}.svg"


# --- RSS 2.0 ----------------------------------------------------------------------------------------------------------


def _rss(outlet: Outlet, published: Sequence[Published], base_url: str) -> bytes:
    root = Element("rss", {"version": "2.0", **NAMESPACES})
    channel = SubElement(root, "channel")
    _text(channel, "title", outlet.title)
    _text(channel, "link", base_url + outlet.path)
    _text(channel, "description", outlet.description)
    _text(channel, "language", outlet.language)
    _text(channel, "lastBuildDate", format_datetime(_changed(published)))
    link = {"href": base_url + outlet.feed_path, "rel": "self", "type": MEDIA_TYPES["rss"]}
    SubElement(channel, "atom:link", link)
    for item in published:
        _rss_item(SubElement(channel, "item"), outlet, item, base_url)
    return _xml(root)


def _rss_item(element: Element, outlet: Outlet, published: Published, base_url: str) -> None:
    item, article = published.item, published.item.article
    _text(element, "title", published.title)
    _text(element, "link", base_url + item.link)
    _text(element, "guid", item.guid, isPermaLink="false")
    if published.date:
        _text(element, "pubDate", format_datetime(published.date))
    _text(element, "dc:creator", article.author)
    _text(element, "category", article.section)
    _text(element, "description", _description(published, base_url))
    if outlet.picture == "media":
        _text(element, "content:encoded", _body(published))
    _picture(element, outlet, published, base_url)


def _description(published: Published, base_url: str) -> str:
    """The summary; with the page furniture that careless templates let into it where the item shows that."""
    article = published.item.article
    if published.item.quirk != "furniture":
        return article.summary
    link = escape(base_url + published.item.link)
    return (
        f'<p>{escape(article.summary)}</p><p><a href="{link}">Read more</a></p><p>Comments (0)</p>'
        f'<img src="{base_url}pixel.gif?page={article.slug}" width="1" height="1" alt="">'
    )


# --- RSS 1.0 ----------------------------------------------------------------------------------------------------------


def _rdf(outlet: Outlet, published: Sequence[Published], base_url: str) -> bytes:
    names = {"xmlns": "http://purl.org/rss/1.0/", "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
    root = Element("rdf:RDF", names | NAMESPACES)
    channel = SubElement(root, "channel", {"rdf:about": base_url + outlet.feed_path})
    _text(channel, "title", outlet.title)
    _text(channel, "link", base_url + outlet.path)
    _text(channel, "description", outlet.description)
    _text(channel, "dc:language", outlet.language)
    _text(channel, "dc:date", _changed(published).isoformat())
    contents = SubElement(SubElement(channel, "items"), "rdf:Seq")
    for item in published:
        SubElement(contents, "rdf:li", {"rdf:resource": base_url + item.item.link})
        _rdf_item(SubElement(root, "item", {"rdf:about": base_url + item.item.link}), item, base_url)
    return _xml(root)


def _rdf_item(element: Element, published: Published, base_url: str) -> None:
    article = published.item.article
    _text(element, "title", published.title)
    _text(element, "link", base_url + published.item.link)
    _text(element, "description", article.summary)
    if published.date:
        _text(element, "dc:date", published.date.isoformat())
    _text(element, "dc:creator", article.author)
    _text(element, "dc:subject", article.section)
    _text(element, "content:encoded", _figure(published, base_url) + _body(published))


# --- Atom -------------------------------------------------------------------------------------------------------------


def _atom(outlet: Outlet, published: Sequence[Published], base_url: str) -> bytes:
    names = {"xmlns": NAMESPACES["xmlns:atom"], "xmlns:media": NAMESPACES["xmlns:media"]}
    root = Element("feed", names | {"xml:lang": outlet.language})
    _text(root, "id", f"tag:{outlet.id}.example,2026:feed")
    _text(root, "title", outlet.title)
    _text(root, "subtitle", outlet.description)
    _text(root, "updated", _changed(published).isoformat())
    SubElement(root, "link", {"href": base_url + outlet.path})
    SubElement(root, "link", {"href": base_url + outlet.feed_path, "rel": "self", "type": MEDIA_TYPES["atom"]})
    for item in published:
        _atom_entry(SubElement(root, "entry"), outlet, item, base_url)
    return _xml(root)


def _atom_entry(element: Element, outlet: Outlet, published: Published, base_url: str) -> None:
    item, article = published.item, published.item.article
    _text(element, "id", item.guid)
    _text(element, "title", published.title)
    SubElement(element, "link", {"href": base_url + item.link})
    _text(element, "published", (published.date or published.at).isoformat())
    _text(element, "updated", published.modified.isoformat())
    _text(SubElement(element, "author"), "name", article.author)
    SubElement(element, "category", {"term": article.section})
    _text(element, "summary", article.summary)
    _text(element, "content", _body(published), type="html")
    _picture(element, outlet, published, base_url)


# --- JSON Feed --------------------------------------------------------------------------------------------------------


def _json(outlet: Outlet, published: Sequence[Published], base_url: str) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.title,
        "description": outlet.description,
        "home_page_url": base_url + outlet.path,
        "feed_url": base_url + outlet.feed_path,
        "language": outlet.language,
        "items": [_json_item(item, base_url) for item in published],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _json_item(published: Published, base_url: str) -> dict[str, Any]:
    article = published.item.article
    dates = {"date_published": published.date.isoformat()} if published.date else {}
    return {
        "id": published.item.guid,
        "url": base_url + published.item.link,
        "title": published.title,
        "summary": article.summary,
        "content_html": _body(published),
        "image": base_url + picture_path(published),
        "authors": [{"name": article.author}],
        "tags": [article.section],
        **dates,
    }


# --- parts ------------------------------------------------------------------------------------------------------------


def _picture(element: Element, outlet: Outlet, published: Published, base_url: str) -> None:
    """The picture in the outlet's own manner: Media RSS, an RSS enclosure or an Atom one."""
    article, url = published.item.article, base_url + picture_path(published)
    size = {"width": str(WIDTH), "height": str(HEIGHT)}
    match outlet.picture:
        case "media":
            media = SubElement(element, "media:content", {"url": url, "type": MEDIA_TYPE, "medium": "image", **size})
            _text(media, "media:description", article.caption, type="plain")
        case "thumbnail":
            SubElement(element, "media:thumbnail", {"url": url, **size})
        case "enclosure":
            file = {"type": MEDIA_TYPE, "length": str(len(svg(article.path, article.scene).encode()))}
            if outlet.format == "atom":
                SubElement(element, "link", {"rel": "enclosure", "href": url, **file})
            else:
                SubElement(element, "enclosure", {"url": url, **file})


def _figure(published: Published, base_url: str) -> str:
    caption = escape(published.item.article.caption)
    src = base_url + picture_path(published)
    return (
        f'<figure><img src="{src}" width="{WIDTH}" height="{HEIGHT}" alt="{caption}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _body(published: Published) -> str:
    return "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in published.item.article.paragraphs)


def _changed(published: Sequence[Published]) -> datetime:
    return max(item.modified for item in published)


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _xml(root: Element) -> bytes:
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


WRITERS: dict[Format, Writer] = {"rss": _rss, "rdf": _rdf, "atom": _atom, "json": _json}
