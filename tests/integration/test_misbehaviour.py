"""Whatever one publisher does: its class, one sentence, a time to ask again, and no byte of any output changed (R41).

The rows are in `support.misbehaviour`. Every address leads to this machine, as if it were the Internet.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub.ingest.health import ADVICE
from feedhub.models import FailureKind
from feedhub.store.database import Store, sqlite_url
from support.certificates import certificate, https_publisher
from support.desk import Desk, Engine
from support.feeds import NOON, item, items, rss
from support.fetching import NO_AUTHORITY
from support.internet import Internet
from support.misbehaviour import DEAD, FAILURES, HARMLESS, NAMES, POLLED
from support.publisher import Publisher, head

QUARTER = timedelta(minutes=15)


@contextmanager
def on_the_internet(folder: Path, engine: Engine, context: ssl.SSLContext = NO_AUTHORITY) -> Iterator[Desk]:
    """A hub that may ask public addresses only."""
    internet = Internet(NAMES, dead=DEAD)
    store = Store.open(sqlite_url(folder / "data"))
    options = {"resolve": internet.resolve, "network": internet, "ssl_context": context}
    with Desk(store, folder, engine, allow_private=False, **options) as desk:
        yield desk
    store.close()


@pytest.fixture
def desk(tmp_path: Path, engine: Engine) -> Iterator[Desk]:
    with on_the_internet(tmp_path, engine) as desk:
        yield desk


def listed(publisher: Publisher, tigris: str = "http://tigris.example:{port}/tigris") -> str:
    """Two feeds on two hosts."""
    urls = {"tigris": tigris, "zagros": "http://zagros.example:{port}/zagros"}
    return "feeds:\n" + "".join(
        f"  - {{id: {n}, url: '{url.format(port=publisher.port)}'}}\n" for n, url in urls.items()
    )


@pytest.mark.parametrize("name", FAILURES)
def test_a_misbehaving_publisher_has_its_class_and_changes_no_byte(desk: Desk, publisher: Publisher, name: str) -> None:
    """R41 and the requirement of the row: class, sentence, time; the other outlet is none the worse."""
    row = FAILURES[name]
    publisher.serve("/tigris", rss(*items(3)))
    publisher.serve("/zagros", rss(*items(4)))
    desk.configure(listed(publisher, row.url if "rebound" in row.url else FAILURES["404"].url))
    desk.poll(NOON)
    assert len(desk.stories()) == 4
    if row.url != FAILURES["404"].url:
        desk.configure(listed(publisher, row.url), POLLED)
    before = desk.documents()
    row.does(publisher)
    desk.poll(POLLED, every=True)
    status = desk.status("tigris")
    assert (status.state, desk.status("zagros").state) == (row.state, "ok")
    assert row.says in status.message
    assert status.message.endswith(f"; {ADVICE[FailureKind(row.state)]}")
    assert status.message.count("\n") == 0
    least, most = row.again
    assert least <= (desk.next_poll("tigris") - POLLED) / timedelta(minutes=1) <= most
    assert desk.documents() == before
    assert not publisher.requests_to("/secret")


@pytest.mark.parametrize("name", HARMLESS)
def test_r41_what_is_no_failure_changes_no_byte_either(desk: Desk, publisher: Publisher, name: str) -> None:
    """R41: an emptied document is no order to forget."""
    publisher.serve("/tigris", rss(*items(3)))
    publisher.serve("/zagros", rss(*items(4)))
    desk.configure(listed(publisher))
    desk.poll(NOON)
    before = desk.documents()
    HARMLESS[name](publisher)
    desk.poll(POLLED, every=True)
    assert desk.status("tigris").state == "ok"
    assert desk.documents() == before


def test_every_class_of_failure_is_shown_by_a_misbehaviour() -> None:
    """All but the two of what never was a feed, which come next."""
    assert {row.state for row in FAILURES.values()} == set(FailureKind) - {"not_a_feed", "nothing_matched"}


def test_each_class_says_what_to_do_in_words_of_its_own() -> None:
    """Told apart: no two classes give the same advice."""
    assert len(set(ADVICE.values())) == len(ADVICE) == len(FailureKind)


@pytest.mark.parametrize(
    ("keys", "body", "state", "says"),
    [
        ("", "<html><title>Tigris Daily</title><h1>News</h1></html>", "not_a_feed", "titled “Tigris Daily”, not"),
        ("", "<sitemapindex><sitemap><loc>http://a/news.xml</loc></sitemap></sitemapindex>", "not_a_feed", "news.xml"),
        ("kind: page, select: {item: li}", "<html><title>New</title></html>", "nothing_matched", "“li” matches"),
    ],
    ids=["a page", "a list of sitemaps", "a selector"],
)  # fmt: skip
def test_what_never_was_a_feed_has_its_class(
    desk: Desk, publisher: Publisher, keys: str, body: str, state: str, says: str
) -> None:
    """R28: the address or the selectors are to be mended; nothing is blocked."""
    publisher.serve("/tigris", body, content_type="text/html")
    desk.configure(f"feeds: [{{id: tigris, url: 'http://tigris.example:{publisher.port}/tigris', {keys}}}]\n")
    desk.poll(NOON)
    status = desk.status("tigris")
    assert (status.state, says in status.message) == (state, True), status.message
    assert status.message.endswith(f"; {ADVICE[FailureKind(state)]}")


# --- answers that are none of the above -------------------------------------------------------------------------------


def test_r21_a_304_without_validators_keeps_those_that_were_sent(desk: Desk, publisher: Publisher) -> None:
    """R20, R21: it has none to give, and the next request is conditional as before."""
    publisher.serve("/tigris", rss(item(1)), etag='"1"', last_modified="Fri, 22 Nov 2024 10:00:00 GMT")
    publisher.serve("/zagros", rss(item(2)))
    desk.configure(listed(publisher))
    desk.poll(NOON)
    publisher.raw("/tigris", head(304, {}))
    for n in (1, 2):
        assert desk.poll(NOON + n * QUARTER, every=True).polls["tigris"].outcome == "unchanged"
    sent = [request.header("If-None-Match") for request in publisher.requests_to("/tigris")]
    assert sent == [None, '"1"', '"1"']


def test_r21_a_304_to_the_unconditional_request_is_no_answer(desk: Desk, publisher: Publisher) -> None:
    """R21: a server that says 304 whatever it is asked is `broken` once it is asked for everything."""
    publisher.serve("/tigris", rss(item(1)), etag='"1"')
    publisher.serve("/zagros", rss(item(2)))
    desk.configure(listed(publisher))
    desk.poll(NOON)
    publisher.raw("/tigris", head(304, {"ETag": '"1"'}))
    outcomes = [desk.poll(NOON + timedelta(days=n), every=True).polls["tigris"].outcome for n in (1, 6, 8, 9)]
    assert outcomes == ["unchanged", "unchanged", "broken", "broken"]
    publisher.serve("/tigris", rss(item(1), item(2)), etag='"1"')
    assert desk.poll(NOON + timedelta(days=10), every=True).polls["tigris"].outcome == "fetched"


def test_r26_a_redirect_from_https_to_http_is_followed_and_never_kept(tmp_path: Path, engine: Engine) -> None:
    """R26: an outlet that gives up TLS is read, without the feed's headers; the configured address is asked."""
    pem = certificate(tmp_path, days=30)
    context = ssl.create_default_context(cafile=str(pem))
    with https_publisher(pem) as secure, Publisher() as plain:
        secure.redirect("/tigris", f"http://tigris.example:{plain.port}/feed", 301)
        plain.serve("/feed", rss(item(1)), etag='"1"')
        with on_the_internet(tmp_path, engine, context) as desk:
            address = f"https://a.example:{secure.port}/tigris"
            desk.configure(f"feeds: [{{id: tigris, url: '{address}', headers: {{X-Token: hush}}}}]\n")
            outcomes = [desk.poll(NOON + timedelta(days=n), every=True).polls["tigris"].outcome for n in range(6)]
            moved_to = desk.status("tigris").moved_to
        assert outcomes == ["fetched"] + ["unchanged"] * 5
        assert (moved_to, len(secure.requests)) == (None, 6)
        assert [request.header("X-Token") for request in secure.requests] == ["hush"] * 6
        assert [request.header("X-Token") for request in plain.requests] == [None] * 6
