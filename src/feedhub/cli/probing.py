"""What a command needs to look at documents: the tools of a poll without a database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from feedhub.config import Config
from feedhub.hub import user_agent
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.probe import Probe
from feedhub.ingest.workers import ParserWorkers
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import HostBudget
from feedhub.net.proxy import Proxy
from feedhub.settings import Settings

_PARSERS = 2


@asynccontextmanager
async def open_probe(config: Config, settings: Settings) -> AsyncIterator[Probe]:
    """As polite as the service, under the same name and by the same way."""
    hosts = HostBudget(config.hosts.concurrency, config.hosts.spacing)
    proxy = Proxy.parse(settings.proxy) if settings.proxy else None
    fetcher = Fetcher(user_agent(config), allow_private=settings.allow_private, hosts=hosts, proxy=proxy)
    async with ParserWorkers(_PARSERS) as workers:
        yield Probe(fetcher, PageFetcher(fetcher), workers)
