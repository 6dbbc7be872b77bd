"""The one door to the network: one GET, or POST, whose outcome is a value (R20, R21, R22, R26, R28, R31).

Conditional, gzip only and inflated with a bound, one total deadline, at most five redirects, http and https only, and
every hop's address checked as it is connected to, and in its host's turn (:mod:`feedhub.net.hosts`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import httpcore
import httpx

from feedhub.models import (
    Failed,
    FailureKind,
    Fetched,
    FetchRequest,
    FetchResult,
    Freshness,
    Held,
    NotModified,
    Validators,
)
from feedhub.net import failures
from feedhub.net.address import host_of
from feedhub.net.failures import is_challenge
from feedhub.net.guard import GuardedBackend, Resolve, SystemResolver
from feedhub.net.hosts import Clock, HostBudget, running
from feedhub.net.inflate import BadBody, Inflater, TooBig
from feedhub.net.proxy import Proxy, ProxyBackend
from feedhub.net.redirects import Trail, place
from feedhub.net.transport import GuardedTransport

__all__ = ["ACCEPT", "Fetcher", "is_challenge"]

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"
)
_DOCUMENT = frozenset({200, 203})
_CLOCK_LAG = timedelta(seconds=1)  # at most, of a poll's time behind the clock's: Retry-After counts from the answer
_ERROR_PAGE_PATIENCE = 2.0  # seconds for the beginning of an error's page: the status alone tells most


Permit = Callable[[str], Awaitable[timedelta | Failed | Held]]
"""Says of an address how long its host is then left alone at least, or why it is not asked."""


class Fetcher:
    """Fetches with at most `slots` requests under way, each hop of each in the turn of its host in `hosts`.

    The deadline is the sum of what the hops may take; waiting for a turn does not count. A client per hop on one shared
    TLS context: httpx's pool costs more the more it holds, making a context tens of milliseconds. `resolve`, `network`
    and `ssl_context` replace the system's name service, its sockets, and the public certificate authorities.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        allow_private: bool,
        hosts: HostBudget | None = None,
        deadline: timedelta = timedelta(seconds=20),
        slots: int = 16,
        proxy: Proxy | None = None,
        resolve: Resolve | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._deadline = deadline
        self._hosts = HostBudget(slots, timedelta(0)) if hosts is None else hosts
        self._slots = asyncio.Semaphore(slots)
        self._proxy = proxy
        self._backend = _backend(resolve or SystemResolver(slots), network, proxy, allow_private=allow_private)
        self._ssl_context = ssl_context or httpx.create_ssl_context(trust_env=False)

    async def fetch(self, request: FetchRequest, now: datetime, permit: Permit | None = None) -> FetchResult:
        """One GET, redirects followed. Nothing a publisher does raises. `now` is what Retry-After counts from.

        `Held` where a host on the way asked to be left alone, which counts for all that is fetched (R22). `permit` is
        asked before each address on the way.
        """
        clock = running(now)
        left = self._deadline
        trail = Trail.start(request.first)
        while isinstance(trail, Trail):
            host = host_of(str(trail.url))
            spacing = await permit(str(trail.url)) if permit else timedelta(0)
            if not isinstance(spacing, timedelta):
                return spacing
            async with self._hosts.turn(host, clock, spacing, self._slots) as held:
                if held:
                    return Held(host, held)
                sent = partial(self._hosts.started, host, spacing=spacing)
                hop = _Hop(request, trail, self._user_agent, self._deadline, clock, sent)
                started = time.monotonic()
                answer = await self._within(left, hop)
                left -= timedelta(seconds=time.monotonic() - started)
                if isinstance(answer, Failed) and answer.retry_after:
                    self._hosts.hold(host, answer.retry_after)
            if not isinstance(answer, Trail):
                return replace(answer, elapsed=self._deadline - left)
            trail = answer
        return trail

    async def _within(self, left: timedelta, hop: _Hop) -> Trail | Fetched | NotModified | Failed:
        url = hop.trail.url
        try:
            async with asyncio.timeout(left.total_seconds()), self._client() as client:
                return await hop.run(client)
        except TimeoutError:
            return failures.too_late(url, self._deadline, answering=hop.answering)
        except failures.EXPECTED as error:
            return failures.of_error(error, url, answering=hop.answering)

    def _client(self) -> httpx.AsyncClient:
        transport = GuardedTransport(self._backend, self._ssl_context, self._proxy)
        return httpx.AsyncClient(transport=transport, trust_env=False)


def _backend(
    resolve: Resolve, network: httpcore.AsyncNetworkBackend | None, proxy: Proxy | None, *, allow_private: bool
) -> httpcore.AsyncNetworkBackend:
    """The way to a proxy is not judged: the operator named it, and it judges where it goes itself."""
    if proxy is None:
        return GuardedBackend(resolve, allow_private=allow_private, network=network)
    return ProxyBackend(resolve, allow_private=True, network=network)


class _Hop:
    """One request under way: whether its answer has begun, so that a failure can be told by its place."""

    def __init__(
        self,
        request: FetchRequest,
        trail: Trail,
        user_agent: str,
        deadline: timedelta,
        clock: Clock,
        sent: Callable[[datetime], None],
    ) -> None:
        self.trail = trail
        self.answering = False
        self._request = request
        self._user_agent = user_agent
        self._timeout = httpx.Timeout(None, connect=deadline.total_seconds() / 2)
        self._clock, self._sent = clock, sent
        self._post = request.post

    async def run(self, client: httpx.AsyncClient) -> Trail | Fetched | NotModified | Failed:
        """The outcome, or how the way goes on."""
        # A request made by hand, not by the client, so that nothing of the client's is added to it, cookies least.
        async with aclosing(await client.send(self._http_request(), stream=True, follow_redirects=False)) as response:
            self.answering = True
            if not self._leads_on(response):
                return await self._outcome(response)
            onward = self.trail.follow(response.status_code, response.headers["location"])
        if self._post and isinstance(onward, Trail) and onward.url.scheme != self.trail.url.scheme == "https":
            return Failed(FailureKind.TLS, f"{place(self.trail.url)} sends a form on over an open line.")
        return onward

    def _leads_on(self, response: httpx.Response) -> bool:
        """A form is sent on only where it stays a POST (WebSub section 5.1.2); a callback leads nowhere."""
        stays = not self._post or response.status_code in (307, 308)
        return response.has_redirect_location and stays and not self._request.callback

    def _http_request(self) -> httpx.Request:
        headers = [(name.encode(), value) for name, value in self._headers()]
        extensions = {"timeout": self._timeout.as_dict(), "trace": self._trace}
        method, content = ("POST", self._post.body) if self._post else ("GET", None)
        return httpx.Request(method, self.trail.url, headers=headers, content=content, extensions=extensions)

    async def _trace(self, event: str, _info: Mapping[str, object]) -> None:
        """httpcore's progress. The host sees the request now, not when it was let go to connect."""
        if event == "http11.send_request_headers.complete":
            self._sent(self._clock())

    def _headers(self) -> Iterator[tuple[str, bytes]]:
        """This hop's headers. The feed's own come first and replace ours, on its own origin only."""
        own = dict(self._own_headers())
        yield from own.items()
        ours = {"User-Agent": self._user_agent.encode(), "Accept": ACCEPT.encode()}
        taken = {name.lower() for name in own}
        yield from ((name, value) for name, value in ours.items() if name.lower() not in taken)
        yield "Accept-Encoding", b"gzip"
        yield "Connection", b"close"
        if self._post:
            yield "Content-Type", self._post.content_type.encode()
        yield from self._conditions()

    def _own_headers(self) -> Iterator[tuple[str, bytes]]:
        listed = httpx.URL(self._request.url)
        if _origin(self.trail.url) != _origin(listed):
            return
        if listed.userinfo and "authorization" not in map(str.lower, self._request.headers):
            credentials = f"{listed.username}:{listed.password}".encode()
            yield "Authorization", b"Basic " + base64.b64encode(credentials)
        for name, value in self._request.headers.items():
            if name.lower() not in ("accept-encoding", "connection"):
                yield name, value.encode()

    def _conditions(self) -> Iterator[tuple[str, bytes]]:
        """The validators, as they were received, and both to the address of their document only (R20).

        A redirect on the way ignores them (RFC 9110 section 13.2.1). Of another address's document they say nothing: an
        older one counts as not modified since, and newsroom software gives several feeds of a site the same entity tag.
        """
        validators, home = self._request.validators, self._request.document_url or self._request.first
        if self._post or self.trail.url != httpx.URL(home).copy_with(userinfo=b"", fragment=None):
            return
        if validators.etag is not None:
            yield "If-None-Match", validators.etag.encode("latin-1")
        if validators.last_modified is not None:
            yield "If-Modified-Since", validators.last_modified.encode("latin-1")

    async def _outcome(self, response: httpx.Response) -> Fetched | NotModified | Failed:
        """What an answer that is no redirect means."""
        url, status = self.trail.url, response.status_code
        if status == 304 and any(self._conditions()):
            return NotModified(timedelta(0), _freshness(response), str(url), self.trail.permanent_url)
        if self._post and response.is_success:
            return self._fetched(response, b"")
        if not (response.is_success if self._request.callback else status in _DOCUMENT):
            now = self._clock() + _CLOCK_LAG
            return failures.of_status(status, url, response.headers, await _prefix(response), now)
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
            freshness=_freshness(response),
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


def _freshness(response: httpx.Response) -> Freshness:
    """A header that came twice is one list (RFC 9110 section 5.3)."""
    named = response.headers.get
    return Freshness(named("cache-control", ""), named("expires", ""), named("date", ""), named("age", ""))


def _raw(response: httpx.Response, name: bytes) -> str | None:
    """A header byte for byte, as Latin-1: what is sent back must be what came (R20)."""
    return next((value.decode("latin-1") for key, value in response.headers.raw if key.lower() == name), None)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port; httpx gives None for a scheme's own port."""
    return url.scheme, url.host, url.port
