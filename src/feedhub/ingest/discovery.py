"""The feeds that a site offers: what its page links, the page itself, its news sitemap; a few guesses after those."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from feedhub.ingest.addresses import absolute
from feedhub.ingest.dom import attribute, decode_page, open_page
from feedhub.ingest.probe import Probe, Seen
from feedhub.models import Failed, FetchRequest

_MOST_LINKS = 10  # that are looked at
_MOST_SITEMAPS = 3
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
# Where publishing systems have them: WordPress, Drupal, Blogger and Hugo, static sites.
_COMMON_PATHS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")


@dataclass(frozen=True, slots=True)
class Offered:
    """A feed that was read; `title` is its own or the page's for it, and may be empty."""

    url: str
    title: str
    format: str
    items: int


async def discover(url: str, now: datetime, probe: Probe) -> list[Offered] | Failed:
    """The feeds of the site with the page `url`, each read once to be sure; failed where the page cannot be had.

    What the page links is made for programs and asked for as feeds are; page and guesses only as robots.txt allows.
    """
    result = await probe.fetch(FetchRequest(url), now, as_page=True)
    if isinstance(result, Failed):
        return result
    seen = await probe.read(result)
    if isinstance(seen, Seen):
        return [_offered(seen, "")]
    links = await probe.workers.call(feed_links, result.body, result.content_type, result.url)
    found = [offer async for offer in _linked(links, now, probe)]
    sitemaps = [address for address in await probe.pages.sitemaps(result.url, now) if _is_for_news(address)]
    found += [offer async for offer in _linked([(address, "") for address in sitemaps[:_MOST_SITEMAPS]], now, probe)]
    return found or [offer async for offer in _guessed(result.url, now, probe)]


def feed_links(body: bytes, content_type: str, url: str) -> list[tuple[str, str]]:
    """The addresses and titles of `<link rel="alternate">` in a page found at `url`, each address once.

    Takes long on hostile pages: run it in a process that may be killed.
    """
    page = open_page(decode_page(body, content_type), url)
    found: dict[str, str] = {}
    for link in page.tree.css("link[rel][href]"):
        kind = attribute(link, "type").partition(";")[0].strip().lower()
        alternate = kind in _TYPES and "alternate" in attribute(link, "rel").lower().split()
        if alternate and (address := absolute(attribute(link, "href"), page.base)):
            found.setdefault(address, attribute(link, "title"))
    return list(found.items())[:_MOST_LINKS]


async def _linked(links: Sequence[tuple[str, str]], now: datetime, probe: Probe) -> AsyncIterator[Offered]:
    for address, title in links:
        seen = await probe.look(FetchRequest(address), now)
        if isinstance(seen, Seen):
            yield _offered(seen, title)


async def _guessed(url: str, now: datetime, probe: Probe) -> AsyncIterator[Offered]:
    """The first of the common paths at which there is a feed; one after the other, and no further than needed."""
    for path in _COMMON_PATHS:
        seen = await probe.look(FetchRequest(urljoin(url, path)), now, as_page=True)
        if isinstance(seen, Seen):
            yield _offered(seen, "")
            return


def _is_for_news(address: str) -> bool:
    return "news" in urlsplit(address).path.lower() and bool(absolute(address))


def _offered(seen: Seen, title: str) -> Offered:
    received = seen.received
    url = seen.fetched.permanent_url or seen.fetched.url
    return Offered(url, received.title or title, received.format, len(received.entries))
