"""A hub that publishers' hubs can reach, in this process, with the time as it is told.

async with following(store, folder, feeds_yaml, now=NOON) as it:
    await it.poll(); await it.tick()          # what the service does each second
    await it.tick(minutes=20)                 # later
    await it.hear(hub.deliver, RSS)           # something a hub does, and what comes of it
    it.push("tigris")                         # what `status` says of it
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from starlette.applications import Starlette

from feedhub.config import Config, load
from feedhub.hub import Hub, open_hub
from feedhub.ingest.passes import PassReport
from feedhub.ingest.pushes import Pushes
from feedhub.models import FeedMemory
from feedhub.service import serve_app
from feedhub.settings import Settings
from feedhub.store import feeds, subscriptions
from feedhub.store.database import Store
from feedhub.store.status import FeedStatus, PushStatus, feed_statuses
from feedhub.web.callback import CallbackEndpoint
from feedhub.websub.subscription import Subscription

P = ParamSpec("P")
T = TypeVar("T")

_QUICK = "hosts: {spacing: 0s, concurrency: 16}\n"
_PATIENCE = timedelta(seconds=1)  # for a delivery


class Following:
    """See the module. `now` moves only as it is told."""

    def __init__(self, hub: Hub, pushes: Pushes, store: Store, now: datetime) -> None:
        self.hub, self.pushes, self.store, self.now = hub, pushes, store, now

    async def poll(self, minutes: float = 0, **span: float) -> PassReport:
        """Poll every feed that may be asked, so much later."""
        self.now += timedelta(minutes=minutes, **span)
        report = await self.hub.poll(await self.hub.askable(self.now), self.now, lambda _feed, _poll: None)
        await self.hub.match(self.now)
        return report

    async def tick(self, minutes: float = 0, **span: float) -> None:
        """What the service does each second, so much later, and the answers of the hubs that it asks."""
        self.now += timedelta(minutes=minutes, **span)
        await self.pushes.subscriber.tick(self.now)
        await self.pushes.subscriber.idle()

    async def hear(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Let a hub do something, and read what it delivered."""
        result = await asyncio.to_thread(act, *args, **kwargs)
        await self.pushes.settle()
        await self.hub.match(self.now)
        return result

    async def due(self) -> list[str]:
        """The feeds that are to be polled now."""
        return [memory.key for memory in await self.hub.due(self.now)]

    def status(self, feed: str = "tigris") -> FeedStatus:
        with self.store.reading() as session:
            return feed_statuses(session, self.now)[feed]

    def push(self, feed: str = "tigris") -> PushStatus:
        """What the operator is told of the feed's hub."""
        push = self.status(feed).push
        assert push is not None
        return push

    def memory(self, feed: str = "tigris") -> FeedMemory:
        number = next(number for number, policy in self.hub.site.policies.items() if policy.key == feed)
        with self.store.reading() as session:
            return feeds.memory(session, number)

    def subscriptions(self) -> list[Subscription]:
        with self.store.reading() as session:
            return subscriptions.every(session)

    def entries(self) -> int:
        """How many are stored."""
        return sum(status.entries for status in self._statuses())

    def _statuses(self) -> list[FeedStatus]:
        with self.store.reading() as session:
            return list(feed_statuses(session, self.now).values())


@asynccontextmanager
async def following(
    store: Store,
    folder: Path,
    feeds_yaml: str,
    now: datetime,
    *,
    allow_private: bool = True,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Following]:
    """A hub with this configuration on the database, at an address of this machine."""
    config = _written(folder, feeds_yaml, environment)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
        settings = Settings(folder / "feeds.yaml", folder, allow_private=allow_private, port=port)
        async with (
            open_hub(store, config, settings, now, address=settings.address) as hub,
            _at_work(hub, store, listening, now) as it,
        ):
            yield it


@asynccontextmanager
async def _at_work(hub: Hub, store: Store, listening: socket.socket, now: datetime) -> AsyncIterator[Following]:
    assert hub.pushes
    it = Following(hub, hub.pushes, store, now)
    endpoint = CallbackEndpoint(lambda: hub.pushes, _PATIENCE, lambda: it.now)
    reading = asyncio.create_task(hub.pushes.read_forever(lambda _feed, _news: None))
    async with serve_app(Starlette(routes=[endpoint.route]), listening):
        yield it
    await hub.pushes.subscriber.stop()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


def _written(folder: Path, feeds_yaml: str, environment: Mapping[str, str]) -> Config:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "feeds.yaml"
    path.write_text(_QUICK + feeds_yaml, encoding="utf-8")
    return load(path, environment)
