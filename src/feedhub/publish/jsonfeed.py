"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) with the extension `_feedhub`."""

from __future__ import annotations

import json
from typing import Any

from feedhub.models import OutputView, Story
from feedhub.publish.addresses import link_to, web_address
from feedhub.publish.item import Item, SeeAlso, common_language, feed_title, items, one_line, source_title
from feedhub.publish.xml import clean, rfc3339

CONTENT_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render(view: OutputView) -> bytes:
    """The output as JSON Feed: one line of UTF-8."""
    written = items(view)
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": feed_title(view),
        "home_page_url": view.site_url + link_to(view).page,
        "feed_url": view.address("json"),
        "authors": [{"name": one_line(view.site_title) or view.site_url}],
        "language": common_language(written),
        "hubs": [{"type": "WebSub", "url": view.hub}] if view.hub else None,
        "_feedhub": {"about": f"{view.site_url}outputs#json"},
        "items": [_item(item) for item in written],
    }
    return dump(feed)


def dump(value: dict[str, Any]) -> bytes:
    """The object in UTF-8, ending in a newline, without members that are None or empty lists."""
    kept = {key: member for key, member in value.items() if member is not None}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def carriers(story: Story) -> list[dict[str, str]]:
    """Who carries the story, the representative first (R40)."""
    return [
        {
            "feed": clean(carrier.source.id),
            "source": source_title(carrier.source),
            "url": web_address(carrier.url),
        }
        for carrier in story.carriers
    ]


def related(other: SeeAlso) -> dict[str, str]:
    """A story that is like another (R40)."""
    return {"story": other.story, "title": other.title, "source": other.source, "url": other.url}


def _item(item: Item) -> dict[str, Any]:
    members = {
        "id": item.story.id,
        "url": item.url,
        "title": item.title,
        "summary": item.summary or None,
        "content_html": item.html,
        "image": item.picture.url if item.picture else None,
        "date_published": rfc3339(item.story.published),
        "date_modified": rfc3339(item.story.updated),
        "authors": _authors(item),
        "tags": list(item.categories) or None,
        "language": item.language,
        "attachments": _attachments(item) or None,
        "_feedhub": _extension(item),
    }
    return {name: member for name, member in members.items() if member is not None}


def _extension(item: Item) -> dict[str, Any]:
    near = {"related": [related(other) for other in item.related]} if item.related else {}
    return {"story": item.story.whole, "carriers": carriers(item.story), **near}


def _authors(item: Item) -> list[dict[str, str]]:
    """The writer where one is named, and the newsroom always: readers show no other name for where a story is from."""
    newsroom = {"name": item.origin.title}
    if item.origin.site:
        newsroom["url"] = item.origin.site
    return [newsroom] if item.author == item.origin.title else [{"name": item.author}, newsroom]


def _attachments(item: Item) -> list[dict[str, Any]]:
    return [
        {"url": enclosure.url, "mime_type": enclosure.type}
        | ({"size_in_bytes": enclosure.length} if enclosure.length else {})
        for enclosure in item.enclosures
    ]
