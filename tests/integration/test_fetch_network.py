"""Redirects (R26, R28), addresses (R31) and TLS: publishers on this machine with names and addresses of an Internet."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub.models import FailureKind, FetchRequest, NotModified, Upload, Validators
from feedhub.net.fetch import Fetcher
from feedhub.net.guard import Address
from feedhub.net.hosts import HostBudget
from support.certificates import certificate, https_publisher
from support.fetching import AGENT, NO_AUTHORITY, NOW, RSS, failed, fetched
from support.internet import Internet
from support.publisher import Publisher, Request

pytestmark = pytest.mark.anyio

NAMES = {"a.example": ["1.1.1.1"], "b.example": ["2606:4700::1111"], "c.example": ["8.8.8.8 9.9.9.9"]}


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        yield server


@asynccontextmanager
async def on(internet: Internet, ssl_context: ssl.SSLContext | None = NO_AUTHORITY) -> AsyncIterator[Fetcher]:
    """A fetcher that may not go to private addresses, on this Internet."""
    fetcher = Fetcher(
        AGENT,
        allow_private=False,
        deadline=timedelta(seconds=2),
        resolve=internet.resolve,
        network=internet,
        ssl_context=ssl_context,
    )
    yield fetcher


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with on(Internet(NAMES)) as fetcher:
        yield fetcher


def at(host: str, publisher: Publisher, path: str) -> str:
    return f"http://{host}:{publisher.port}{path}"


# --- redirects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [
        ([], None), ([301], "/1"), ([308], "/1"), ([302], None), ([303], None), ([307], None),
        ([301, 308], "/2"), ([301, 302], None), ([302, 301], None), ([301, 302, 301], None),
    ],
)  # fmt: skip
async def test_r26_a_way_of_permanent_redirects_alone_is_reported(
    fetcher: Fetcher, publisher: Publisher, statuses: list[int], permanent: str | None
) -> None:
    """One temporary hop, wherever it is, and nothing is permanent; a 304 says it as well as a document."""
    for hop, status in enumerate(statuses):
        publisher.redirect(f"/{hop}", f"{hop + 1}", status)
    publisher.serve(f"/{len(statuses)}", RSS, etag='"1"')
    address = at("a.example", publisher, "/0")
    first = await fetched(fetcher, address)
    again = await fetcher.fetch(FetchRequest(address, first.validators, document_url=first.url), NOW)
    assert isinstance(again, NotModified)
    for result in (first, again):
        assert result.url == at("a.example", publisher, f"/{len(statuses)}")
        assert result.permanent_url == (permanent and at("a.example", publisher, permanent))


@pytest.mark.parametrize(("hops", "arrives"), [(5, True), (6, False)])
async def test_r28_five_redirects_are_followed_and_no_sixth(
    fetcher: Fetcher, publisher: Publisher, hops: int, arrives: bool
) -> None:
    """The sixth target is not even asked."""
    for hop in range(hops):
        publisher.redirect(f"/{hop}", f"/{hop + 1}")
    publisher.serve(f"/{hops}", RSS)
    if arrives:
        await fetched(fetcher, at("a.example", publisher, "/0"))
    else:
        assert (await failed(fetcher, at("a.example", publisher, "/0"))).kind is FailureKind.REDIRECT_LOOP
    assert len(publisher.requests) == 6


@pytest.mark.parametrize("target", ["/feed", "", "#here", "/other", "//b.example:{port}/feed"])
async def test_r26_loops_end(fetcher: Fetcher, publisher: Publisher, target: str) -> None:
    """At once, when an address comes back that was asked before."""
    publisher.redirect("/feed", target.format(port=publisher.port))
    publisher.redirect("/other", "/feed")
    assert (await failed(fetcher, at("a.example", publisher, "/feed"))).kind is FailureKind.REDIRECT_LOOP
    assert len(publisher.requests) <= 2


@pytest.mark.parametrize(
    "target",
    [
        *("file:///etc/passwd", "ftp://a.example/feed", "gopher://a.example:70/1", "data:,x", "http://a:b/"),
        *("http://127.0.0.1:99999/", "http://a.example:65536/", "http://127.0.0.1:-1/"),
    ],
)
async def test_r31_a_redirect_leads_only_to_http(fetcher: Fetcher, publisher: Publisher, target: str) -> None:
    """A target that is not http or https, or no address at all, is broken."""
    publisher.redirect("/feed", target)
    result = await failed(fetcher, at("a.example", publisher, "/feed?key=hush"))
    assert (result.kind, "hush" in result.detail) == (FailureKind.BROKEN, False)


async def test_own_headers_stay_with_their_origin(fetcher: Fetcher, publisher: Publisher) -> None:
    """Neither the feed's headers nor its user and password reach another host, and a redirect cannot set others."""
    publisher.redirect("/feed", "/moved")
    publisher.redirect("/moved", f"http://evil:pass@b.example:{publisher.port}/feed2#x")
    publisher.serve("/feed2", RSS)
    address = f"http://me:pass@a.example:{publisher.port}/feed"
    result = await fetched(fetcher, FetchRequest(address, headers={"X-Key": "hush"}))
    assert [(r.header("X-Key"), bool(r.header("Authorization"))) for r in publisher.requests] == [
        ("hush", True),
        ("hush", True),
        (None, False),
    ]
    assert publisher.requests[2].header("User-Agent") == AGENT
    assert result.url == at("b.example", publisher, "/feed2")


async def test_another_port_is_another_origin(fetcher: Fetcher, publisher: Publisher) -> None:
    """As RFC 6454 has it."""
    with Publisher() as other:
        publisher.redirect("/feed", at("a.example", other, "/feed"))
        other.serve("/feed", RSS)
        await fetched(fetcher, FetchRequest(at("a.example", publisher, "/feed"), headers={"X-Key": "hush"}))
        assert other.requests[0].header("X-Key") is None


async def test_r20_validators_reach_the_document_behind_redirects(fetcher: Fetcher, publisher: Publisher) -> None:
    """Both of them, on whatever host it is, and no address on the way: else such a feed could never answer 304."""
    publisher.redirect("/old", "/feed", 301)
    publisher.redirect("/feed", at("b.example", publisher, "/feed2"))
    publisher.serve("/feed2", RSS, etag='"1"', last_modified="Tue, 03 Nov 2026 09:00:00 GMT")
    address = at("a.example", publisher, "/old")
    first = await fetched(fetcher, address)
    again = await fetcher.fetch(FetchRequest(address, first.validators, document_url=first.url), NOW)
    assert isinstance(again, NotModified)
    sent = [(r.path, r.header("If-None-Match"), r.header("If-Modified-Since")) for r in publisher.requests[3:]]
    assert sent == [("/old", None, None), ("/feed", None, None), ("/feed2", '"1"', "Tue, 03 Nov 2026 09:00:00 GMT")]


async def test_r20_validators_say_nothing_about_another_addresss_document(
    fetcher: Fetcher, publisher: Publisher
) -> None:
    """A feed that moves to an older copy must be read, and so must one whose software calls it the same version."""
    publisher.redirect("/feed", "/feed2")
    publisher.serve("/feed2", RSS, etag='"1"', last_modified="Mon, 02 Nov 2026 09:00:00 GMT")
    validators = Validators('"1"', "Mon, 02 Nov 2026 09:00:00 GMT")
    address = at("a.example", publisher, "/feed")
    for document in (None, at("a.example", publisher, "/feed1"), at("b.example", publisher, "/feed2")):
        await fetched(fetcher, FetchRequest(address, validators, document_url=document))
    assert not any(r.header("If-None-Match") or r.header("If-Modified-Since") for r in publisher.requests_to("/feed2"))


async def test_r26_the_new_address_is_asked_in_place_of_the_listed_one(fetcher: Fetcher, publisher: Publisher) -> None:
    """Headers, user and password of the listed address go along to its own origin only."""
    publisher.serve("/feed2", RSS, etag='"1"')
    listed = f"http://me:pass@a.example:{publisher.port}/feed"
    for host, expected in (("a.example", ("hush", True)), ("b.example", (None, False))):
        new = at(host, publisher, "/feed2")
        request = FetchRequest(listed, Validators('"1"'), {"X-Key": "hush"}, moved_to=new, document_url=new)
        assert isinstance(await fetcher.fetch(request, NOW), NotModified)
        last = publisher.requests[-1]
        assert (last.path, last.header("X-Key"), bool(last.header("Authorization"))) == ("/feed2", *expected)
    assert not publisher.requests_to("/feed")


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ],
)
async def test_r31_this_machine_is_refused_under_all_its_names(publisher: Publisher, host: str) -> None:
    """By the system's own resolver, and nothing is asked of it."""
    publisher.serve("/feed", RSS)
    fetcher = Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=False)
    result = await failed(fetcher, at(host, publisher, "/feed"))
    assert result.kind is FailureKind.PRIVATE_ADDRESS
    assert not publisher.requests


async def test_r31_private_addresses_are_asked_where_allowed(publisher: Publisher) -> None:
    """For development and intranets."""
    publisher.serve("/feed", RSS)
    fetcher = Fetcher(AGENT, ssl_context=NO_AUTHORITY, allow_private=True)
    await fetched(fetcher, at("localhost", publisher, "/feed"))


@pytest.mark.parametrize("target", ["127.0.0.1", "intranet.example", "169.254.169.254", "[fd00::1]"])
async def test_r31_a_redirect_to_a_private_address_is_refused(publisher: Publisher, target: str) -> None:
    """The gate stands before every hop."""
    internet = Internet({**NAMES, "intranet.example": ["10.0.0.7"]})
    publisher.redirect("/feed", at(target, publisher, "/secret"))
    async with on(internet) as fetcher:
        result = await failed(fetcher, at("a.example", publisher, "/feed"))
    assert result.kind is FailureKind.PRIVATE_ADDRESS
    assert [request.path for request in publisher.requests] == ["/feed"]
    assert internet.reached == ["1.1.1.1"]


@pytest.mark.parametrize("answer", ["1.1.1.1 10.0.0.1", "192.168.1.1 1.1.1.1", "2606:4700::1 ::1"])
async def test_r31_one_private_address_among_public_ones_is_enough(publisher: Publisher, answer: str) -> None:
    """Every address has to be public."""
    internet = Internet({"a.example": [answer]})
    async with on(internet) as fetcher:
        result = await failed(fetcher, at("a.example", publisher, "/feed"))
    assert (result.kind, internet.reached) == (FailureKind.PRIVATE_ADDRESS, [])


async def test_r31_dns_rebinding_changes_nothing(publisher: Publisher) -> None:
    """The name is resolved once for each connection, and the address that was checked is the one connected to."""
    publisher.serve("/feed", RSS)
    internet = Internet({"a.example": ["1.1.1.1", "127.0.0.1"]})
    async with on(internet) as fetcher:
        await fetched(fetcher, at("a.example", publisher, "/feed"))
        assert (internet.asked, internet.reached) == (["a.example"], ["1.1.1.1"])
        assert (await failed(fetcher, at("a.example", publisher, "/feed"))).kind is FailureKind.PRIVATE_ADDRESS
    assert internet.reached == ["1.1.1.1"]


async def test_r23_the_spacing_counts_from_when_a_request_goes_out(publisher: Publisher) -> None:
    """R23: as the host sees it. The first one here takes longer to find its way than the second."""
    publisher.serve("/feed", RSS)
    internet = Internet(NAMES)

    async def resolve(host: str, port: int) -> list[Address]:
        if not internet.asked:
            await asyncio.sleep(0.3)
        return await internet.resolve(host, port)

    spaced = HostBudget(9, timedelta(seconds=0.5))
    fetcher = Fetcher(
        AGENT, allow_private=False, hosts=spaced, resolve=resolve, network=internet, ssl_context=NO_AUTHORITY
    )
    await asyncio.gather(*(fetched(fetcher, at("a.example", publisher, "/feed")) for _ in range(3)))
    first, second, third = sorted(request.at for request in publisher.requests)
    assert min(second - first, third - second) >= 0.5 - 0.1


async def test_r23_who_waits_for_a_host_takes_no_slot_from_another(publisher: Publisher) -> None:
    """R23: two slots, ten requests that wait for one host's spacing, and another host is asked meanwhile."""
    publisher.serve("/feed", RSS)
    spaced, internet = HostBudget(64, timedelta(seconds=0.1)), Internet(NAMES)
    fetcher = Fetcher(
        AGENT,
        allow_private=False,
        hosts=spaced,
        slots=2,
        resolve=internet.resolve,
        network=internet,
        ssl_context=NO_AUTHORITY,
    )
    hosts = ["a.example"] * 10 + ["c.example"]
    await asyncio.gather(*(fetched(fetcher, at(host, publisher, "/feed")) for host in hosts))
    order = [(request.header("Host") or "").partition(":")[0] for request in sorted(publisher.requests, key=_moment)]
    assert order.index("c.example") < 5


def _moment(request: Request) -> float:
    return request.at


@pytest.mark.parametrize("fault", ["dead", "silent"])
async def test_the_next_address_is_tried_where_one_fails(publisher: Publisher, fault: str) -> None:
    """An unreachable IPv6 address does not make a host unreachable, and a silent one leaves time for the next."""
    publisher.serve("/feed", RSS)
    names = {"a.example": ["2606:4700::1 1.1.1.1"]}
    internet = Internet(names, dead=["2606:4700::1"]) if fault == "dead" else Internet(names, silent=["2606:4700::1"])
    async with on(internet) as fetcher:
        await fetched(fetcher, at("a.example", publisher, "/feed"))
    assert internet.reached == ["2606:4700::1", "1.1.1.1"]


async def test_r28_a_host_that_cannot_be_connected_to_has_its_class(publisher: Publisher) -> None:
    """Unknown names, names without address, closed and silent ports."""
    names = {"none.example": [""], "dead.example": ["1.1.1.1 9.9.9.9"], "silent.example": ["8.8.8.8"]}
    internet = Internet(names, dead=["1.1.1.1", "9.9.9.9"], silent=["8.8.8.8"])
    async with on(internet) as fetcher:
        kinds = {host: (await failed(fetcher, at(host, publisher, "/"))).kind for host in ["lost.example", *names]}
    assert kinds == {
        "lost.example": "dns",
        "none.example": "dns",
        "dead.example": "refused",
        "silent.example": "timeout",
    }


async def test_r31_proxy_variables_do_not_lead_round_the_gate(
    fetcher: Fetcher, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would connect in our place, unchecked."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    publisher.serve("/feed", RSS)
    await fetched(fetcher, at("a.example", publisher, "/feed"))


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "host", "trusted", "reason"),
    [
        (30, "a.example", False, "self-signed certificate"),
        (30, "b.example", True, "b.example'"),
        (-1, "a.example", True, "certificate has expired"),
    ],
    ids=["unknown authority", "another name", "expired"],
)
async def test_r28_a_certificate_that_does_not_hold_is_a_tls_failure(
    tmp_path: Path, days: int, host: str, trusted: bool, reason: str
) -> None:
    """With the reason; and nothing is asked of such a server."""
    pem = certificate(tmp_path, days=days)
    context = ssl.create_default_context(cafile=str(pem)) if trusted else None
    with https_publisher(pem) as publisher:
        async with on(Internet(NAMES), context) as fetcher:
            result = await failed(fetcher, f"https://{host}:{publisher.port}/feed")
        assert not publisher.requests
    assert result.kind is FailureKind.TLS
    assert reason in result.detail


async def test_tls_verifies_the_name_while_connecting_to_the_address(tmp_path: Path) -> None:
    """The address that was checked is connected to, the certificate is the name's."""
    pem = certificate(tmp_path, days=30)
    internet = Internet(NAMES)
    with https_publisher(pem) as publisher:
        publisher.serve("/feed", RSS)
        async with on(internet, ssl.create_default_context(cafile=str(pem))) as fetcher:
            await fetched(fetcher, f"https://a.example:{publisher.port}/feed")
    assert internet.reached == ["1.1.1.1"]


async def test_a_form_is_not_sent_on_over_an_open_line(tmp_path: Path, publisher: Publisher) -> None:
    """What it says was for one who is known by a certificate."""
    pem = certificate(tmp_path, days=30)
    publisher.serve("/hub", b"", status=202)
    with https_publisher(pem) as secure:
        secure.redirect("/hub", at("a.example", publisher, "/hub"), 307)
        async with on(Internet(NAMES), ssl.create_default_context(cafile=str(pem))) as fetcher:
            request = FetchRequest(
                f"https://a.example:{secure.port}/hub", post=Upload(b"hub.secret=between+the+rivers")
            )
            result = await failed(fetcher, request)
    assert (result.kind, publisher.requests) == (FailureKind.TLS, [])
    assert result.detail.endswith("sends a form on over an open line.")


async def test_r28_a_server_without_tls_is_a_tls_failure(fetcher: Fetcher, publisher: Publisher) -> None:
    """https to a plain http port."""
    assert (await failed(fetcher, f"https://a.example:{publisher.port}/feed")).kind is FailureKind.TLS


async def test_r28_a_connection_cut_in_the_handshake_is_a_tls_failure(fetcher: Fetcher) -> None:
    """The port accepts, and hangs up on the greeting."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        result = await failed(fetcher, f"https://a.example:{port}/feed")
    assert result.kind is FailureKind.TLS
