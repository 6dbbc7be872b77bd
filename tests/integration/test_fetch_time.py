"""One total deadline, and connections that break, against a real server on this machine (R28)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from feedhub.models import FailureKind, FetchRequest
from feedhub.net.fetch import Fetcher
from feedhub.net.hosts import HostBudget
from support.fetching import AGENT, NO_AUTHORITY, RSS, failed, fetched
from support.internet import closed_port
from support.publisher import Connection, Publisher, Request, head

pytestmark = pytest.mark.anyio

DEADLINE = timedelta(seconds=0.6)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    fetcher = Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=True, deadline=DEADLINE)
    yield fetcher


async def test_r28_an_endless_body_is_too_big(fetcher: Fetcher, publisher: Publisher) -> None:
    """However it is cut into chunks; the connection is closed on it."""
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    publisher.endless("/feed", start, b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
    result = await failed(fetcher, FetchRequest(publisher.url("/feed"), max_size=200_000))
    assert result.kind is FailureKind.TOO_BIG


@pytest.mark.parametrize("path", ["/nothing", "/redirect-to-nothing", "/slow-headers", "/endless-100-continue"])
async def test_r28_no_answer_by_the_deadline_is_a_timeout(fetcher: Fetcher, publisher: Publisher, path: str) -> None:
    """Bytes that keep coming do not stretch it."""
    publisher.hang("/nothing")
    publisher.redirect("/redirect-to-nothing", "/nothing")
    publisher.drip("/slow-headers", head(200, {"Content-Length": "1"}) + b"x", every=0.05)
    publisher.behave("/endless-100-continue", _continue)
    result = await failed(fetcher, publisher.url(path))
    assert (result.kind, result.status) == (FailureKind.TIMEOUT, None)
    assert DEADLINE <= result.elapsed < DEADLINE + timedelta(seconds=0.5)


@pytest.mark.parametrize("hops", [0, 1])
async def test_r28_a_body_unfinished_by_the_deadline_is_too_slow(
    fetcher: Fetcher, publisher: Publisher, hops: int
) -> None:
    """There is one deadline for all: redirects use it up too."""

    def slow(connection: Connection, _: Request) -> None:
        connection.pause(0.3)
        connection.answer(302, {"Location": "/feed"})

    def drip(connection: Connection, _: Request) -> None:
        connection.send(head(200, {}))
        while True:
            connection.send(b"x")
            connection.pause(0.05)

    publisher.behave("/old", slow)
    publisher.behave("/feed", drip)
    result = await failed(fetcher, publisher.url("/old" if hops else "/feed"))
    assert result.kind is FailureKind.TOO_SLOW
    assert DEADLINE <= result.elapsed < DEADLINE + timedelta(seconds=0.5)


async def test_a_slow_error_page_does_not_hide_its_status(publisher: Publisher) -> None:
    """The status was there in time."""
    publisher.drip("/feed", head(410, {}) + b"x" * 1000, every=0.005)
    fetcher = Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=True, deadline=timedelta(seconds=20))
    result = await failed(fetcher, publisher.url("/feed"))
    assert result.kind is FailureKind.GONE
    assert result.elapsed < timedelta(seconds=5)


async def test_a_connection_cut_before_an_answer_is_refused(fetcher: Fetcher, publisher: Publisher) -> None:
    """As is a port where nobody listens."""
    publisher.reset("/feed")
    assert (await failed(fetcher, publisher.url("/feed"))).kind is FailureKind.REFUSED
    result = await failed(fetcher, f"http://127.0.0.1:{closed_port()}/feed")
    assert (result.kind, result.detail) == (FailureKind.REFUSED, "127.0.0.1 could not be reached: Connection refused.")


async def test_a_connection_cut_in_an_answer_is_broken(fetcher: Fetcher, publisher: Publisher) -> None:
    """The document is not whole."""

    def cut(connection: Connection, _: Request) -> None:
        connection.send(head(200, {"Content-Length": "1000"}) + RSS)
        connection.pause(0.1)
        connection.reset()

    publisher.behave("/feed", cut)
    assert (await failed(fetcher, publisher.url("/feed"))).kind is FailureKind.BROKEN


async def test_slots_bound_what_is_under_way_and_the_deadline_waits_for_one(publisher: Publisher) -> None:
    """With one slot, four slow feeds are fetched one after the other, and each has its whole deadline."""

    def slow(connection: Connection, _: Request) -> None:
        connection.pause(0.25)
        connection.answer(200, {}, RSS)

    publisher.behave("/feed", slow)
    hosts = HostBudget(9, timedelta(0))
    fetcher = Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=True, deadline=DEADLINE, slots=1, hosts=hosts)
    await asyncio.gather(*(fetched(fetcher, publisher.url("/feed")) for _ in range(4)))
    starts = [request.at for request in publisher.requests]
    assert all(later - earlier >= 0.25 for earlier, later in pairwise(starts))


def _continue(connection: Connection, _: Request) -> None:
    while True:
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.pause(0.02)
