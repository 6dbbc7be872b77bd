"""Our side of WebSub as a hub: asks whether a subscription was meant, and delivers what is published (sections 5.3, 7).

What is to be done stands in the database, so that nothing of it is lost with the process: a document that was published
and not delivered is delivered after the next start.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session

from feedhub.models import Document, Failed, Fetched, FetchRequest, FetchResult, Held, Upload
from feedhub.net.address import host_of
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import Clock, running
from feedhub.publish.addresses import link_header
from feedhub.publish.documents import render, topics
from feedhub.publish.select import Site
from feedhub.store import hub, recipients
from feedhub.store.database import Store, StoreError
from feedhub.store.recipients import Waiting
from feedhub.websub import recipient as life
from feedhub.websub.messages import Intent, question, signature
from feedhub.websub.recipient import Errand, Recipient

# Requests under way: half of what a fetcher has, so that feeds are polled beside them; and strangers who only ask to be
# subscribed hold up nobody who is.
_AT_ONCE = {"request": 2, "recipient": 6}
_CHANCE = 32  # bytes of it in a challenge
_LONGEST_ECHO = 1_000  # bytes of an answer in which a challenge is sought
_MOVED = "this hub publishes nothing at this address any more"

log = structlog.get_logger(__name__)


class Distributor:
    """Does what subscribers of `site` are due. One host at a time is asked one thing, hosts side by side."""

    def __init__(self, site: Site, fetcher: Fetcher, store: Store) -> None:
        self._site, self._fetcher, self._store = site, fetcher, store
        self._topics = topics(site)
        self._revision = -1  # of the database, at which all are owed what is newest
        self._joined = False  # somebody has, since then
        self._documents: dict[str, Document] = {}  # of that revision, by their topics
        self._attending = asyncio.Lock()
        self._places = {kind: asyncio.Semaphore(places) for kind, places in _AT_ONCE.items()}
        self._visits: dict[str, asyncio.Task[None]] = {}  # by host

    async def attend(self, now: datetime) -> None:
        """Begin what is due. Returns before anybody was asked. Raises StoreError."""
        async with self._attending:
            await self._look()
            at_hosts: defaultdict[str, list[Waiting]] = defaultdict(list)
            for one in await self._store.read(recipients.waiting, self._topics, now):
                at_hosts[one.host].append(one)
            for host in at_hosts.keys() - self._visits.keys():
                task = asyncio.create_task(self._visit(at_hosts[host], running(now)))
                self._visits[host] = task
                task.add_done_callback(partial(self._visited, host))
            if not self._visits:
                self._documents.clear()

    async def finish(self, now: datetime, patience: timedelta) -> None:
        """Do all that is due and becomes due by it, for as long as `patience` lasts. Raises StoreError."""
        clock = running(now)
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self.attend(clock())
                while self._visits:
                    await self.idle()
                    await self.attend(clock())
        except TimeoutError:
            log.info("some subscribers are left for the next pass")
        finally:
            await self.stop()

    async def idle(self) -> None:
        """Wait until nobody is being asked."""
        while self._visits:
            await asyncio.gather(*self._visits.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Give up what is under way: it is done at the next start."""
        for task in self._visits.values():
            task.cancel()
        await self.idle()

    async def _look(self) -> None:
        """See whether documents have changed that somebody has subscribed to."""
        revision = await self._store.read(hub.revision)
        if revision == self._revision and not self._joined:
            return
        self._joined = False
        self._documents.clear()
        followed = (await self._store.read(recipients.topics)) & self._topics.keys()
        newest = {topic: _digest(await self._document(topic)) for topic in sorted(followed)}
        if newest:
            await self._store.write(recipients.owe, newest)
        self._revision = revision

    async def _document(self, topic: str) -> Document:
        """The topic's document, no older than the last look."""
        if topic not in self._documents:
            self._documents[topic] = await self._store.read(_render, self._site, self._topics[topic])
        return self._documents[topic]

    async def _visit(self, errands: Sequence[Waiting], clock: Clock) -> None:
        """Ask a host one thing after the other. Others have their turns in between."""
        for errand in errands:
            async with self._places[errand.kind]:
                try:
                    await (self._verify if errand.kind == "request" else self._serve)(errand.number, clock)
                except StoreError:
                    raise
                except Exception:
                    log.exception("a subscriber was not served by a fault of feedhub's own", host=errand.host)
                    await self._give_up(errand, clock)

    def _visited(self, host: str, task: asyncio.Task[None]) -> None:
        del self._visits[host]
        if not task.cancelled() and (error := task.exception()):
            log.error("a subscriber cannot be served", host=host, error=str(error))

    async def _give_up(self, errand: Waiting, clock: Clock) -> None:
        """What fails by a fault of ours would fail again at the next tick."""
        if errand.kind == "recipient":
            await self._store.write(recipients.change, errand.number, partial(life.failed, now=clock(), jitter=0))
        else:
            await self._store.write(recipients.drop, errand.number)

    async def _verify(self, number: int, clock: Clock) -> None:
        """Ask a callback whether it wants what somebody has asked for it (section 5.3)."""
        challenge, newest = secrets.token_urlsafe(_CHANCE), None
        request = await self._store.write(recipients.question, number, challenge)
        if request is None:
            return
        if request.topic in self._topics:
            lease = request.lease if request.mode == "subscribe" else None
            answer = await self._ask(request.callback, Intent(request.mode, request.topic, challenge, lease), clock)
            if isinstance(answer, Fetched) and answer.body == challenge.encode():
                newest = _digest(await self._document(request.topic))
            else:
                log.info("not confirmed", request=request.mode, host=request.host, reason=_reason(answer))
        if await self._store.write(recipients.settle, challenge, newest, clock()) and newest:
            self._joined = True  # after what may have been another document's publication
            log.info("confirmed", request=request.mode, host=request.host, topic=request.topic)

    async def _serve(self, number: int, clock: Clock) -> None:
        """Do what a recipient is due, as it stands in the database by now."""
        it = await self._store.read(recipients.recipient, number)
        if it is None:
            return
        match life.due(it, self._topics, clock()):
            case Errand.LAPSE:
                await self._end(number, it, "its lease has ended")
            case Errand.DENY:
                await self._ask(it.callback, Intent("denied", it.topic, reason=_MOVED), clock)
                await self._end(number, it, _MOVED)
            case Errand.DELIVER:
                await self._deliver(number, it, clock)

    async def _deliver(self, number: int, it: Recipient, clock: Clock) -> None:
        document = await self._document(it.topic)
        # Noted before: a database that cannot be written, such as one on a full disk, makes nobody hear a thing twice.
        await self._store.write(recipients.change, number, partial(life.attempted, now=clock()))
        answer = await self._fetcher.fetch(_delivery(it, document), clock())
        match answer:
            case Fetched():
                taken = partial(life.delivered, digest=_digest(document), now=clock())
                await self._store.write(recipients.change, number, taken)
            case Held(until=until):
                await self._store.write(recipients.change, number, partial(life.held, until=until))
            case Failed(status=410):
                await self._end(number, it, "its callback is gone")
            case Failed(retry_after=until):
                log.info("not delivered", host=host_of(it.callback), topic=it.topic, reason=_reason(answer))
                step = partial(life.failed, now=clock(), jitter=secrets.randbelow(1_000) / 1_000, not_before=until)
                if not await self._store.write(recipients.change, number, step):
                    log.warning("subscription ended", host=host_of(it.callback), topic=it.topic, reason=_reason(answer))

    async def _ask(self, callback: str, intent: Intent, clock: Clock) -> FetchResult:
        asking = FetchRequest(question(callback, intent), max_size=_LONGEST_ECHO, callback=True)
        return await self._fetcher.fetch(asking, clock())

    async def _end(self, number: int, it: Recipient, reason: str) -> None:
        await self._store.write(recipients.change, number, lambda _: None)
        log.info("subscription ended", host=host_of(it.callback), topic=it.topic, reason=reason)


def _delivery(it: Recipient, document: Document) -> FetchRequest:
    """The document as it stands at its address, signed where that was asked for (section 7)."""
    headers = {"Link": link_header(document.links)}
    if it.secret:
        headers["X-Hub-Signature"] = signature(document.body, it.secret)
    return FetchRequest(it.callback, headers=headers, post=Upload(document.body, document.content_type), callback=True)


def _render(session: Session, site: Site, path: str) -> Document:
    document = render(session, site, path)
    if not isinstance(document, Document):
        raise LookupError(f"{path} is a topic and no document")
    return document


def _digest(document: Document) -> str:
    return hashlib.sha256(document.body).hexdigest()


def _reason(answer: FetchResult) -> str:
    """Why it is none that was hoped for, without the callback's path, which may be secret."""
    match answer:
        case Fetched():
            return "it answered something else"
        case Held():
            return answer.reason
        case Failed(status=int(status)):
            return f"it answered {status}"
        case Failed():
            return answer.kind.replace("_", " ")
        case _:
            return "it answered as if it had been asked before"
