"""Pages, which unlike feeds are not made for programs: a site's robots.txt is asked first (RFC 9309)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from feedhub.models import Failed, FailureKind, FetchRequest, FetchResult, Held
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import LONGEST_DELAY
from feedhub.net.robots import DISALLOW_ALL, LIFETIME, Robots, robots_of, robots_url
from feedhub.net.urls import host_of

PRODUCT = "feedhub"
_RETRY = timedelta(minutes=10)  # until a robots.txt that could not be had is asked for again


@dataclass(frozen=True, slots=True)
class _Answer:
    """A site's rules, or why there are none, which forbids as much as any rule."""

    rules: Robots | Failed | Held
    until: datetime


class PageFetcher:
    """Fetches pages as their sites' robots.txt allows, which is asked once and remembered for as long as may be.

    The same fetcher, and thereby the same guard and the same budget of each host, as for feeds.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._known: dict[str, _Answer] = {}
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def fetch(self, request: FetchRequest, now: datetime) -> FetchResult:
        """One GET; `forbidden`, without any, where robots.txt asks to leave the page alone, or one it redirects to."""
        return await self._fetcher.fetch(request, now, lambda url: self._permitted(url, now))

    async def _permitted(self, url: str, now: datetime) -> timedelta | Failed | Held:
        """The site's Crawl-delay, up to the longest that is kept."""
        rules = await self._rules(robots_url(url), now)
        if not isinstance(rules, Robots):
            return rules
        if not rules.allows(PRODUCT, url):
            return Failed(FailureKind.FORBIDDEN, f"robots.txt asks feedhub not to read this page of {host_of(url)}")
        return min(rules.crawl_delay(PRODUCT) or timedelta(0), LONGEST_DELAY)

    async def sitemaps(self, url: str, now: datetime) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of the site of `url` names."""
        rules = await self._rules(robots_url(url), now)
        return rules.sitemaps if isinstance(rules, Robots) else ()

    async def _rules(self, address: str, now: datetime) -> Robots | Failed | Held:
        lock = self._asking.setdefault(address, asyncio.Lock())
        async with lock:
            known = self._known.get(address)
            if known is None or known.until <= now:
                known = await self._ask(address, now)
                self._known = {site: answer for site, answer in self._known.items() if answer.until > now}
                self._known[address] = known
            return known.rules

    async def _ask(self, address: str, now: datetime) -> _Answer:
        result = await self._fetcher.fetch(FetchRequest(address), now)
        if isinstance(result, Held):
            return _Answer(result, result.until)
        rules = robots_of(result)
        if isinstance(result, Failed) and rules == DISALLOW_ALL:
            unread = replace(result, detail=f"robots.txt cannot be read, and so no page is: {result.detail}")
            return _Answer(unread, result.retry_after or now + _RETRY)
        return _Answer(rules, now + LIFETIME)
