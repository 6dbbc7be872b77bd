"""A look at a document without a memory of it: nothing is stored, nothing conditional is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from feedhub.ingest.document import Reading, read_document
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.workers import ParserDied, ParserTimeout, ParserWorkers
from feedhub.models import Failed, FailureKind, Fetched, FetchRequest, FetchResult, Received
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import HostBudget
from feedhub.net.urls import host_of


@dataclass(frozen=True, slots=True)
class Seen:
    """A document and what was read of it."""

    fetched: Fetched
    received: Received


@dataclass(frozen=True, slots=True)
class Probe:
    """The fetcher, the budget of each host and the parsers that polls use."""

    fetcher: Fetcher
    hosts: HostBudget
    pages: PageFetcher
    workers: ParserWorkers

    async def fetch(self, request: FetchRequest, now: datetime, *, as_page: bool = False) -> FetchResult:
        """One GET in its host's turn. `as_page`: only as robots.txt allows, as for what is not made for programs."""
        if as_page:
            return await self.pages.fetch(request, now)
        async with self.hosts.turn(host_of(request.url)):
            return await self.fetcher.fetch(request, now)

    async def look(
        self, request: FetchRequest, now: datetime, reading: Reading | None = None, *, as_page: bool = False
    ) -> Seen | Failed:
        """The feed, sitemap or page at an address, or why there is none; `reading` says how to read it."""
        result = await self.fetch(request, now, as_page=as_page)
        if isinstance(result, Fetched):
            return await self.read(result, reading)
        if isinstance(result, Failed):
            return result
        return Failed(FailureKind.BROKEN, f"{host_of(request.url)} answered 304 to a request without conditions")

    async def read(self, fetched: Fetched, reading: Reading | None = None) -> Seen | Failed:
        """What is in a document that was fetched."""
        reading = replace(reading or Reading(fetched.url), feed_url=fetched.url)
        try:
            received = await self.workers.call(read_document, fetched.body, fetched.url, fetched.content_type, reading)
        except (ParserDied, ParserTimeout) as error:
            return Failed(FailureKind.BROKEN, f"the document cannot be read: {error}")
        return received if isinstance(received, Failed) else Seen(fetched, received)
