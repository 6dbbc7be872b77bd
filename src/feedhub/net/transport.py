"""httpx over httpcore, with every connection through the guard: one per request, none kept, HTTP/1.1.

Through a proxy only where the operator names one: the standard variables for it would walk round the guard.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator

import httpcore
import httpx

from feedhub.net.proxy import Proxy

# httpx writes every address with its query at INFO, httpcore every header at DEBUG: both hold operators' tokens.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends over `backend`; errors stay httpcore's own, which tell more than httpx's.

    No connection is kept between requests: a feed is asked every few minutes, and so the guard sees every hop (R31).
    """

    def __init__(
        self, backend: httpcore.AsyncNetworkBackend, ssl_context: ssl.SSLContext, proxy: Proxy | None = None
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            proxy=proxy.as_httpcore() if proxy else None,
            network_backend=backend,
            max_keepalive_connections=0,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()
