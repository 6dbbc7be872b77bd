"""A look at a document without a memory of it: nothing is stored, nothing conditional is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from feedhub.ingest.document import Reading, read_document
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.workers import ParserDied, ParserTimeout, ParserWorkers
from feedhub.models import Failed, FailureKind, Fetched, FetchRequest, Held, Received
from feedhub.net.fetch import Fetcher
from feedhub.net.urls import host_of


@dataclass(frozen=True, slots=True)
class Seen:
    """A document and what was read of it."""

    fetched: Fetched
    received: Received


@dataclass(frozen=True, slots=True)
class Probe:
    """The fetcher, with its budget of each host, and the parsers that polls use."""

    fetcher: Fetcher
    pages: PageFetcher
    workers: ParserWorkers

    async def fetch(self, request: FetchRequest, now: datetime, *, as_page: bool = False) -> Fetched | Failed:
        """One GET. `as_page`: only as robots.txt allows, as for what is not made for programs."""
        result = await (self.pages if as_page else self.fetcher).fetch(request, now)
        match result:
            case Fetched() | Failed():
                return result
            case Held(reason=reason):
                return Failed(FailureKind.RATE_LIMITED, reason)
        return Failed(FailureKind.BROKEN, f"{host_of(request.url)} answered 304 to a request without conditions")

    async def look(
        self, request: FetchRequest, now: datetime, reading: Reading | None = None, *, as_page: bool = False
    ) -> Seen | Failed:
        """The feed, sitemap or page at an address, or why there is none; `reading` says how to read it."""
        result = await self.fetch(request, now, as_page=as_page)
        return result if isinstance(result, Failed) else await self.read(result, reading)

    async def read(self, fetched: Fetched, reading: Reading | None = None) -> Seen | Failed:
        """What is in a document that was fetched."""
        reading = replace(reading or Reading(fetched.url), feed_url=fetched.url)
        try:
            received = await self.workers.call(read_document, fetched.body, fetched.url, fetched.content_type, reading)
        except (ParserDied, ParserTimeout) as error:
            return Failed(FailureKind.BROKEN, f"the document cannot be read: {error}")
        return received if isinstance(received, Failed) else Seen(fetched, received)
