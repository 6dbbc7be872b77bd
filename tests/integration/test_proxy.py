"""The one proxy that an operator can name, with a real one on this machine: http and https, all that fetches."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

import pytest

from feedhub.models import FailureKind
from feedhub.net.fetch import Fetcher
from feedhub.net.proxy import Proxy as ProxyAddress
from feedhub.store.database import Store, sqlite_url
from support.certificates import certificate, https_publisher
from support.desk import Desk, Engine
from support.feeds import NOON, item, rss
from support.fetching import AGENT, NO_AUTHORITY, RSS, failed, fetched
from support.internet import closed_port
from support.proxy import Proxy
from support.publisher import Publisher

pytestmark = pytest.mark.anyio

SHAPE = "it must be http://HOST:PORT or http://USER:PASSWORD@HOST:PORT"


def through(port: int, user: str = "", ssl_context: ssl.SSLContext | None = None) -> Fetcher:
    """A fetcher that may ask public addresses only, by this proxy."""
    proxy = ProxyAddress.parse(f"http://{user}127.0.0.1:{port}")
    return Fetcher(AGENT, allow_private=False, proxy=proxy, ssl_context=ssl_context or NO_AUTHORITY)


@pytest.mark.parametrize("user", ["", "me:s%3Acret@"])
async def test_an_http_address_is_asked_through_the_proxy(publisher: Publisher, user: str) -> None:
    """By its whole address, with the proxy's own password, which the publisher does not get."""
    publisher.serve("/feed", RSS)
    with Proxy(password="me:s:cret" if user else "") as proxy:
        await fetched(through(proxy.port, user), f"http://a.example:{publisher.port}/feed?x=1")
    assert proxy.asked == [f"GET http://a.example:{publisher.port}/feed?x=1"]
    (request,) = publisher.requests
    names = sorted(name.lower() for name, _ in request.headers)
    assert names == ["accept", "accept-encoding", "connection", "host", "user-agent"]
    assert request.header("Host") == f"a.example:{publisher.port}"


@pytest.mark.parametrize("user", ["", "me:s%3Acret@"])
async def test_an_https_address_is_asked_through_a_tunnel(tmp_path: Path, user: str) -> None:
    """CONNECT; the certificate is the publisher's, and the proxy sees no header and no path."""
    pem = certificate(tmp_path, days=30)
    with https_publisher(pem) as publisher, Proxy(password="me:s:cret" if user else "") as proxy:
        publisher.serve("/feed", RSS)
        fetcher = through(proxy.port, user, ssl.create_default_context(cafile=str(pem)))
        await fetched(fetcher, f"https://a.example:{publisher.port}/feed")
        assert (await failed(fetcher, f"https://b.example:{publisher.port}/feed")).kind is FailureKind.TLS
        assert proxy.asked[0] == f"CONNECT a.example:{publisher.port}"
        assert "/feed" not in proxy.heads[0]
        assert AGENT not in proxy.heads[0]
        assert [name for name, _ in publisher.requests[0].headers if name.lower().startswith("proxy")] == []


async def test_a_redirect_goes_through_the_proxy_too(publisher: Publisher) -> None:
    """The proxy judges it: feedhub's own check of addresses sees the proxy alone."""
    publisher.redirect("/feed", f"http://b.example:{publisher.port}/feed2")
    publisher.serve("/feed2", RSS)
    with Proxy() as proxy:
        await fetched(through(proxy.port), f"http://a.example:{publisher.port}/feed")
    assert [asked.split("/")[2].split(":")[0] for asked in proxy.asked] == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("refuses", "kind"), [(403, "forbidden"), (407, "forbidden"), (502, "refused"), (503, "refused")]
)
async def test_a_proxy_that_refuses_a_tunnel_is_named(refuses: int, kind: str) -> None:
    """Not the publisher, who was not asked; a proxy without a way out is our own fault (R25)."""
    with Proxy(refuses=refuses) as proxy:
        result = await failed(through(proxy.port), "https://a.example/feed")
    assert (result.kind, result.detail) == (kind, f"a.example was not asked, as the proxy answered {_said(refuses)}.")


def _said(status: int) -> str:
    return f"{status} No"


async def test_a_wrong_password_is_the_proxys_matter_and_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """For http and https; no sentence and no log of the libraries holds it."""
    caplog.set_level(logging.DEBUG)
    with Proxy(password="me:right") as proxy:
        fetcher = through(proxy.port, "me:wr0ng@")
        for scheme in ("http", "https"):
            result = await failed(fetcher, f"{scheme}://a.example/feed")
            assert result.kind is FailureKind.FORBIDDEN
            assert "proxy" in result.detail
            assert "wr0ng" not in result.detail
    assert "wr0ng" not in caplog.text + repr(ProxyAddress.parse("http://me:wr0ng@h:1"))


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_cannot_be_reached_is_named(scheme: str) -> None:
    """As `refused`, which a missing network is known by (R25)."""
    result = await failed(through(closed_port()), f"{scheme}://a.example/feed")
    assert result.kind is FailureKind.REFUSED
    assert result.detail == "a.example was not asked, as the proxy could not be reached: Connection refused."


async def test_the_standard_variables_stay_ignored(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also beside a named one, and `no_proxy` makes no exception of it."""
    publisher.serve("/feed", RSS)
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "*")
    with Proxy() as proxy:
        await fetched(through(proxy.port), f"http://a.example:{publisher.port}/feed")
    assert len(proxy.asked) == 1


def test_feeds_pages_and_robots_txt_go_through_the_proxy(tmp_path: Path, engine: Engine, publisher: Publisher) -> None:
    """All that is fetched has one door."""
    publisher.serve("/tigris", rss(item(1)))
    publisher.serve("/news", "<ul><li><a href='/1'>A bridge</a></li></ul>", content_type="text/html")
    store = Store.open(sqlite_url(tmp_path / "data"))
    with Proxy() as proxy:
        address = ProxyAddress.parse(f"http://127.0.0.1:{proxy.port}")
        with Desk(store, tmp_path, engine, allow_private=False, proxy=address) as desk:
            at = f"http://outlet.example:{publisher.port}"
            page = f"{{id: news, url: '{at}/news', kind: page, select: {{item: li}}}}"
            desk.configure(f"feeds: [{{id: tigris, url: '{at}/tigris'}}, {page}]\n")
            desk.poll(NOON)
            states = [desk.status(name).state for name in ("tigris", "news")]
    store.close()
    assert states == ["ok", "ok"]
    assert sorted(proxy.asked) == [f"GET {at}{path}" for path in ("/news", "/robots.txt", "/tigris")]


@pytest.mark.parametrize(
    ("text", "url", "credentials"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128", None),
        ("http://PROXY.example:3128/", "http://proxy.example:3128", None),
        ("http://me:p%40ss@10.0.0.1:80", "http://10.0.0.1:80", ("me", "p@ss")),
        ("http://me@[::1]:8080", "http://[::1]:8080", ("me", "")),
    ],
)
def test_a_proxys_address_is_read(text: str, url: str, credentials: tuple[str, str] | None) -> None:
    """User and password are decoded."""
    assert ProxyAddress.parse(text) == ProxyAddress(url, credentials)


@pytest.mark.parametrize(
    "text",
    [
        *("proxy.example:3128", "proxy", "http://proxy.example", "https://proxy.example:3128", "socks5://h:1080"),
        *("http://:3128", "http://h:0", "http://h:99999", "http://h:x", "http://h:1/path", "http://h:1?x", "http://h:1#x"),
        *("http://h h:1", "http://h:1\r\nX: y", "http://me:s3cret@h"),
    ],
)  # fmt: skip
def test_what_is_no_proxys_address_is_said_without_the_value(text: str) -> None:
    """It may hold a password."""
    with pytest.raises(ValueError, match="must be") as raised:
        ProxyAddress.parse(text)
    assert str(raised.value) == SHAPE
