"""The service: polls on schedule and serves HTTP in one process, follows feeds.yaml, and stops all in order."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
import uvicorn
from starlette.types import ASGIApp

from feedhub.config import Config, FeedConfig, Problem
from feedhub.config.watch import ConfigFile
from feedhub.hub import Hub
from feedhub.ingest.passes import PassReport
from feedhub.ingest.pushes import Pushes
from feedhub.models import Event, EventKind, FeedMemory, News, Poll
from feedhub.publish.select import Site
from feedhub.publish.status import refusal
from feedhub.schedule import Schedule
from feedhub.store import events
from feedhub.store.database import Store, StoreError
from feedhub.store.lock import Keep, Locked, held_for_good
from feedhub.store.matching import Matched
from feedhub.store.retention import Pruned
from feedhub.web.access import LOCAL, Access
from feedhub.web.app import create_app
from feedhub.web.library import Library
from feedhub.web.live import Live

log = structlog.get_logger(__name__)

_MATCH_PAUSE = 1.0  # seconds in which polls gather for one matching
_PRUNE_LOOK = 60.0  # seconds between two looks whether it is time to prune
_DRAIN = timedelta(seconds=5)  # given to polls under way when the service stops
_LOOK = timedelta(seconds=1)  # between looks at the configuration file
_LAST_ANSWERS = 3  # seconds given to requests under way when the service stops


Opening = Callable[[Config], AbstractAsyncContextManager[tuple[Site, Hub | None]]]


class Listener(Protocol):
    """Who is told what the service does.

    `configured` hears of each change of the configuration file: the configuration in force, and the mistakes in the
    file that keep what it says now from being it.
    """

    def configured(self, config: Config, mistakes: Sequence[Problem]) -> None: ...
    def pass_started(self, feeds: int) -> None: ...
    def polled(self, feed: FeedConfig, poll: Poll) -> None: ...
    def pass_ended(self, report: PassReport) -> None: ...
    def delivered(self, feed: FeedConfig, news: News) -> None: ...
    def matched(self, matched: Matched) -> None: ...


class Polling:
    """The polling side: ticks start passes, and what they bring is matched within a second."""

    def __init__(self, hub: Hub, library: Library, listener: Listener, keep: Keep) -> None:
        self._hub, self._library, self._listener, self._keep = hub, library, listener, keep
        self._hindrance = ""  # why the last tick could start nothing
        self._arrived = asyncio.Event()
        self._passes: set[asyncio.Task[None]] = set()

    async def tick(self, now: datetime) -> None:
        """Start polling what is due; returns at once, so that a slow feed holds up no other."""
        try:
            await asyncio.to_thread(self._keep)
            due = await self._hub.due(now)
        except (StoreError, Locked) as error:
            if str(error) != self._hindrance:
                log.error("nothing can be polled", error=str(error))
            self._hindrance = str(error)
            return
        self._hindrance = ""
        if due:
            self._listener.pass_started(len(due))
            task = asyncio.create_task(self._run_pass(due, now))
            self._passes.add(task)
            task.add_done_callback(self._passed)
        if self._hub.pushes:
            await _attend("publishers' hubs", self._hub.pushes.subscriber.tick, now)
        await self._distribute(now)

    async def match_forever(self) -> None:
        """Match what an earlier run left, then each second's polls together."""
        while True:
            try:
                await self._match()
            except StoreError as error:
                log.error("nothing can be matched", error=str(error))
            except Exception:
                log.exception("matching failed; its entries wait for the next one")
            await self._arrived.wait()
            await asyncio.sleep(_MATCH_PAUSE)
            self._arrived.clear()

    async def prune_forever(self) -> None:
        """Take away what is kept no longer, once in an hour, while this process may write."""
        while True:
            try:
                await asyncio.to_thread(self._keep)
                pruned = await self._hub.prune(datetime.now(UTC))
                if pruned != Pruned():
                    self._library.expire()
                    log.info("pruned", **asdict(pruned))
            except (StoreError, Locked) as error:
                log.error("nothing can be pruned", error=str(error))
            except Exception:
                log.exception("pruning failed; the next one finds the rest")
            await asyncio.sleep(_PRUNE_LOOK)

    def delivered(self, feed: FeedConfig, news: News) -> None:
        """A publisher's hub brought this."""
        self._arrived.set()
        self._listener.delivered(feed, news)

    async def drain(self) -> None:
        """Let polls under way finish for a few seconds, then give them up, and match what came in."""
        if self._passes:
            _done, late = await asyncio.wait(self._passes, timeout=_DRAIN.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._match()

    async def _distribute(self, now: datetime) -> None:
        if self._hub.distributor:
            await _attend("subscribers", self._hub.distributor.attend, now)

    async def _run_pass(self, due: list[FeedMemory], now: datetime) -> None:
        report = await self._hub.poll(due, now, self._heard)
        self._library.expire()
        self._listener.pass_ended(report)

    async def _match(self) -> None:
        matched = await self._hub.match(datetime.now(UTC))
        if matched.changed:
            self._library.expire()
            self._listener.matched(matched)
            await self._distribute(datetime.now(UTC))

    def _passed(self, task: asyncio.Task[None]) -> None:
        self._passes.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a pass failed; its feeds are due again at once", error=repr(error))

    def _heard(self, feed: FeedConfig, poll: Poll) -> None:
        self._arrived.set()
        self._listener.polled(feed, poll)


async def _attend(whom: str, tick: Callable[[datetime], Awaitable[None]], now: datetime) -> None:
    """What comes after the polls and at no cost to them."""
    try:
        await tick(now)
    except StoreError as error:
        log.error(f"{whom} cannot be attended to", error=str(error))
    except Exception:
        log.exception(f"{whom} could not be attended to; the next tick tries again")


class Service:
    """The parts of a service: the web side where there is a `listening` socket, the polling side where a hub is opened.

    `opening` puts a configuration in force. `keep` is the polling lock's; while it raises, nothing is polled.
    `access` says who may read the operator's addresses. `allow_private`: subscribers may be at private addresses.
    """

    def __init__(
        self,
        store: Store,
        opening: Opening,
        listening: socket.socket | None,
        listener: Listener,
        keep: Keep = held_for_good,
        access: Access = LOCAL,
        look_every: timedelta = _LOOK,
        *,
        allow_private: bool = False,
    ) -> None:
        self._store, self._opening, self._listening = store, opening, listening
        self._listener, self._keep, self._look_every = listener, keep, look_every
        self._access = access
        self._live = Live(allow_private=allow_private)
        self._library = Library(store, lambda: self._live.site)
        self._begun = False
        self._web = AsyncExitStack()
        self._stop = asyncio.Event()

    async def run(self, file: ConfigFile) -> None:
        """Run until SIGTERM or SIGINT. When the file changes for the better, the polling side begins anew with it.

        That is the same as a restart, which loses nothing, but readers do not notice. Where the database fails in that
        moment, it is tried again.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        async with self._web:
            while not self._stop.is_set():
                try:
                    await self._run_until_changed(file)
                except StoreError as error:
                    if self._stop.is_set() or not self._begun:
                        raise
                    log.error("the configuration cannot be put in force yet", error=str(error))
                    await self._stopped_within(self._look_every)

    async def _run_until_changed(self, file: ConfigFile) -> None:
        async with self._opening(file.config) as (site, hub):
            await self._show(site, hub)
            async with _polling(hub, self._library, self._listener, self._keep):
                await self._changed(file)

    async def _show(self, site: Site, hub: Hub | None) -> None:
        """Serve this from now on."""
        self._live.show(site, hub.pushes if hub else None)
        self._library.clear()
        if self._listening and not self._begun:
            app = create_app(self._store, self._live, self._library, self._access)
            await self._web.enter_async_context(serve_app(app, self._listening))
        self._begun = True

    async def _changed(self, file: ConfigFile) -> None:
        """Wait for another configuration, or for the end. Mistakes are told, and the last good one stays in force."""
        config = file.config
        while not await self._stopped_within(self._look_every):
            if await asyncio.to_thread(file.look):
                refused, self._live.mistakes = self._live.mistakes, len(file.mistakes)
                self._listener.configured(file.config, file.mistakes)
                if refused or file.mistakes:
                    await self._note(_judgement(len(file.mistakes), datetime.now(UTC)))
                if file.config != config:
                    return

    async def _note(self, event: Event) -> None:
        """Tell of it in `/status.atom`. The file is followed all the same where the database fails."""
        try:
            await self._store.write(events.record, event)
        except StoreError as error:
            log.error("an event cannot be stored", error=str(error))

    async def _stopped_within(self, patience: timedelta) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), patience.total_seconds())
        return self._stop.is_set()


def _judgement(mistakes: int, now: datetime) -> Event:
    """What there is to say of a changed configuration file."""
    if not mistakes:
        return Event(EventKind.RECOVERED, now, "feeds.yaml is in force as it is now")
    return Event(EventKind.CONFIGURATION_REFUSED, now, refusal(mistakes))


@asynccontextmanager
async def _polling(hub: Hub | None, library: Library, listener: Listener, keep: Keep) -> AsyncIterator[None]:
    if hub is None:
        yield
        return
    polling = Polling(hub, library, listener, keep)
    schedule = Schedule(polling.tick)
    async with _deliveries(hub.pushes, polling):
        tasks = [asyncio.create_task(polling.match_forever()), asyncio.create_task(polling.prune_forever())]
        schedule.start()
        try:
            yield
        finally:
            await schedule.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    try:
        await polling.drain()
    finally:
        if hub.distributor:
            await hub.distributor.stop()


@asynccontextmanager
async def _deliveries(pushes: Pushes | None, polling: Polling) -> AsyncIterator[None]:
    """Publishers' hubs deliver for as long as the context lasts."""
    if pushes is None:
        yield
        return
    reading = asyncio.create_task(pushes.read_forever(polling.delivered))
    try:
        yield
    finally:
        await pushes.subscriber.stop()
        await pushes.drain(_DRAIN)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


@asynccontextmanager
async def serve_app(app: ASGIApp, listening: socket.socket) -> AsyncIterator[None]:
    """Answer requests at `listening` for as long as the context lasts; those under way then get a few seconds."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_LAST_ANSWERS,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves the signals to :func:`serve`, which stops all parts in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
