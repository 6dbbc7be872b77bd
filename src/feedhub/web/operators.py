"""The operator's addresses: `/status`, as a page, as data and as a feed of events, and `/metrics`."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feedhub.models import Document
from feedhub.publish import board as boards
from feedhub.publish import metrics
from feedhub.publish.board import Board
from feedhub.publish.select import Site
from feedhub.publish.status import Report
from feedhub.store.database import Store
from feedhub.web import answers
from feedhub.web.access import CHALLENGE, Access
from feedhub.web.conditional import is_fresh, prefers_gzip
from feedhub.web.library import Prepared, prepare
from feedhub.web.live import Live
from feedhub.web.process import process_samples

T = TypeVar("T")

_KEPT = 5.0  # seconds: reading it all is not cheap
_UNDATED = datetime.max.replace(tzinfo=UTC)  # the tag alone says whether it has changed


class Kept(Generic[T]):
    """What was read within the last seconds; it is read once, however many ask."""

    def __init__(self) -> None:
        self._reading = asyncio.Lock()
        self._value: T | None = None
        self._read_at = 0.0

    async def get(self, read: Callable[[], Awaitable[T]]) -> T:
        async with self._reading:
            if self._value is None or time.monotonic() - self._read_at > _KEPT:
                self._value = await read()
                self._read_at = time.monotonic()
            return self._value


class Operators:
    """Answers those that `access` admits. `requests` are this process's answers by status."""

    def __init__(self, store: Store, live: Live, access: Access, requests: Counter[int]) -> None:
        self._store, self._live, self._access, self._requests = store, live, access, requests
        self._boards, self._reports = Kept[Board](), Kept[Report]()
        self._pages: dict[tuple[str, str | None], Prepared] = {}
        self._pages_of: Board | None = None

    @property
    def routes(self) -> list[Route]:
        documents = (("/status", "page"), ("/status.json", "data"), ("/status.atom", "events"))
        return [
            *(Route(path, self._document, name=name) for path, name in documents),
            Route("/metrics", self._metrics),
        ]

    async def _document(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        path = request.url.path.removeprefix("/")
        state = request.query_params.get("state") if path == "status" else None
        live = self._live
        board = await self._boards.get(lambda: self._store.read(boards.load_board, live.site, live.mistakes))
        if state is not None and state not in board.report.states:
            return answers.sentence("No feed is in this state.", 404)
        return _respond(await self._page(board, path, state), request)

    async def _page(self, board: Board, path: str, state: str | None) -> Prepared:
        if board is not self._pages_of:
            self._pages, self._pages_of = {}, board
        pages, key = self._pages, (path, state)
        if key not in pages:
            pages[key] = await asyncio.to_thread(_prepared, board, self._live.site, path, state)
        return pages[key]

    async def _metrics(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        live = self._live
        report = await self._reports.get(lambda: self._store.read(boards.load_current, live.site, live.mistakes))
        samples = {**metrics.hub_samples(report), **process_samples(self._requests, report.mistakes)}
        body = await asyncio.to_thread(metrics.exposition, samples)
        return Response(body, headers={"Content-Type": metrics.CONTENT_TYPE, "Cache-Control": "no-store"})

    def _refusal(self, request: Request) -> Response | None:
        if self._access.admits(request.headers.get("authorization")):
            return None
        if self._access.token is None:
            return answers.sentence("This is for the operator: set FEEDHUB_ADMIN_TOKEN to read it from elsewhere.", 403)
        refusal = answers.sentence("This is for the operator.", 401)
        refusal.headers["WWW-Authenticate"] = CHALLENGE
        return refusal


def _prepared(board: Board, site: Site, path: str, state: str | None) -> Prepared:
    match path:
        case "status":
            kind, body = boards.HTML, boards.page(board, site, state)
        case "status.json":
            kind, body = boards.JSON, boards.data(board)
        case _:
            kind, body = boards.ATOM, boards.event_feed(board, site)
    return prepare(Document(path, kind, body, _UNDATED))


def _respond(prepared: Prepared, request: Request) -> Response:
    """For one reader alone, who asks each time whether it has changed."""
    document = prepared.document
    gzipped = prepared.gzipped if prefers_gzip(request.headers.get("accept-encoding")) else None
    etag = prepared.etag if gzipped is None else prepared.gzipped_etag
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": answers.policy(document.content_type),  # a 304 renews that of the copy
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
    }
    if is_fresh(etag, _UNDATED, request.headers.get("if-none-match"), None):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = document.content_type
    if gzipped is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(document.body if gzipped is None else gzipped, headers=headers)
