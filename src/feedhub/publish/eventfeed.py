"""What happened, as Atom (RFC 4287): one entry for an event, never one for a poll."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from xml.etree.ElementTree import Element

from feedhub.models import Event, EventKind
from feedhub.publish.item import one_line
from feedhub.publish.select import Site
from feedhub.publish.xml import ATOM, atom_link, child, element, rfc3339, serialise
from feedhub.store.events import Recorded

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
TITLES = {
    EventKind.MOVED: "moved",
    EventKind.GONE: "gone",
    EventKind.BLOCKED: "blocked",
    EventKind.FAILING: "failing",
    EventKind.STALE: "fallen silent",
    EventKind.GAP: "items missed",
    EventKind.HUB_SILENT: "its hub is silent",
    EventKind.CONFIGURATION_REFUSED: "refused",
    EventKind.RECOVERED: "well again",
}


def title(event: Event) -> str:
    """`tigris: blocked`. What is no feed's is of the configuration."""
    return f"{event.feed or 'feeds.yaml'}: {TITLES[event.kind]}"


def render(events: Sequence[Recorded], urn: str, site: Site, born: datetime) -> bytes:
    """The events in their order; `urn` is the feed's id, `born` its date while there are none."""
    name = one_line(site.config.site.title) or site.url
    feed = element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    child(feed, "id", urn)
    child(feed, "title", f"{name}: status")
    child(feed, "updated", rfc3339(max((it.event.at for it in events), default=born)))
    child(child(feed, "author"), "name", name)
    child(feed, "link", attributes=atom_link("self", f"{site.url}status.atom", "application/atom+xml"))
    child(feed, "link", attributes=atom_link("alternate", f"{site.url}status", "text/html"))
    child(feed, "generator", "feedhub")
    for recorded in events:
        _entry(feed, recorded, site)
    return serialise(feed)


def _entry(feed: Element, recorded: Recorded, site: Site) -> None:
    event = recorded.event
    entry = child(feed, "entry")
    child(entry, "id", recorded.urn)
    child(entry, "title", title(event))
    child(entry, "published", rfc3339(event.at))
    child(entry, "updated", rfc3339(event.at))
    place = f"feed-{event.feed}" if event.feed else "events"
    child(entry, "link", attributes=atom_link("alternate", f"{site.url}status#{place}", "text/html"))
    child(entry, "category", attributes={"term": event.kind})
    child(entry, "content", event.sentence, {"type": "text"})
