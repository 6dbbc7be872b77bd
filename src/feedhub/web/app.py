"""The routes. All but those of WebSub only read: GET and HEAD, no cookies, no state."""

from __future__ import annotations

from collections import Counter

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from feedhub.store import hub
from feedhub.store.database import Store, StoreError
from feedhub.web import answers
from feedhub.web.access import LOCAL, Access
from feedhub.web.callback import CallbackEndpoint
from feedhub.web.documents import DocumentEndpoint
from feedhub.web.library import Library
from feedhub.web.live import Live
from feedhub.web.operators import Operators
from feedhub.web.process import Requests
from feedhub.web.subscribing import HubEndpoint

log = structlog.get_logger(__name__)


def create_app(store: Store, live: Live, library: Library, access: Access = LOCAL) -> Starlette:
    """The web side of the hub. `access` says who may read the operator's addresses."""
    requests: Counter[int] = Counter()
    operators = Operators(store, live, access, requests)

    async def alive(_request: Request) -> Response:
        return answers.sentence("alive")

    async def ready(_request: Request) -> Response:
        await store.read(hub.revision)
        return answers.sentence(_readiness(live.mistakes))

    routes = [
        Route("/feeds/all", _all_by_name, methods=answers.METHODS),
        Route("/feeds/all.{format:str}", _all_by_name, methods=answers.METHODS),
        Route("/healthz", alive),
        Route("/readyz", ready),
        *operators.routes,
        CallbackEndpoint(lambda: live.callbacks).route,
        HubEndpoint(store, lambda: live.site, allow_private=live.allow_private).route,
        DocumentEndpoint(live, library).route,
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Requests, counts=requests), Middleware(answers.Secured)],
        exception_handlers={StoreError: _unavailable, HTTPException: _refused},
    )


def _readiness(mistakes: int) -> str:
    if not mistakes:
        return "ready"
    count = "1 mistake" if mistakes == 1 else f"{mistakes} mistakes"
    return f"ready, with the last good configuration: the file has {count} now, which the log names"


async def _all_by_name(request: Request) -> Response:
    """`all` has shorter addresses; told as a relative one, for the site may have a path."""
    if request.method == "OPTIONS":
        return answers.options(request.url.path)
    query = f"?{request.url.query}" if request.url.query else ""
    extension = request.path_params.get("format")
    return RedirectResponse(f"../feed.{extension}{query}" if extension else f"../{query}", 308)


def _unavailable(_request: Request, error: Exception) -> Response:
    """The database fails: a reader app keeps its copy and asks again."""
    log.error("nothing can be served", error=str(error))
    return answers.sentence("The database cannot be used at the moment.", 503)


def _refused(_request: Request, error: Exception) -> Response:
    """A method that an address does not have."""
    if not isinstance(error, HTTPException):
        raise error
    response = answers.sentence(f"{error.detail}.", error.status_code)
    response.headers.update(error.headers or {})
    return response
