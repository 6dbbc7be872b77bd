"""One GET against a real server on this machine: what is sent, and what each answer counts as."""

from __future__ import annotations

import gzip
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from feedhub.models import FailureKind, FetchRequest, Freshness, NotModified, Validators
from feedhub.net.fetch import Fetcher
from support.fetching import AGENT, NO_AUTHORITY, NOW, RSS, failed, fetched
from support.publisher import Publisher, head

pytestmark = pytest.mark.anyio

DATE = "Tue, 03 Nov 2026 09:00:00 GMT"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    fetcher = Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=True)
    yield fetcher


# --- what is sent -----------------------------------------------------------------------------------------------------


async def test_r20_a_request_says_who_asks_and_for_what(fetcher: Fetcher, publisher: Publisher) -> None:
    """User-Agent as given, Accept with feed types, gzip only; no cookies, no Referer, the query as configured."""
    publisher.serve("/feed", RSS)
    await fetched(fetcher, publisher.url("/feed?lang=ar&x=%2F"))
    (request,) = publisher.requests
    names = [name.lower() for name, _ in request.headers]
    assert sorted(names) == ["accept", "accept-encoding", "connection", "host", "user-agent"]
    assert request.target == "/feed?lang=ar&x=%2F"
    assert request.header("User-Agent") == AGENT
    assert request.header("Accept-Encoding") == "gzip"
    accept = request.header("Accept") or ""
    assert all(
        f"application/{name}+{form}" in accept for name, form in (("atom", "xml"), ("rss", "xml"), ("feed", "json"))
    )


async def test_r20_cookies_are_not_kept(fetcher: Fetcher, publisher: Publisher) -> None:
    """Neither for the next hop nor for the next request."""
    cookie = {"Set-Cookie": "session=1; Path=/"}
    publisher.redirect("/old", "/feed", headers=cookie)
    publisher.serve("/feed", RSS, headers=cookie)
    for _ in range(2):
        await fetched(fetcher, publisher.url("/old"))
    assert len(publisher.requests) == 4
    assert all(request.header("Cookie") is None for request in publisher.requests)
    assert all(request.header("Referer") is None for request in publisher.requests)


@pytest.mark.parametrize("etag", ['"1"', 'W/"a,b"', "unquoted", '"\xe9\xfc"', '"' + "x" * 300 + '"'])
async def test_r20_validators_travel_byte_for_byte(fetcher: Fetcher, publisher: Publisher, etag: str) -> None:
    """Whatever the server calls its version comes back to it as it was, and both validators do."""
    publisher.serve("/feed", RSS, etag=etag, last_modified="Tue,  3 nov 2026 9:00:00 EST")
    first = await fetched(fetcher, publisher.url("/feed"))
    assert first.validators == Validators(etag, "Tue,  3 nov 2026 9:00:00 EST")
    second = await fetcher.fetch(FetchRequest(publisher.url("/feed"), first.validators), NOW)
    assert isinstance(second, NotModified)
    assert publisher.requests[1].header("If-None-Match") == etag
    assert publisher.requests[1].header("If-Modified-Since") == first.validators.last_modified


async def test_r20_validators_are_the_pair_of_one_response(fetcher: Fetcher, publisher: Publisher) -> None:
    """An answer without an ETag has none, whatever was sent."""
    publisher.serve("/feed", RSS, last_modified=DATE)
    result = await fetched(fetcher, FetchRequest(publisher.url("/feed"), Validators('"old"', DATE)))
    assert result.validators == Validators(None, DATE)


async def test_r21_an_unchanged_etag_on_a_changed_body_is_a_fetch(fetcher: Fetcher, publisher: Publisher) -> None:
    """A 200 is a document, whatever its ETag says."""
    publisher.behave("/feed", lambda connection, _: connection.answer(200, {"ETag": '"1"'}, RSS + b"<!-- 2 -->"))
    result = await fetched(fetcher, FetchRequest(publisher.url("/feed"), Validators('"1"')))
    assert result.body == RSS + b"<!-- 2 -->"


async def test_r27_an_answer_says_how_long_it_stays_fresh(fetcher: Fetcher, publisher: Publisher) -> None:
    """Of a 200 and of a 304, as the headers stand there; a header that comes twice is one list."""
    aging = "Cache-Control: public\r\nCache-Control: max-age=600\r\nExpires: 0\r\nDate: now\r\nAge: 7\r\n"
    said = Freshness("public, max-age=600", "0", "now", "7")
    publisher.raw("/feed", f"HTTP/1.1 200 OK\r\n{aging}Connection: close\r\n\r\n".encode() + RSS)
    assert (await fetched(fetcher, publisher.url("/feed"))).freshness == said
    publisher.raw("/feed", f"HTTP/1.1 304 Not Modified\r\n{aging}Connection: close\r\n\r\n".encode())
    result = await fetcher.fetch(FetchRequest(publisher.url("/feed"), Validators('"1"')), NOW)
    assert isinstance(result, NotModified)
    assert result.freshness == said
    publisher.serve("/feed", RSS)
    assert (await fetched(fetcher, publisher.url("/feed"))).freshness == Freshness()


async def test_a_304_to_an_unconditional_request_is_broken(fetcher: Fetcher, publisher: Publisher) -> None:
    """Nothing was there to be unchanged."""
    publisher.raw("/feed", head(304, {}))
    assert (await failed(fetcher, publisher.url("/feed"))).kind is FailureKind.BROKEN


async def test_the_feeds_own_headers_are_sent_and_may_replace_ours(fetcher: Fetcher, publisher: Publisher) -> None:
    """All but what the transfer depends on; user and password of the address become Basic authorization."""
    publisher.serve("/feed", RSS)
    headers = {"X-Key": "ключ", "user-agent": "Mozilla/5.0", "accept-encoding": "br"}
    address = publisher.url("/feed").replace("http://", "http://us%40er:p%3Ass@")
    result = await fetched(fetcher, FetchRequest(address, headers=headers))
    (request,) = publisher.requests
    assert (request.header("X-Key") or "").encode("latin-1").decode() == "ключ"
    assert [value for name, value in request.headers if name.lower() == "user-agent"] == ["Mozilla/5.0"]
    assert [value for name, value in request.headers if name.lower() == "accept-encoding"] == ["gzip"]
    assert request.header("Authorization") == "Basic dXNAZXI6cDpzcw=="
    assert result.url == publisher.url("/feed")
    await fetched(fetcher, FetchRequest(address, headers={"authorization": "Bearer 1"}))
    assert [value for name, value in publisher.requests[1].headers if name.lower() == "authorization"] == ["Bearer 1"]


@pytest.mark.parametrize("headers", [{"X-Key": "a\r\nX-Evil: b"}, {"X Key": "a"}, {"": "a"}])
async def test_headers_that_are_no_http_are_not_sent(
    fetcher: Fetcher, publisher: Publisher, headers: dict[str, str]
) -> None:
    """A line break in a value adds no header of its own; the feed is broken, nothing raises."""
    result = await failed(fetcher, FetchRequest(publisher.url("/feed"), headers=headers))
    assert (result.kind, publisher.requests) == (FailureKind.BROKEN, [])


async def test_secrets_are_neither_told_nor_logged(
    fetcher: Fetcher, publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    """Query, user and password stay out of the sentence and of the libraries' logs."""
    caplog.set_level(logging.DEBUG)
    address = publisher.url("/feed?token=hush").replace("http://", "http://me:hush@")
    result = await failed(fetcher, FetchRequest(address, headers={"X-Key": "hush"}))
    assert result.detail.startswith(f"{publisher.url('/feed')} answered 404")
    assert "hush" not in result.detail + caplog.text


# --- answers ----------------------------------------------------------------------------------------------------------

CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title>"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "broken"), (401, "forbidden"), (403, "forbidden"), (404, "not_found"), (406, "broken"), (410, "gone"),
        (429, "rate_limited"), (451, "forbidden"), (500, "server_error"), (502, "server_error"), (503, "server_error"),
        (204, "broken"), (206, "broken"), (300, "broken"), (302, "broken"),
    ],
)  # fmt: skip
async def test_r28_a_status_has_its_class(fetcher: Fetcher, publisher: Publisher, status: int, kind: str) -> None:
    """And the sentence names it."""
    publisher.serve("/feed", b"" if status == 204 else b"<html>Sorry</html>", status=status, content_type="text/html")
    result = await failed(fetcher, publisher.url("/feed"))
    assert (result.kind, result.status, result.retry_after) == (kind, status, None)
    assert str(status) in result.detail
    assert result.elapsed > timedelta(0)


@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize("zipped", [False, True])
async def test_r28_a_challenge_page_is_blocked(
    fetcher: Fetcher, publisher: Publisher, status: int, zipped: bool
) -> None:
    """A page for browsers is not a refusal, an overload or a fault; a long one is looked at in its beginning."""
    page = CHALLENGE + b"<p>" + b"x" * 100_000
    headers = {"Content-Encoding": "gzip"} if zipped else {}
    publisher.serve("/feed", gzip.compress(page) if zipped else page, status=status, headers=headers)
    assert (await failed(fetcher, publisher.url("/feed"))).kind is FailureKind.BLOCKED


async def test_html_with_a_200_is_left_to_the_parser(fetcher: Fetcher, publisher: Publisher) -> None:
    """It alone knows whether a page was expected."""
    publisher.serve("/feed", CHALLENGE, content_type="text/html; charset=utf-8")
    assert (await fetched(fetcher, publisher.url("/feed"))).content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("value", ["90", format_datetime(NOW + timedelta(seconds=90), usegmt=True)])
@pytest.mark.parametrize(("body", "kind"), [(b"", "rate_limited"), (CHALLENGE, "blocked")])
async def test_r22_retry_after_is_reported(
    fetcher: Fetcher, publisher: Publisher, status: int, value: str, body: bytes, kind: str
) -> None:
    """In both its forms, with both its statuses; a challenge page does not hide it.

    Seconds count from the answer, and one more for a poll's time being behind the clock's.
    """
    publisher.serve("/feed", body, status=status, headers={"Retry-After": value})
    result = await failed(fetcher, publisher.url("/feed"))
    assert result.retry_after
    least = NOW + timedelta(seconds=91 if value == "90" else 90)
    assert least <= result.retry_after < least + timedelta(seconds=2)
    assert result.kind == kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (head(200, {"Content-Length": "1000"}) + RSS, "broken"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<rss\r\n", "broken"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<rss", "broken"),
        (head(200, {"Content-Encoding": "gzip"}) + gzip.compress(RSS)[:-4], "broken"),
        (head(200, {"Content-Encoding": "br"}) + b"\x0b\x02\x80abc\x03", "broken"),
        (head(200, {"Content-Length": "0"}), "broken"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n" + RSS, "broken"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "broken"),
        (b"", "broken"),
        (head(200, {"Content-Length": "60000"}) + b"x", "too_big"),
    ],
    ids=[
        "shorter than announced", "chunks end early", "chunks malformed", "gzip ends early", "brotli", "empty",
        "1 MB header", "not HTTP", "no answer", "announced too big",
    ],
)  # fmt: skip
async def test_r28_a_malformed_answer_has_its_class(
    fetcher: Fetcher, publisher: Publisher, answer: bytes, kind: str
) -> None:
    """And part of a document is never taken for the whole."""
    publisher.raw("/feed", answer)
    result = await failed(fetcher, FetchRequest(publisher.url("/feed"), max_size=50_000))
    assert result.kind == kind


async def test_a_body_longer_than_announced_ends_where_announced(fetcher: Fetcher, publisher: Publisher) -> None:
    """What follows is no part of the answer (RFC 9112 section 6.3)."""
    publisher.raw("/feed", head(200, {"Content-Length": str(len(RSS))}) + RSS + b"<script>")
    assert (await fetched(fetcher, publisher.url("/feed"))).body == RSS


@pytest.mark.parametrize(
    ("headers", "body"),
    [({"Content-Encoding": "gzip"}, gzip.compress(RSS)), ({"Content-Encoding": "gzip"}, RSS), ({}, gzip.compress(RSS))],
    ids=["gzip", "gzip that is none", "gzip unannounced"],
)
async def test_a_body_is_inflated(fetcher: Fetcher, publisher: Publisher, headers: dict[str, str], body: bytes) -> None:
    """Whether the header is right about it or not."""
    publisher.serve("/feed", body, headers=headers)
    assert (await fetched(fetcher, publisher.url("/feed"))).body == RSS


async def test_r28_a_gzip_bomb_is_too_big(fetcher: Fetcher, publisher: Publisher) -> None:
    """The limit is on decompressed bytes: 50 MB in 50 KB are not held."""
    publisher.serve("/feed", gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
    assert (await failed(fetcher, publisher.url("/feed"))).kind is FailureKind.TOO_BIG


async def test_r28_the_limit_is_the_feeds_own(fetcher: Fetcher, publisher: Publisher) -> None:
    """A body of its size is read, one byte more is not, with or without an announced length."""
    publisher.raw("/feed", head(200, {}) + RSS)
    request = FetchRequest(publisher.url("/feed"), max_size=len(RSS))
    assert (await fetched(fetcher, request)).body == RSS
    publisher.raw("/feed", head(200, {}) + RSS + b" ")
    assert (await failed(fetcher, request)).kind is FailureKind.TOO_BIG


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/feed",
        "/feed",
        "http:///feed",
        "http://[::1/",
        "http://a:b/",
        "http://127.0.0.1:99999/",
        "",
    ],
)
async def test_only_http_addresses_are_fetched(fetcher: Fetcher, address: str) -> None:
    """Anything else is broken, without an error raised."""
    assert (await failed(fetcher, address)).kind is FailureKind.BROKEN
