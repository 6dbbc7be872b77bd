"""The routes. All but publishers' hubs only read: GET and HEAD, no cookies, no state."""

from __future__ import annotations

from email.utils import format_datetime

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedhub.models import Gone
from feedhub.publish.documents import is_archive, static_files, takes_query
from feedhub.publish.query import PARAMETERS, BadQuery, read_query, spell_query
from feedhub.publish.select import Site
from feedhub.store import hub
from feedhub.store.database import Store, StoreError
from feedhub.web.callback import CallbackEndpoint
from feedhub.web.conditional import accepts_gzip, is_fresh
from feedhub.web.library import Library, Prepared
from feedhub.web.live import Live

log = structlog.get_logger(__name__)

_MAX_AGE = 60  # seconds a copy may be used unasked; polls are minutes apart
_STATIC_MAX_AGE = 3_600
_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' http: https:; media-src http: https:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(store: Store, live: Live, library: Library) -> Starlette:
    """The web side of the hub."""
    static = {path: (content_type, body) for path, content_type, body in static_files()}

    async def document(request: Request) -> Response:
        path = request.url.path.removeprefix("/")
        site = live.site
        address = _with_query(path, request, site)
        if isinstance(address, BadQuery):
            return PlainTextResponse(f"{address}\n", 400)
        found = await library.find(address)
        if not isinstance(found, Prepared):
            return _missing(found, site, path)
        response = respond(found, request)
        if site.config.site.noindex:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    async def static_file(request: Request) -> Response:
        found = static.get(request.url.path.removeprefix("/"))
        if found is None:
            return PlainTextResponse("There is no such file.\n", 404)
        return Response(found[1], media_type=found[0], headers={"Cache-Control": f"public, max-age={_STATIC_MAX_AGE}"})

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive\n", headers={"Cache-Control": "no-store"})

    async def ready(_request: Request) -> Response:
        await store.read(hub.revision)
        return PlainTextResponse(_readiness(live.mistakes), headers={"Cache-Control": "no-store"})

    async def all_by_name(request: Request) -> Response:
        """`all` has a shorter address; told as a relative one, for the site may have a path."""
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"../feed.{request.path_params['format']}{query}", 308)

    routes = [
        Route("/feeds/all.{format:str}", all_by_name),
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/static/{name}", static_file),
        CallbackEndpoint(lambda: live.callbacks).route,
        Route("/{path:path}", document),
    ]
    return Starlette(
        routes=routes, middleware=[Middleware(SecurityHeaders)], exception_handlers={StoreError: _unavailable}
    )


def _readiness(mistakes: int) -> str:
    if not mistakes:
        return "ready\n"
    count = "1 mistake" if mistakes == 1 else f"{mistakes} mistakes"
    return f"ready, with the last good configuration: the file has {count} now, which the log names\n"


def _with_query(path: str, request: Request, site: Site) -> str | BadQuery:
    """The address of what is asked for: a query that selects belongs to it, in one spelling; others mean nothing."""
    pairs = request.query_params.multi_items()
    if not takes_query(path):
        selecting = (name for name, _value in pairs if name in PARAMETERS and path.startswith("feeds/"))
        misplaced = next(selecting, None)
        return BadQuery(misplaced, "only /feed.atom, /feed.rss and /feed.json take a selection") if misplaced else path
    match = read_query(pairs, site.config)
    if isinstance(match, BadQuery):
        return match
    query = spell_query(match)
    return f"{path}?{query}" if query else path


def respond(prepared: Prepared, request: Request) -> Response:
    """The answer to a GET or HEAD of a document (R39)."""
    document, gzipped = prepared.document, prepared.gzipped
    compressed = gzipped is not None and accepts_gzip(request.headers.get("accept-encoding"))
    etag = prepared.gzipped_etag if compressed else prepared.etag
    headers = {
        "Cache-Control": f"public, max-age={_MAX_AGE}",
        "ETag": etag,
        "Last-Modified": format_datetime(document.modified.replace(microsecond=0), usegmt=True),
        "Vary": "Accept-Encoding",
    }
    if "json" in document.content_type:
        headers["Access-Control-Allow-Origin"] = "*"
    condition = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
    if is_fresh(etag, document.modified, *condition):
        return Response(status_code=304, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    body = gzipped if compressed else document.body
    return Response(body, headers=headers | {"Content-Type": document.content_type})


class SecurityHeaders:
    """Adds the headers that keep a page to itself to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((name.lower().encode(), value.encode()) for name, value in _SECURITY.items()),
                ]
            await send(message)

        await self.app(scope, receive, send_secured if scope["type"] == "http" else send)


def _unavailable(_request: Request, error: Exception) -> Response:
    """The database fails: a reader app keeps its copy and asks again."""
    log.error("nothing can be served", error=str(error))
    return PlainTextResponse("The database cannot be used at the moment.\n", 503, {"Cache-Control": "no-store"})


def _missing(found: Gone | None, site: Site, path: str) -> Response:
    if found is not None:
        return PlainTextResponse(f"{found.reason}\n", 410)
    if is_archive(path) and site.output(path.split("/")[1]):
        return PlainTextResponse("There is no such page in the archive of this output.\n", 404)
    if path.startswith("feed"):
        names = ", ".join(output.id for output in site.config.outputs)
        return PlainTextResponse(f"There is no such output. There are: {names}.\n", 404)
    return PlainTextResponse("There is nothing at this address.\n", 404)
