"""Where subscribers ask our hub to push (WebSub section 5.1). What they ask is taken in here and answered later.

Whoever polls asks them back and delivers to them: :mod:`feedhub.publish.distribution`, in this process or another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feedhub.publish.documents import topics
from feedhub.publish.select import Site
from feedhub.store import recipients
from feedhub.store.database import Store
from feedhub.web.callback import CLOSING, read_body
from feedhub.websub.reach import HUB
from feedhub.websub.request import Refusal, SubscriptionRequest, read_request

_FORM = "application/x-www-form-urlencoded"
_ROOM = 10_000  # bytes of a form
_FIELDS = 20
_PATIENCE = timedelta(seconds=10)
_HERE = "This is a WebSub hub: POST hub.mode, hub.topic and hub.callback.\n"


class HubEndpoint:
    """The hub's address; none where the site in force, which `site` gives, has no hub.

    `allow_private`: callbacks at private addresses are permitted.
    """

    def __init__(self, store: Store, site: Callable[[], Site], *, allow_private: bool) -> None:
        self._store, self._site, self._allow_private = store, site, allow_private

    @property
    def route(self) -> Route:
        return Route(f"/{HUB}", self._respond, methods=["GET", "POST"])

    async def _respond(self, request: Request) -> Response:
        if not self._site().hub:
            return PlainTextResponse("There is nothing at this address.\n", 404, CLOSING)
        if request.method != "POST":
            return PlainTextResponse(_HERE, 405, {"Allow": "POST"})
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                body = await read_body(request, _ROOM)
        except TimeoutError:
            return PlainTextResponse("That took too long.\n", 408, CLOSING)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return PlainTextResponse("That is too much.\n", 413, CLOSING)
        return await self._answer(request.headers.get("content-type", ""), body)

    async def _answer(self, content_type: str, body: bytes) -> Response:
        asked = self._read(content_type, body)
        if isinstance(asked, SubscriptionRequest):
            refusal = await self._store.write(recipients.ask, asked)
            if refusal is None:
                return PlainTextResponse("Your callback will be asked whether it wants that.\n", 202)
            asked = refusal
        again = {"Retry-After": str(int(asked.again.total_seconds()))} if asked.again else None
        return PlainTextResponse(f"{asked.sentence}\n", asked.status, again)

    def _read(self, content_type: str, body: bytes) -> SubscriptionRequest | Refusal:
        if content_type.partition(";")[0].strip().lower() != _FORM:
            return Refusal(415, f"Content-Type: expected {_FORM}")
        try:
            form = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
        except ValueError:
            return Refusal(400, "hub.mode: expected a form in UTF-8 with a few parameters")
        return read_request(form, topics(self._site()), allow_private=self._allow_private)
