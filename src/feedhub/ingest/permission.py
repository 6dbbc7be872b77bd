"""Pages, which unlike feeds are not made for programs: a site's robots.txt is asked first (RFC 9309)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from feedhub.models import Failed, FailureKind, FetchRequest, FetchResult
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import HostBudget
from feedhub.net.robots import DISALLOW_ALL, LIFETIME, Robots, robots_of, robots_url
from feedhub.net.urls import host_of

PRODUCT = "feedhub"
LONGEST_DELAY = timedelta(minutes=1)  # of a Crawl-delay; a longer one would hold up a host's feeds as well
_RETRY = timedelta(minutes=10)  # until a robots.txt that could not be had is asked for again


@dataclass(frozen=True, slots=True)
class _Answer:
    """A site's rules, or why there are none, which forbids as much as any rule."""

    rules: Robots | Failed
    until: datetime


class PageFetcher:
    """Fetches pages as their sites' robots.txt allows, which is asked once and remembered for as long as may be.

    The same fetcher, and thereby the same guard, and the same budget of each host as for feeds.
    """

    def __init__(self, fetcher: Fetcher, hosts: HostBudget) -> None:
        self._fetcher, self._hosts = fetcher, hosts
        self._known: dict[str, _Answer] = {}
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def fetch(self, request: FetchRequest, now: datetime) -> FetchResult:
        """One GET in its host's turn; `forbidden`, without any, where robots.txt asks to leave the page alone."""
        rules = await self._rules(robots_url(request.url), now)
        if isinstance(rules, Failed):
            return rules
        host = host_of(request.url)
        if not rules.allows(PRODUCT, request.url):
            return Failed(FailureKind.FORBIDDEN, f"robots.txt asks feedhub not to read this page of {host}")
        delay = min(rules.crawl_delay(PRODUCT) or timedelta(0), LONGEST_DELAY)
        async with self._hosts.turn(host, delay):
            return await self._fetcher.fetch(request, now)

    async def sitemaps(self, url: str, now: datetime) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of the site of `url` names."""
        rules = await self._rules(robots_url(url), now)
        return () if isinstance(rules, Failed) else rules.sitemaps

    async def _rules(self, address: str, now: datetime) -> Robots | Failed:
        lock = self._asking.setdefault(address, asyncio.Lock())
        async with lock:
            known = self._known.get(address)
            if known is None or known.until <= now:
                known = await self._ask(address, now)
                self._known = {site: answer for site, answer in self._known.items() if answer.until > now}
                self._known[address] = known
            return known.rules

    async def _ask(self, address: str, now: datetime) -> _Answer:
        async with self._hosts.turn(host_of(address)):
            result = await self._fetcher.fetch(FetchRequest(address), now)
        rules = robots_of(result)
        if isinstance(result, Failed) and rules == DISALLOW_ALL:
            unread = replace(result, detail=f"robots.txt cannot be read, and so no page is: {result.detail}")
            return _Answer(unread, result.retry_after or now + _RETRY)
        return _Answer(rules, now + LIFETIME)
