"""R38: whatever stands in a story, who parses the documents again finds every field of it as it was.

Where there is no summary feedparser answers with the content, and an enclosure without a type it calls text/html.
"""

from __future__ import annotations

import io
import json
from html import escape
from typing import Any

import feedparser
from hypothesis import given, settings

from feedhub.models import OutputView
from feedhub.publish import atom, jsonfeed, rss
from feedhub.publish.item import Item, common_language, feed_title, items, one_line
from feedhub.publish.xml import rfc822, rfc3066, rfc3339
from support.anything import views

FEW = settings(max_examples=15)


def parsed(body: bytes) -> Any:
    found = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.bozo_exception
    return found


@given(view=views())
@FEW
def test_r38_atom_loses_nothing(view: OutputView) -> None:
    """Each field of the feed and of its entries, by feedparser."""
    found = parsed(atom.render(view))
    feed = found.feed
    assert (feed.id, feed.title, feed.updated) == (view.id, feed_title(view), rfc3339(view.updated))
    assert feed.author == (one_line(view.site_title) or view.site_url)
    assert feed.get("language") == rfc3066(common_language(items(view)))
    assert [atom_entry(entry) for entry in found.entries] == [atom_expected(item) for item in items(view)]


def atom_entry(entry: Any) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "dates": (entry.published, entry.updated),
        "author": entry.author,
        "link": entry.link,
        "summary": entry.summary,
        "content": [(content.type, content.value) for content in entry.content],
        "language": entry.content[0].language,
        "tags": [tag.term for tag in entry.get("tags", [])],
        "via": relations(entry, "via", "href", "title"),
        "related": relations(entry, "related", "href", "title"),
        "enclosures": relations(entry, "enclosure", "href", "type", "length", "title"),
        "source": (entry.source.id, entry.source.title, entry.source.updated),
        "source links": {link.rel: link.href for link in entry.source.get("links", [])},
    }


def atom_expected(item: Item) -> dict[str, Any]:
    files: list[tuple[str | None, ...]] = [
        (file.url, file.type, str(file.length) if file.length else None, None) for file in item.enclosures
    ]
    if picture := item.picture:
        files.insert(0, (picture.url, picture.type or "text/html", None, picture.caption or None))
    links = {"self": item.origin.feed, "alternate": item.origin.site}
    return {
        "id": item.story.id,
        "title": item.title,
        "dates": (rfc3339(item.story.published), rfc3339(item.story.updated)),
        "author": item.author,
        "link": item.url,
        "summary": item.summary or item.html,
        "content": [("text/html", item.html)],
        "language": rfc3066(item.language),
        "tags": list(item.categories),
        "via": [(via.url, via.source) for via in item.vias],
        "related": [(other.url, other.title) for other in item.related],
        "enclosures": files,
        "source": (item.origin.id, item.origin.title, rfc3339(item.story.updated)),
        "source links": {name: link for name, link in links.items() if link},
    }


@given(view=views())
@FEW
def test_r38_rss_loses_nothing(view: OutputView) -> None:
    """Each field of the channel and of its items, by feedparser."""
    found = parsed(rss.render(view))
    feed = found.feed
    assert (feed.title, feed.subtitle, feed.link) == (feed_title(view), feed_title(view), view.site_url)
    assert feed.get("language") == rfc3066(common_language(items(view)))
    assert feed.updated == rfc822(view.updated)
    assert [rss_item(entry) for entry in found.entries] == [rss_expected(item) for item in items(view)]


def rss_item(entry: Any) -> dict[str, Any]:
    return {
        "guid": (entry.id, entry.guidislink),
        "title": entry.title,
        "dates": (entry.published, entry.updated),
        "author": entry.author,
        "link": entry.link,
        "description": entry.summary,
        "content": [content.value for content in entry.content],
        "language": entry.get("language"),
        "tags": [tag.term for tag in entry.get("tags", [])],
        "via": relations(entry, "via", "href", "title"),
        "related": relations(entry, "related", "href", "title"),
        "media": [(media["url"], media.get("type"), media.get("width")) for media in entry.get("media_content", [])],
        "enclosure": [(file.href, file.type) for file in entry.enclosures],
        "source": (entry.source.title, entry.source.href),
    }


def rss_expected(item: Item) -> dict[str, Any]:
    picture = [(item.picture.url, item.picture.type or None, _text(item.picture.width))] if item.picture else []
    attached = [(file.url, file.type) for file in item.enclosures] or [
        (url, kind) for url, kind, _ in picture if kind is not None
    ]
    return {
        "guid": (item.story.id, False),
        "title": item.title,
        "dates": (rfc822(item.story.published), rfc3339(item.story.updated)),
        "author": item.author,
        "link": item.url,
        "description": escape(item.summary, quote=False) or item.html,
        "content": [item.html],
        "language": rfc3066(item.language),
        "tags": list(item.categories),
        "via": [(via.url, via.source) for via in item.vias],
        "related": [(other.url, other.title) for other in item.related],
        "media": picture + [(file.url, file.type, None) for file in item.enclosures[1:]],
        "enclosure": attached[:1],
        "source": (item.origin.title, item.origin.feed or item.origin.id),
    }


@given(view=views())
@FEW
def test_r38_json_feed_loses_nothing(view: OutputView) -> None:
    """Each member that every item has; the others are looked at where JSON Feed is."""
    found = json.loads(jsonfeed.render(view))
    assert (found["title"], found["feed_url"]) == (feed_title(view), view.address("json"))
    read = [
        (item["id"], item["title"], item["url"], item["content_html"], item["date_published"], item["date_modified"])
        for item in found["items"]
    ]
    assert read == [
        (
            item.story.id,
            item.title,
            item.url,
            item.html,
            rfc3339(item.story.published),
            rfc3339(item.story.updated),
        )
        for item in items(view)
    ]


def relations(entry: Any, relation: str, *names: str) -> list[tuple[str | None, ...]]:
    return [tuple(link.get(name) for name in names) for link in entry.links if link.rel == relation]


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
