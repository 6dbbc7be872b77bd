"""What goes over the wire: a document with the headers that caches and browsers need, or one sentence (R39)."""

from __future__ import annotations

from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedhub.publish.addresses import link_header
from feedhub.publish.documents import HTML
from feedhub.web.conditional import is_fresh, prefers_gzip
from feedhub.web.library import Prepared

TEXT = "text/plain; charset=utf-8"
METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = ", ".join(METHODS)
_DAY = 86_400  # seconds

_NOTHING_ELSE = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Pictures come from the outlets, of which some have no https yet.
_OF_OUTLETS = "img-src 'self' http: https:; media-src http: https:"
_PAGE_POLICY = f"default-src 'none'; style-src 'self'; {_OF_OUTLETS}; {_NOTHING_ELSE}"
_DATA_POLICY = f"default-src 'none'; {_NOTHING_ELSE}"
_CAREFUL = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}

# A browser asks first before a script on another site may send the header of a conditional request.
_CROSS_ORIGIN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link"}
_PREFLIGHT = _CROSS_ORIGIN | {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Cache-Control",
    "Access-Control-Max-Age": str(_DAY),
}


def document(prepared: Prepared, request: Request, max_age: int) -> Response:
    """The answer to a GET or HEAD of a document. `max_age` is in seconds."""
    gzipped = prepared.gzipped if prefers_gzip(request.headers.get("accept-encoding")) else None
    etag = prepared.etag if gzipped is None else prepared.gzipped_etag
    modified = prepared.document.modified
    headers = {
        "Cache-Control": f"max-age={max_age}",
        "Content-Security-Policy": policy(prepared.document.content_type),  # a 304 renews that of the copy
        "ETag": etag,
        "Last-Modified": format_datetime(modified.replace(microsecond=0), usegmt=True),
        "Vary": "Accept-Encoding",
    }
    if prepared.document.links:
        headers["Link"] = link_header(prepared.document.links)
    if is_fresh(etag, modified, request.headers.get("if-none-match"), request.headers.get("if-modified-since")):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = prepared.document.content_type
    if gzipped is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(prepared.document.body if gzipped is None else gzipped, headers=headers)


def sentence(text: str, status: int = 200) -> Response:
    """One sentence, for people and logs, which no cache keeps."""
    return Response(f"{text}\n", status, {"Content-Type": TEXT, "Cache-Control": "no-store"})


def page(body: bytes, status: int) -> Response:
    """A page that stands in for what is not there."""
    return Response(body, status, {"Content-Type": HTML, "Cache-Control": "no-store"})


def options(path: str) -> Response:
    """The answer to OPTIONS: what may be asked of this address, and that scripts on other sites may read its data."""
    return Response(status_code=204, headers={"Allow": _ALLOW} | (_PREFLIGHT if _is_data(path) else {}))


class Secured:
    """Adds to every answer the headers that keep it to itself, and those that open data to scripts on other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_added(message["headers"], scope["path"])]
            await send(message)

        await self._app(scope, receive, send_secured if scope["type"] == "http" else send)


def _added(headers: list[tuple[bytes, bytes]], path: str) -> list[tuple[bytes, bytes]]:
    given = dict(headers)
    content = {"Content-Security-Policy": policy(given.get(b"content-type", b"").decode("latin-1"))}
    added = _CAREFUL | content | (_CROSS_ORIGIN if _is_data(path) else {})
    named = ((name.lower().encode(), value.encode()) for name, value in added.items())
    return [(name, value) for name, value in named if name not in given]


def policy(content_type: str) -> str:
    """What a browser may load for an answer of this type."""
    return _PAGE_POLICY if content_type == HTML else _DATA_POLICY


def _is_data(path: str) -> bool:
    return path.endswith(".json") and path.strip("/") != "status.json"  # which is the operator's alone
