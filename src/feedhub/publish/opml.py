"""OPML 2.0: what is published here and what it is made from, for reader apps to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from xml.etree.ElementTree import Element

from feedhub.models import Source
from feedhub.publish.addresses import OutputLink, host_of, web_address
from feedhub.publish.item import one_line, source_title
from feedhub.publish.xml import child, element, rfc822, serialise

CONTENT_TYPE = "text/x-opml; charset=utf-8"


def render(
    title: str, site_url: str, outputs: Sequence[OutputLink], sources: Sequence[Source], modified: datetime
) -> bytes:
    """The outputs and the sources, each in a group that is left out where it is empty."""
    root = element("opml", {"version": "2.0"})
    head = child(root, "head")
    child(head, "title", title)
    child(head, "dateModified", rfc822(modified))
    body = child(root, "body")
    if outputs:
        group = child(body, "outline", attributes={"text": "Outputs"})
        for output in outputs:
            text = one_line(output.title) or output.name
            _feed(group, text, f"{site_url}{output.path}.atom", site_url + output.page)
    if sources or not outputs:  # a body without an outline is not valid
        group = child(body, "outline", attributes={"text": "Sources"})
        for source in sources:
            _feed(group, source_title(source), web_address(source.url), web_address(source.link))
    return serialise(root)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A feed of a list of subscriptions; `title` may be empty."""

    title: str
    url: str
    tags: tuple[str, ...]


def subscriptions(title: str, feeds: Sequence[Subscribed]) -> bytes:
    """A list of subscriptions in its order, for readers' apps and for `import`.

    The first tag is the folder that the feed stands in, the others are its categories (OPML 2.0), which are separated
    by commas and where a slash makes a path: a tag with either is a folder within the folder.
    """
    root = element("opml", {"version": "2.0"})
    child(child(root, "head"), "title", title)
    body = child(root, "body")
    for folders, together in groupby(feeds, _folders):
        group = body
        for name in folders:
            group = child(group, "outline", attributes={"text": name})
        for feed in together:
            category = ",".join(tag for tag in feed.tags if tag not in folders) or None
            text = one_line(feed.title) or host_of(feed.url) or feed.url
            _feed(group, text, web_address(feed.url), "", category)
    if not feeds:  # a body without an outline is not valid
        child(body, "outline", attributes={"text": title})
    return serialise(root)


def _folders(feed: Subscribed) -> tuple[str, ...]:
    return (*feed.tags[:1], *(tag for tag in feed.tags[1:] if "," in tag or "/" in tag))


def _feed(group: Element, title: str, feed: str, page: str, category: str | None = None) -> None:
    """One subscription; `rss` is OPML's word for a feed of any format."""
    if feed:
        names = {"type": "rss", "text": title, "title": title, "xmlUrl": feed, "htmlUrl": page or None}
        child(group, "outline", attributes=names | {"category": category})
