"""The rendered documents of the current revision, each made once, with its gzip form."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from feedhub.models import Document, Gone
from feedhub.publish.documents import render
from feedhub.publish.select import Site
from feedhub.store import hub
from feedhub.store.database import Store

_CHECK_EVERY = 0.5  # seconds; how soon another process's changes are seen
_KEPT = 1_000  # documents of one revision in memory
_KEPT_SELECTIONS = 100  # and of those that readers select themselves, which never push out the others
_WORTH_GZIP = 500  # bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document as it goes over the wire. ETags are strong, one for each representation (RFC 9110 section 8.8.3)."""

    document: Document
    etag: str
    gzipped: bytes | None
    gzipped_etag: str


class Shelf:
    """The documents asked for last, by address, at most `room` of them."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._documents: OrderedDict[str, Prepared] = OrderedDict()

    def find(self, address: str) -> Prepared | None:
        if found := self._documents.get(address):
            self._documents.move_to_end(address)
        return found

    def put(self, address: str, document: Prepared) -> None:
        self._documents[address] = document
        if len(self._documents) > self._room:
            self._documents.popitem(last=False)


class Library:
    """Documents by address. A change of the database's revision makes them all anew, each when it is next asked for."""

    def __init__(self, store: Store, site: Callable[[], Site]) -> None:
        self._store, self._site = store, site
        self._kept = Shelf(_KEPT)
        self._selections = Shelf(_KEPT_SELECTIONS)
        self._rendering: dict[str, asyncio.Future[Prepared | Gone | None]] = {}
        self._revision = -1
        self._checked = 0.0

    def expire(self) -> None:
        """Look at the revision again at the next request: something has just changed."""
        self._checked = 0.0

    def clear(self) -> None:
        """Make every document anew: the site is another."""
        self._kept, self._selections = Shelf(_KEPT), Shelf(_KEPT_SELECTIONS)
        self._rendering.clear()

    async def find(self, path: str) -> Prepared | Gone | None:
        """The document at this address below the site's, or None where there never was one."""
        await self._check_revision()
        if kept := self._shelf(path).find(path):
            return kept
        if path not in self._rendering:
            task = asyncio.ensure_future(self._render(path, self._shelf(path)))
            self._rendering[path] = task
            task.add_done_callback(lambda _: self._rendering.pop(path, None))
        return await asyncio.shield(self._rendering[path])

    async def _render(self, path: str, shelf: Shelf) -> Prepared | Gone | None:
        """Make it and keep it on this shelf, which nobody looks at any more if a change overtook the rendering."""
        document = await self._store.read(render, self._site(), path)
        if not isinstance(document, Document):
            return document
        prepared = await asyncio.to_thread(prepare, document)
        shelf.put(path, prepared)
        return prepared

    def _shelf(self, path: str) -> Shelf:
        return self._selections if "?" in path else self._kept

    async def _check_revision(self) -> None:
        if time.monotonic() - self._checked < _CHECK_EVERY:
            return
        self._checked = time.monotonic()
        revision = await self._store.read(hub.revision)
        if revision != self._revision:
            self._revision = revision
            self.clear()


def prepare(document: Document) -> Prepared:
    digest = hashlib.sha256(document.body).hexdigest()[:32]
    worth = len(document.body) >= _WORTH_GZIP
    return Prepared(
        document=document,
        etag=f'"{digest}"',
        gzipped=gzip.compress(document.body, compresslevel=6, mtime=0) if worth else None,
        gzipped_etag=f'"{digest}-gzip"',
    )
