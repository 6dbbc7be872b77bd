"""The routes. All but publishers' hubs only read: GET and HEAD, no cookies, no state."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from feedhub.models import Gone
from feedhub.publish.documents import is_archive, is_static, takes_query
from feedhub.publish.pages import nothing_here
from feedhub.publish.query import PARAMETERS, BadQuery, read_query, spell_query
from feedhub.publish.select import Site
from feedhub.store import hub
from feedhub.store.database import Store, StoreError
from feedhub.web import answers
from feedhub.web.callback import CallbackEndpoint, Callbacks
from feedhub.web.freshness import max_age
from feedhub.web.library import Library, Prepared

log = structlog.get_logger(__name__)

_STATIC_MAX_AGE = 3_600  # seconds


def create_app(store: Store, site: Site, library: Library, callbacks: Callbacks | None = None) -> Starlette:
    """The web side of the hub. `callbacks` hear publishers' hubs, where they can reach us."""
    noindex = {"X-Robots-Tag": "noindex"} if site.config.site.noindex else {}

    async def document(request: Request) -> Response:
        path = request.url.path.removeprefix("/")
        if request.method == "OPTIONS":
            return answers.options(path)
        address = _with_query(path, request, site)
        if isinstance(address, BadQuery):
            return _nothing(str(address), 400, site, path)
        found = await library.find(address)
        if isinstance(found, Prepared):
            response = answers.document(found, request, fresh_for(path))
        elif path.endswith("/") and isinstance(await library.find(path[:-1]), Prepared):
            return RedirectResponse(f"../{path[:-1].rpartition('/')[2]}", 308)  # as an exported page is addressed
        else:
            response = _missing(found, site, path)
        response.headers.update(noindex)
        return response

    def fresh_for(path: str) -> int:
        if is_static(path):
            return _STATIC_MAX_AGE
        return max_age(library.next_poll, datetime.now(UTC), pushed=callbacks is not None)

    async def alive(_request: Request) -> Response:
        return answers.sentence("alive")

    async def ready(_request: Request) -> Response:
        await store.read(hub.revision)
        return answers.sentence("ready")

    async def all_by_name(request: Request) -> Response:
        """`all` has a shorter address; told as a relative one, for the site may have a path."""
        if request.method == "OPTIONS":
            return answers.options(request.url.path)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"../feed.{request.path_params['format']}{query}", 308)

    routes = [
        Route("/feeds/all.{format:str}", all_by_name, methods=answers.METHODS),
        Route("/healthz", alive),
        Route("/readyz", ready),
        *([CallbackEndpoint(callbacks).route] if callbacks else ()),
        Route("/{path:path}", document, methods=answers.METHODS),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(answers.Secured)],
        exception_handlers={StoreError: _unavailable, HTTPException: _refused},
    )


def _with_query(path: str, request: Request, site: Site) -> str | BadQuery:
    """The address of what is asked for: a query that selects belongs to it, in one spelling; others mean nothing."""
    pairs = request.query_params.multi_items()
    if path == "":  # links to the front page gather parameters of others on their way
        pairs = [(name, value) for name, value in pairs if name in PARAMETERS]
    if not takes_query(path):
        selecting = (name for name, _value in pairs if name in PARAMETERS and path.startswith("feeds/"))
        misplaced = next(selecting, None)
        return BadQuery(misplaced, "only /, /feed.atom, /feed.rss and /feed.json take a selection") if misplaced else path
    match = read_query(pairs, site.config)
    if isinstance(match, BadQuery):
        return match
    query = spell_query(match)
    return f"{path}?{query}" if query else path


def _unavailable(_request: Request, error: Exception) -> Response:
    """The database fails: a reader app keeps its copy and asks again."""
    log.error("nothing can be served", error=str(error))
    return answers.sentence("The database cannot be used at the moment.", 503)


def _refused(_request: Request, error: Exception) -> Response:
    """A method that is not there."""
    assert isinstance(error, HTTPException)
    response = answers.sentence(f"{error.detail}.", error.status_code)
    response.headers.update(error.headers or {})
    return response


def _missing(found: Gone | None, site: Site, path: str) -> Response:
    if found is not None:
        return _nothing(found.reason, 410, site, path)
    if is_archive(path) and site.output(path.split("/")[1]):
        return answers.sentence("There is no such page in the archive of this output.", 404)
    if path.startswith("feed"):
        names = ", ".join(output.id for output in site.config.outputs)
        return _nothing(f"There is no such output. There are: {names}.", 404, site, path)
    return _nothing("There is nothing at this address.", 404, site, path)


def _nothing(sentence: str, status: int, site: Site, path: str) -> Response:
    """One sentence; where a page would be, on a page that leads to the outputs."""
    if "." in path.rpartition("/")[2] or is_static(path):
        return answers.sentence(sentence, status)
    settings, root = site.config.site, "../" * path.count("/")
    body = nothing_here(sentence, site_title=settings.title, root=root, noindex=settings.noindex, outputs=site.links)
    return answers.page(body, status)
