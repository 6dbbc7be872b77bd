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
_WORTH_GZIP = 500  # bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document as it goes over the wire. ETags are strong, one for each representation (RFC 9110 section 8.8.3)."""

    document: Document
    etag: str
    gzipped: bytes | None
    gzipped_etag: str


class Library:
    """Documents by address. A change of the database's revision makes them all anew, each when it is next asked for."""

    def __init__(self, store: Store, site: Callable[[], Site]) -> None:
        self._store, self._site = store, site
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._rendering: dict[str, asyncio.Future[Prepared | Gone | None]] = {}
        self._revision = -1
        self._checked = 0.0

    def expire(self) -> None:
        """Look at the revision again at the next request: something has just changed."""
        self._checked = 0.0

    async def find(self, path: str) -> Prepared | Gone | None:
        """The document at this address below the site's, or None where there never was one."""
        await self._check_revision()
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        if path not in self._rendering:
            task = asyncio.ensure_future(self._render(path, self._revision))
            self._rendering[path] = task
            task.add_done_callback(lambda _: self._rendering.pop(path, None))
        return await asyncio.shield(self._rendering[path])

    async def _render(self, path: str, revision: int) -> Prepared | Gone | None:
        document = await self._store.read(render, self._site(), path)
        if not isinstance(document, Document):
            return document
        prepared = await asyncio.to_thread(prepare, document)
        if revision == self._revision:
            self._kept[path] = prepared
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return prepared

    async def _check_revision(self) -> None:
        if time.monotonic() - self._checked < _CHECK_EVERY:
            return
        self._checked = time.monotonic()
        revision = await self._store.read(hub.revision)
        if revision != self._revision:
            self._revision = revision
            self._kept.clear()
            self._rendering.clear()


def prepare(document: Document) -> Prepared:
    digest = hashlib.sha256(document.body).hexdigest()[:32]
    worth = len(document.body) >= _WORTH_GZIP
    return Prepared(
        document=document,
        etag=f'"{digest}"',
        gzipped=gzip.compress(document.body, compresslevel=6, mtime=0) if worth else None,
        gzipped_etag=f'"{digest}-gzip"',
    )
