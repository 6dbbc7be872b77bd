"""Where publishers' hubs ask back and deliver (WebSub sections 5.3 and 7). The only address that takes anything in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feedhub.websub.messages import Delivery, Intent, read_intent
from feedhub.websub.reach import CALLBACKS

CALLBACK = f"/{CALLBACKS}{{id}}"
_PATIENCE = timedelta(seconds=20)  # for a whole delivery
_BUSY = 30  # seconds after which a hub may try again
_CLOSING = {"Connection": "close"}  # the rest of a body is not waited for


class Callbacks(Protocol):
    """Who hears what hubs say. `key` is what stands in the callback's address."""

    async def answer(self, key: str, intent: Intent, now: datetime) -> bool: ...
    async def room(self, key: str) -> int | None: ...
    async def take(self, key: str, delivery: Delivery, now: datetime) -> bool: ...
    async def refuse(self, key: str, why: str, now: datetime) -> None: ...


class CallbackEndpoint:
    """The address of the callbacks. A delivery has `patience` to arrive whole.

    `callbacks` gives who hears at this moment; None where nobody does.
    """

    def __init__(
        self,
        callbacks: Callable[[], Callbacks | None],
        patience: timedelta = _PATIENCE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._callbacks, self._patience, self._clock = callbacks, patience, clock

    @property
    def route(self) -> Route:
        return Route(CALLBACK, self._respond, methods=["GET", "POST"])

    async def _respond(self, request: Request) -> Response:
        key, callbacks = request.path_params["id"], self._callbacks()
        if callbacks is None:
            return PlainTextResponse("There is nothing at this address.\n", 404, _CLOSING)
        answer = self._deliver if request.method == "POST" else self._answer
        return await answer(request, key, callbacks)

    async def _answer(self, request: Request, key: str, callbacks: Callbacks) -> Response:
        intent = read_intent(request.query_params)
        if request.method != "GET" or not await callbacks.answer(key, intent, self._clock()):
            return PlainTextResponse("That was not asked for.\n", 404)
        return PlainTextResponse(intent.challenge)

    async def _deliver(self, request: Request, key: str, callbacks: Callbacks) -> Response:
        """Answered 2xx before it is read, and whether it is believed or not, so that nobody can try out signatures."""
        room = await callbacks.room(key)
        if room is None:
            return PlainTextResponse("Nothing is delivered here any more.\n", 410, _CLOSING)
        if request.headers.get("content-encoding", "identity") != "identity":
            return PlainTextResponse("Deliver it as it is.\n", 415, _CLOSING | {"Accept-Encoding": "identity"})
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                body = await _body(request, room)
        except TimeoutError:
            patience = f"{self._patience.total_seconds():g} seconds"
            await callbacks.refuse(key, f"a delivery that took more than {patience} was dropped", self._clock())
            return PlainTextResponse("That took too long.\n", 408, _CLOSING)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            why = f"a delivery of more than {room} bytes, the feed's max_size, was dropped"
            await callbacks.refuse(key, why, self._clock())
            return PlainTextResponse("That is too much.\n", 413, _CLOSING)
        if not await callbacks.take(key, _delivery(request, body), self._clock()):
            return PlainTextResponse("Not now.\n", 503, {"Retry-After": str(_BUSY)})
        return Response(status_code=202)


async def _body(request: Request, room: int) -> bytes | None:
    """The body, None where it is larger than `room`. Raises ClientDisconnect."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > room:
            return None
    return bytes(body)


def _delivery(request: Request, body: bytes) -> Delivery:
    headers = request.headers
    return Delivery(
        body=body,
        content_type=headers.get("content-type", ""),
        signature=headers.get("x-hub-signature", ""),
        links=tuple(headers.getlist("link")),
    )
