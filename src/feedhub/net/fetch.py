"""The one door to the network: one GET, or POST of a form, whose outcome is a value (R20, R21, R22, R26, R28, R31).

Conditional, gzip only and inflated with a bound, one total deadline, at most five redirects, http and https only, and
every hop's address checked as it is connected to. Pacing is the caller's: :mod:`feedhub.net.hosts`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpcore
import httpx

from feedhub.models import Failed, FailureKind, Fetched, FetchRequest, FetchResult, NotModified, Validators
from feedhub.net import failures
from feedhub.net.failures import is_challenge
from feedhub.net.guard import GuardedBackend, Resolve, SystemResolver
from feedhub.net.inflate import BadBody, Inflater, TooBig
from feedhub.net.redirects import SCHEMES, Trail, has_port, place
from feedhub.net.transport import GuardedTransport

__all__ = ["ACCEPT", "Fetcher", "is_challenge"]

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"
)
_DOCUMENT = frozenset({200, 203})
_ERROR_PAGE_PATIENCE = 2.0  # seconds for the beginning of an error's page: the status alone tells most


class Fetcher:
    """Fetches with at most `slots` requests under way; the deadline runs from the moment a request has its slot.

    A client per request on one shared TLS context: httpx's pool costs more the more it holds, making a context tens of
    milliseconds. `resolve`, `network` and `ssl_context` replace the system's name service, its sockets, and the
    public certificate authorities.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        allow_private: bool,
        deadline: timedelta = timedelta(seconds=20),
        slots: int = 16,
        resolve: Resolve | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._deadline = deadline
        self._slots = asyncio.Semaphore(slots)
        resolve = resolve or SystemResolver(slots)
        self._backend = GuardedBackend(resolve, allow_private=allow_private, network=network)
        self._ssl_context = ssl_context or httpx.create_ssl_context(trust_env=False)

    async def fetch(self, request: FetchRequest, now: datetime) -> FetchResult:
        """One GET, redirects followed. Nothing a publisher does raises. `now` is what Retry-After counts from."""
        async with self._slots:
            started = time.monotonic()
            result = await self._within_deadline(request, now)
            return replace(result, elapsed=timedelta(seconds=time.monotonic() - started))

    async def _within_deadline(self, request: FetchRequest, now: datetime) -> FetchResult:
        try:
            asked = httpx.URL(request.url)
        except httpx.InvalidURL:
            return Failed(FailureKind.BROKEN, "The feed's address is not a valid URL.")
        if asked.scheme not in SCHEMES or not asked.host or not has_port(asked):
            return Failed(FailureKind.BROKEN, f"{place(asked)} is not an http or https address.")
        exchange = _Exchange(request, asked, self._user_agent, self._deadline, now)
        try:
            async with asyncio.timeout(self._deadline.total_seconds()), self._client() as client:
                return await exchange.run(client)
        except TimeoutError:
            return failures.too_late(exchange.trail.url, self._deadline, answering=exchange.answering)
        except failures.EXPECTED as error:
            return failures.of_error(error, exchange.trail.url, answering=exchange.answering)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=GuardedTransport(self._backend, self._ssl_context), trust_env=False)


class _Exchange:
    """One fetch under way: how far it has come, so that a failure can be told by its place."""

    def __init__(
        self, request: FetchRequest, asked: httpx.URL, user_agent: str, deadline: timedelta, now: datetime
    ) -> None:
        self.trail = Trail.start(asked)
        self.answering = False
        self._request = request
        self._asked = asked
        self._user_agent = user_agent
        self._timeout = httpx.Timeout(None, connect=deadline.total_seconds() / 2)
        self._now = now
        self._form = urlencode(request.form).encode() if request.form else None

    async def run(self, client: httpx.AsyncClient) -> FetchResult:
        while True:
            self.answering = False
            # A request made by hand, not by the client, so that nothing of the client's is added to it, cookies least.
            async with aclosing(
                await client.send(self._http_request(), stream=True, follow_redirects=False)
            ) as response:
                self.answering = True
                if not self._leads_on(response):
                    return await self._outcome(response)
                onward = self.trail.follow(response.status_code, response.headers["location"])
            if isinstance(onward, Failed):
                return onward
            if self._form and onward.url.scheme != self.trail.url.scheme == "https":
                return Failed(FailureKind.TLS, f"{place(self.trail.url)} sends a form on over an open line.")
            self.trail = onward

    def _leads_on(self, response: httpx.Response) -> bool:
        """A form is sent on only where it stays a POST (WebSub section 5.1.2)."""
        return response.has_redirect_location and (not self._form or response.status_code in (307, 308))

    def _http_request(self) -> httpx.Request:
        headers = [(name.encode(), value) for name, value in self._headers()]
        extensions = {"timeout": self._timeout.as_dict()}
        method = "POST" if self._form else "GET"
        return httpx.Request(method, self.trail.url, headers=headers, content=self._form, extensions=extensions)

    def _headers(self) -> Iterator[tuple[str, bytes]]:
        """This hop's headers. The feed's own come first and replace ours, on its own origin only."""
        own = dict(self._own_headers()) if _origin(self.trail.url) == _origin(self._asked) else {}
        yield from own.items()
        ours = {"User-Agent": self._user_agent.encode(), "Accept": ACCEPT.encode()}
        taken = {name.lower() for name in own}
        yield from ((name, value) for name, value in ours.items() if name.lower() not in taken)
        yield "Accept-Encoding", b"gzip"
        yield "Connection", b"close"
        if self._form:
            yield "Content-Type", b"application/x-www-form-urlencoded"
        yield from self._conditions()

    def _own_headers(self) -> Iterator[tuple[str, bytes]]:
        if self._asked.userinfo and "authorization" not in map(str.lower, self._request.headers):
            credentials = f"{self._asked.username}:{self._asked.password}".encode()
            yield "Authorization", b"Basic " + base64.b64encode(credentials)
        for name, value in self._request.headers.items():
            if name.lower() not in ("accept-encoding", "connection"):
                yield name, value.encode()

    def _conditions(self) -> Iterator[tuple[str, bytes]]:
        """The validators, as they were received.

        They belong to the last answer's address, at the end of its redirects, and a redirect on the way there ignores
        them (RFC 9110 section 13.2.1). Should it lead elsewhere than the last time, an entity tag does no harm: another
        document has another. A date would: any older document counts as "not modified since", though it was never
        read. So the date stays with the host that was asked (section 15.4, item 2.d, leaves this to us).
        """
        validators = Validators() if self._form else self._request.validators
        if validators.etag is not None:
            yield "If-None-Match", validators.etag.encode("latin-1")
        if validators.last_modified is not None and self.trail.url.host == self._asked.host:
            yield "If-Modified-Since", validators.last_modified.encode("latin-1")

    async def _outcome(self, response: httpx.Response) -> FetchResult:
        """What an answer that is no redirect means."""
        url, status = self.trail.url, response.status_code
        if status == 304 and any(self._conditions()):
            return NotModified(timedelta(0))
        if self._form and response.is_success:
            return self._fetched(response, b"")
        if status not in _DOCUMENT:
            return failures.of_status(status, url, response.headers, await _prefix(response), self._now)
        body = await _body(response, self._request.max_size)
        if not body:
            return Failed(FailureKind.BROKEN, f"{place(url)} answered {status} with an empty document.", status=status)
        return self._fetched(response, body)

    def _fetched(self, response: httpx.Response, body: bytes) -> Fetched:
        return Fetched(
            url=str(self.trail.url),
            body=body,
            content_type=response.headers.get("content-type", ""),
            validators=Validators(_raw(response, b"etag"), _raw(response, b"last-modified")),
            elapsed=timedelta(0),
            permanent_url=self.trail.permanent_url,
            links=tuple(response.headers.get_list("link")),
        )


async def _body(response: httpx.Response, limit: int) -> bytes:
    """The whole body, inflated. Raises TooBig, BadBody; an announced size is believed before a byte is read."""
    if int(response.headers.get("content-length", 0)) > limit:
        raise TooBig(limit)
    inflater = Inflater(response.headers.get("content-encoding", ""), limit)
    async for chunk in response.aiter_raw():
        inflater.feed(chunk)
    return inflater.finish()


async def _prefix(response: httpx.Response) -> bytes:
    """The beginning of an error's page, as much as comes easily."""
    try:
        inflater = Inflater(response.headers.get("content-encoding", ""), failures.CHALLENGE_PREFIX)
    except BadBody:
        return b""
    with contextlib.suppress(TimeoutError, *failures.EXPECTED):
        async with asyncio.timeout(_ERROR_PAGE_PATIENCE):
            async for chunk in response.aiter_raw():
                inflater.feed(chunk)
    return inflater.body


def _raw(response: httpx.Response, name: bytes) -> str | None:
    """A header byte for byte, as Latin-1: what is sent back must be what came (R20)."""
    return next((value.decode("latin-1") for key, value in response.headers.raw if key.lower() == name), None)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port; httpx gives None for a scheme's own port."""
    return url.scheme, url.host, url.port
