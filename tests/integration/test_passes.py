"""What a poll asks, what it makes of the answer, and when it asks again. Passes at chosen times over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from feedhub.store.database import Store, sqlite_url
from support.desk import Desk, Engine, listing
from support.feeds import NOON, item, items, late, rss
from support.internet import closed_port
from support.publisher import Publisher

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
CHALLENGE = "<!doctype html><html><head><title>Just a moment...</title></head><body>Enable cookies</body></html>"


def test_r20_validators_go_back_as_they_came_and_nothing_else_does(desk: Desk, publisher: Publisher) -> None:
    """R20: the pair of one response, byte for byte; no cookie, no referer, no query; who we are and what we read."""
    etag, date = 'W/"a b\xe9"', "sometime last Tuesday"
    headers = {"Set-Cookie": "id=7; Path=/", "ETag": etag, "Last-Modified": date}
    publisher.serve("/tigris", rss(item(1)), headers=headers)
    desk.configure(listing(publisher, "tigris"))
    for n in range(2):
        desk.poll(NOON + n * QUARTER, every=True)
    first, second = publisher.requests_to("/tigris")
    assert (first.header("If-None-Match"), first.header("If-Modified-Since")) == (None, None)
    assert (second.header("If-None-Match"), second.header("If-Modified-Since")) == (etag, date)
    for request in (first, second):
        assert request.target == "/tigris"
        assert (request.header("Cookie"), request.header("Referer")) == (None, None)
        agent = request.header("User-Agent") or ""
        assert agent.startswith("feedhub/")
        assert "ops@hub.example" in agent
        for kind in ("application/rss+xml", "application/atom+xml", "application/feed+json"):
            assert kind in (request.header("Accept") or "")


def test_r20_the_validators_of_a_later_answer_replace_both_of_the_earlier(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", rss(item(1)), etag='"1"', last_modified="Fri, 22 Nov 2024 10:00:00 GMT")
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    publisher.serve("/tigris", rss(item(1), item(2)), etag='"2"')
    for n in (1, 2):
        desk.poll(NOON + n * QUARTER, every=True)
    last = publisher.requests_to("/tigris")[-1]
    assert (last.header("If-None-Match"), last.header("If-Modified-Since")) == ('"2"', None)


def test_r21_a_server_that_always_says_304_is_asked_for_everything_after_a_week(
    desk: Desk, publisher: Publisher
) -> None:
    """R21: until then conditionally; what the unconditional answer holds is taken in, and the week begins anew."""
    publisher.serve("/tigris", rss(item(1)), etag='"stuck"')
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    publisher.serve("/tigris", rss(item(1), item(2)), etag='"stuck"')
    for days in (1, 6.9, 7.1, 8, 13, 14.2):
        desk.poll(NOON + days * DAY, every=True)
        assert len(desk.stories()) == (1 if days < 7 else 2)
    asked = [request.header("If-None-Match") for request in publisher.requests_to("/tigris")]
    assert asked == [None, '"stuck"', '"stuck"', None, '"stuck"', '"stuck"', None]


def test_r21_an_unchanged_body_is_known_by_its_hash_and_a_changed_one_despite_its_etag(
    desk: Desk, publisher: Publisher
) -> None:
    publisher.serve("/tigris", rss(item(1)), headers={"ETag": '"same"'})
    desk.configure(listing(publisher, "tigris"))
    outcomes = [desk.poll(NOON + n * QUARTER, every=True).polls["tigris"].outcome for n in range(2)]
    publisher.serve("/tigris", rss(item(1), item(2)), headers={"ETag": '"same"'})
    outcomes.append(desk.poll(NOON + 2 * QUARTER, every=True).polls["tigris"].outcome)
    assert outcomes == ["fetched", "unchanged", "fetched"]
    assert len(desk.stories()) == 2


@pytest.mark.parametrize("end", ["<item><title>River", ""], ids=["in an item", "between items"])
def test_r21_a_document_that_was_cut_off_is_asked_for_again_in_full(desk: Desk, publisher: Publisher, end: str) -> None:
    """R21: neither its validators nor its hash stand for the document, whose other items they would hide for a week."""
    whole = rss(*items(3))
    start = whole[: whole.rindex("<item>")] + end
    head = 'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "1"\r\nConnection: close\r\n\r\n'
    publisher.raw("/tigris", (head + start).encode())
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    assert (len(desk.stories()), desk.status("tigris").state) == (2, "ok")
    publisher.serve("/tigris", whole, etag='"1"')
    for n in (1, 2):
        desk.poll(NOON + n * QUARTER, every=True)
    assert len(desk.stories()) == 3
    assert [request.header("If-None-Match") for request in publisher.requests] == [None, None, '"1"']


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_r22_retry_after_is_honoured_in_full(desk: Desk, publisher: Publisher, status: int, as_date: bool) -> None:
    """R22: two hours, though the interval is shorter; not even a poll of every feed asks before."""
    value = format_datetime(NOON + timedelta(hours=2), usegmt=True) if as_date else "7200"
    publisher.serve("/tigris", "later", status=status, headers={"Retry-After": value})
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    for minutes in (1, 60, 119):
        assert not desk.poll(NOON + timedelta(minutes=minutes), every=True).polls
    assert len(publisher.requests) == 1
    assert desk.status("tigris").state == "rate_limited"
    publisher.serve("/tigris", rss(item(1)))
    desk.poll(NOON + timedelta(minutes=121))
    assert desk.status("tigris").state == "ok"


def test_r22_more_than_a_week_counts_as_a_week(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", "later", status=429, headers={"Retry-After": "31536000"})
    desk.configure(listing(publisher, "tigris"))
    for moment in (NOON, NOON + 6.9 * DAY, NOON + 7.1 * DAY):
        desk.poll(moment, every=True)
    assert len(publisher.requests) == 2


@pytest.mark.parametrize("status", [403, 404, 500])
def test_r24_a_failing_feed_is_asked_ever_more_rarely_and_recovers_by_itself(
    desk: Desk, publisher: Publisher, status: int
) -> None:
    """R24: the waits grow to a cap and never stop for good; one good answer makes the feed well."""
    publisher.serve("/tigris", "no", status=status)
    desk.configure(listing(publisher, "tigris", tigris="interval: 15m, max_interval: 4h"))
    moments = [NOON]
    for _ in range(9):
        desk.poll(moments[-1])
        moments.append(desk.next_poll("tigris"))
    waits = [later - earlier for earlier, later in pairwise(moments)]
    assert waits[:4] == sorted(waits[:4])
    assert waits[3] > 6 * waits[0]
    assert all(timedelta(hours=3) < wait < timedelta(hours=5) for wait in waits[-3:])
    publisher.serve("/tigris", rss(item(1)))
    desk.poll(moments[-1])
    assert desk.status("tigris").state == "ok"
    assert desk.next_poll("tigris") - moments[-1] < timedelta(minutes=30)


def test_r24_a_feed_gone_for_good_is_parked_and_asked_again_rarely(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", "gone", status=410)
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    assert desk.status("tigris").state == "gone"
    assert desk.next_poll("tigris") >= NOON + DAY
    publisher.serve("/tigris", rss(item(1)))
    desk.poll(desk.next_poll("tigris"))
    assert desk.status("tigris").state == "ok"


def test_r25_without_a_network_no_feed_is_to_blame(desk: Desk, hosts: list[Publisher]) -> None:
    """R25: five hosts of six refuse in one pass: `offline`, no failure counted, asked again within minutes."""
    names = [f"paper{n}" for n in range(6)]
    for host in hosts:
        host.serve("/feed", rss(item(1)))
    port = closed_port()
    urls = [hosts[0].url("/feed"), *(f"http://127.0.0.{n}:{port}/feed" for n in range(2, 7))]
    desk.configure("feeds:\n" + "".join(f"  - {{id: {name}, url: '{url}'}}\n" for name, url in _pairs(names, urls)))
    desk.poll(NOON)
    assert desk.status("paper0").state == "ok"
    for name in names[1:]:
        assert desk.status(name).state == "offline"
        assert desk.next_poll(name) <= NOON + timedelta(minutes=5)
    for n in range(1, 4):
        report = desk.poll(NOON + n * timedelta(hours=1), every=True)
        assert {report.polls[name].failures for name in names[1:]} == {0}
    assert desk.status("paper1").state == "offline"


def test_r25_one_dead_host_of_six_is_its_own_fault(desk: Desk, hosts: list[Publisher]) -> None:
    """R25's other side: the rest answers, so the dead one is `refused`."""
    urls = [host.url("/feed") for host in hosts] + [f"http://127.0.0.9:{closed_port()}/feed"]
    for host in hosts:
        host.serve("/feed", rss(item(1)))
    names = [f"paper{n}" for n in range(6)]
    desk.configure("feeds:\n" + "".join(f"  - {{id: {name}, url: '{url}'}}\n" for name, url in _pairs(names, urls)))
    desk.poll(NOON)
    assert [desk.status(name).state for name in names] == ["ok"] * 5 + ["refused"]


@pytest.mark.parametrize("page", [CHALLENGE, "<html><head><title>Log in</title></head><body><form></form></body>"])
def test_r28_a_page_where_a_feed_was_is_blocked(desk: Desk, publisher: Publisher, page: str) -> None:
    """R28: a challenge or a login with status 200; the stories stay."""
    publisher.serve("/tigris", rss(*items(3)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = desk.documents()
    publisher.serve("/tigris", page, content_type="text/html")
    desk.poll(NOON + QUARTER, every=True)
    assert desk.status("tigris").state == "blocked"
    assert desk.documents() == before


def test_r28_a_page_where_no_feed_ever_was_is_no_feed(desk: Desk, publisher: Publisher) -> None:
    page = "<!doctype html><html><head><title>Tigris</title></head><body><h1>Welcome</h1><p>News.</p></body></html>"
    publisher.serve("/tigris", page, content_type="text/html")
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    assert desk.status("tigris").state == "not_a_feed"


def test_r30_equal_urls_are_fetched_once(desk: Desk, publisher: Publisher) -> None:
    """R30: listed three times, once with tags of its own, written differently."""
    publisher.serve("/tigris", rss(*items(2)))
    url = publisher.url("/tigris")
    shouted = url.replace("http", "HTTP")
    desk.configure(f"feeds: ['{url}', '{shouted}', {{url: '{url}#top', tags: [basra]}}]\n")
    desk.poll(NOON)
    assert len(publisher.requests) == 1
    assert len(desk.stories()) == 2


def test_r31_a_private_address_is_refused_before_a_byte_is_sent(
    tmp_path: Path, engine: Engine, publisher: Publisher
) -> None:
    publisher.serve("/tigris", rss(item(1)))
    store = Store.open(sqlite_url(tmp_path))
    with Desk(store, tmp_path, engine, allow_private=False) as desk:
        desk.configure(listing(publisher, "tigris"))
        desk.poll(NOON)
        status = desk.status("tigris")
    store.close()
    assert status.state == "private_address"
    assert "--allow-private" in status.message
    assert not publisher.requests


def test_r39_the_same_state_gives_the_same_bytes_whenever_it_is_asked(desk: Desk, publisher: Publisher) -> None:
    """R39: every document, rendered twice, by two starts days apart."""
    publisher.serve("/tigris", rss(*items(3)))
    feeds = listing(publisher, "tigris")
    desk.configure(feeds)
    desk.poll(NOON)
    addresses = ["", "outputs", "opml", "feed.atom", "feed.rss", "feed.json"]
    addresses += [f"stories/{story['id'].removeprefix('urn:uuid:')}" for story in desk.stories()]
    before = [desk.document(address) for address in addresses]
    desk.configure(feeds, NOON + 3 * DAY)
    assert [desk.document(address) for address in addresses] == before


def test_r23_the_feeds_of_a_pass_are_asked_side_by_side(desk: Desk, publisher: Publisher) -> None:
    """R23: as many at once as the host's budget allows, so that a slow one does not hold up the others."""
    names = [f"paper{n}" for n in range(5)]
    for name in names:
        publisher.behave(f"/{name}", late(rss(item(1)), 0.5))
    desk.configure(listing(publisher, *names))
    desk.poll(NOON)
    moments = [request.at for request in publisher.requests]
    assert max(moments) - min(moments) < 0.5


@pytest.fixture
def hosts() -> Iterator[list[Publisher]]:
    """Five hosts."""
    with ExitStack() as open_hosts:
        yield [open_hosts.enter_context(Publisher(f"127.0.0.{n}")) for n in range(1, 6)]


def _pairs(names: list[str], urls: list[str]) -> list[tuple[str, str]]:
    return list(zip(names, urls, strict=True))


def test_r44_a_new_feed_publishes_no_more_old_items_than_it_may_and_the_rest_never(
    both: Desk, publisher: Publisher
) -> None:
    """R44: the others are known: neither another poll nor an edit nor a restart without the limit brings them."""
    old = items(40)
    publisher.serve("/tigris", rss(*old))
    both.configure(listing(publisher, "tigris", tigris="initial_items: 5"))
    report = both.poll(NOON)
    news = report.polls["tigris"].news
    assert news is not None
    assert (len(news.arrivals), len(news.withheld)) == (5, 35)
    assert both.status("tigris").message == "35 old items are not published, as initial_items says"
    published = [story["url"] for story in both.stories()]
    assert published == [article.link for article in old[:5]]

    edited = [replace(article, title=f"{article.title}, corrected", text="<p>Rewritten.</p>") for article in old[30:]]
    publisher.serve("/tigris", rss(item(99, published=NOON), *old[:30], *edited))
    both.poll(NOON + 4 * QUARTER, every=True)
    both.configure(listing(publisher, "tigris"), NOON + 8 * QUARTER)
    both.poll(NOON + 8 * QUARTER, every=True)
    assert [story["url"] for story in both.stories()] == [item(99).link, *published]


def test_r44_a_feed_at_a_new_address_is_not_new(desk: Desk, publisher: Publisher) -> None:
    """R44, R47: all that came while it moved is published."""
    publisher.serve("/tigris", rss(*items(1)))
    desk.configure(listing(publisher, "tigris", tigris="initial_items: 1"))
    desk.poll(NOON)
    publisher.serve("/moved", rss(*items(9)))
    desk.configure(f"feeds: [{{id: tigris, url: '{publisher.url('/moved')}', initial_items: 1}}]\n")
    desk.poll(NOON + QUARTER)
    assert len(desk.stories()) == 9
