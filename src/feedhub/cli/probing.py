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

_PARSERS = 2


@asynccontextmanager
async def open_probe(config: Config, *, allow_private: bool) -> AsyncIterator[Probe]:
    """As polite as the service, and under the same name."""
    hosts = HostBudget(config.hosts.concurrency, config.hosts.spacing)
    fetcher = Fetcher(user_agent(config), allow_private=allow_private)
    async with ParserWorkers(_PARSERS) as workers:
        yield Probe(fetcher, hosts, PageFetcher(fetcher, hosts), workers)
