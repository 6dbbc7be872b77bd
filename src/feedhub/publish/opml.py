"""OPML 2.0: what is published here and what it is made from, for reader apps to import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from xml.etree.ElementTree import Element

from feedhub.models import Source
from feedhub.publish.addresses import OutputLink, web_address
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


def _feed(group: Element, title: str, feed: str, page: str) -> None:
    """One subscription; `rss` is OPML's word for a feed of any format."""
    if feed:
        names = {"type": "rss", "text": title, "title": title, "xmlUrl": feed, "htmlUrl": page or None}
        child(group, "outline", attributes=names)
