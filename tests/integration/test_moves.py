"""Feeds that redirect for good (R26): polls at chosen times over real HTTP, and what the operator is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub.cli.health import show_status
from feedhub.config import load
from feedhub.publish.status import as_data, load_report
from feedhub.settings import Settings
from support.desk import Desk, listing
from support.feeds import NOON, item, items, rss
from support.publisher import Publisher

DAY = timedelta(days=1)
DATE = "Fri, 22 Nov 2024 10:00:00 GMT"


@pytest.fixture
def new_home() -> Iterator[Publisher]:
    """Where the feeds of this file move to."""
    with Publisher("127.0.0.2") as publisher:
        yield publisher


def moved(desk: Desk, publisher: Publisher, new_home: Publisher, keys: str = "") -> None:
    """A feed that has redirected for good for four days, and is asked at its new address from now on."""
    publisher.redirect("/tigris", new_home.url("/feed"), 301)
    new_home.serve("/feed", rss(*items(3)), etag='"1"', last_modified=DATE)
    desk.configure(listing(publisher, "tigris", tigris=keys))
    polled(desk, 0, 1, 2, 4)
    publisher.requests.clear()
    new_home.requests.clear()


def polled(desk: Desk, *days: float) -> list[str]:
    """What the polls of these days came to."""
    return [desk.poll(NOON + n * DAY, every=True).polls["tigris"].outcome for n in days]


@pytest.mark.parametrize("status", [301, 308])
def test_r26_a_permanent_redirect_is_adopted_after_days(
    desk: Desk, publisher: Publisher, new_home: Publisher, status: int
) -> None:
    """R26: from then on the old address is not asked at all; nothing is new, re-dated or read again (R13, R20)."""
    publisher.redirect("/tigris", new_home.url("/feed"), status)
    new_home.serve("/feed", rss(*items(3)), etag='"1"', last_modified=DATE)
    desk.configure(listing(publisher, "tigris"))
    outcomes = polled(desk, 0, 0.1, 0.2)
    before = desk.documents()
    outcomes += polled(desk, 1, 2, 2.9)
    assert desk.status("tigris").moved_to is None
    assert len(publisher.requests) == 6
    outcomes += polled(desk, 3.1)
    assert desk.status("tigris").moved_to == new_home.url("/feed")
    outcomes += polled(desk, 4, 5)
    assert len(publisher.requests) == 7
    assert outcomes == ["fetched"] + ["unchanged"] * 8
    sent = [(r.header("If-None-Match"), r.header("If-Modified-Since")) for r in new_home.requests]
    assert sent == [(None, None)] + [('"1"', DATE)] * 8
    assert desk.documents() == before


def test_r26_an_adopted_address_survives_a_restart(both: Desk, publisher: Publisher, new_home: Publisher) -> None:
    """R26: on both databases."""
    moved(both, publisher, new_home)
    both.configure(listing(publisher, "tigris"), NOON + 5 * DAY)
    polled(both, 5)
    assert (len(publisher.requests), len(new_home.requests)) == (0, 1)


def test_r26_status_says_which_line_to_change_to_what(desk: Desk, publisher: Publisher, new_home: Publisher) -> None:
    """R26: in words and as data."""
    moved(desk, publisher, new_home)
    config = load(desk.path, {})
    with desk.store.reading() as session:
        data = as_data(load_report(session, config, NOON))
    (feed,) = json.loads(json.dumps(data))["feeds"]
    line = next(n for n, text in enumerate(desk.path.read_text().splitlines(), 1) if "id: tigris" in text)
    expected = f"it has moved for good: change its url on line {line} of feeds.yaml to {new_home.url('/feed')}"
    assert feed["message"].endswith(expected)  # after what else there is to say: nothing new came for days
    assert feed["moved_to"] == new_home.url("/feed")


def test_r26_a_secret_that_the_new_address_took_over_is_not_shown(
    desk: Desk, publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in the table nor as data; it is asked with it all the same."""
    publisher.redirect("/tigris", "/feed?key=s3cret", 301)
    publisher.serve("/feed", rss(item(1)))
    address = publisher.url("/tigris").replace("http://", "http://me:s3cret@")
    desk.configure(f"feeds:\n  - {{id: tigris, url: '{address}'}}\n")
    polled(desk, 0, 1, 2, 4, 5)
    assert publisher.requests[-1].target == "/feed?key=s3cret"
    for as_json in (False, True):
        show_status(Settings(desk.path, tmp_path / "data"), NOON, as_json=as_json)
        told = capsys.readouterr().out
        assert "feeds.yaml to http://127.0.0.1:" in told
        assert "s3cret" not in told


def test_r26_following_the_advice_makes_nothing_new(desk: Desk, publisher: Publisher, new_home: Publisher) -> None:
    """R26, R47: the operator changes the line; same stories, and nothing is left to say."""
    moved(desk, publisher, new_home)
    before = [(story["id"], story["date_published"]) for story in desk.stories()]
    desk.configure(f"feeds:\n  - {{id: tigris, url: '{new_home.url('/feed')}'}}\n", NOON + 5 * DAY)
    assert polled(desk, 5) == ["fetched"]
    assert [(story["id"], story["date_published"]) for story in desk.stories()] == before
    assert desk.status("tigris").moved_to is None
    assert "moved for good" not in desk.status("tigris").message
    assert not publisher.requests


def test_r26_a_redirect_that_flaps_or_is_temporary_is_never_kept(
    desk: Desk, publisher: Publisher, new_home: Publisher
) -> None:
    """R26: every other day it is another; a 302 may last for ever."""
    new_home.serve("/feed", rss(*items(3)))
    publisher.serve("/elsewhere", rss(*items(3)))
    desk.configure(listing(publisher, "tigris"))
    for n in range(20):
        publisher.redirect("/tigris", new_home.url("/feed") if n % 4 else publisher.url("/elsewhere"), 301)
        polled(desk, n)
    for n in range(20, 30):
        publisher.redirect("/tigris", new_home.url("/feed"), 302)
        polled(desk, n)
    assert len(publisher.requests_to("/tigris")) == 30
    assert desk.status("tigris").moved_to is None


@pytest.mark.parametrize("fault", ["404", "no answer", "a page", "a redirect", "a permanent redirect"])
def test_r26_an_adopted_address_that_goes_wrong_is_given_up(
    desk: Desk, publisher: Publisher, new_home: Publisher, fault: str
) -> None:
    """R26: the next poll asks the configured address again, which serves the feed itself by now."""
    moved(desk, publisher, new_home)
    publisher.serve("/tigris", rss(*items(4)))
    match fault:
        case "404":
            new_home.forget("/feed")
        case "no answer":
            new_home.reset("/feed")
        case "a page":
            new_home.serve("/feed", "<html><title>This domain is for sale</title></html>", content_type="text/html")
        case "a redirect":
            new_home.redirect("/feed", publisher.url("/tigris"), 302)
        case _:
            new_home.redirect("/feed", publisher.url("/tigris"), 301)
    polled(desk, 5)
    asked = len(new_home.requests)
    polled(desk, 6)
    assert desk.status("tigris").moved_to is None
    assert len(new_home.requests) == asked
    assert (desk.status("tigris").state, len(desk.stories())) == ("ok", 4)


def test_r24_a_feed_whose_old_address_has_ended_survives_a_fault_of_the_new_one(
    desk: Desk, publisher: Publisher, new_home: Publisher
) -> None:
    """R24, R26: the outlet's old domain ran out long after the move; then the new one has a bad day."""
    moved(desk, publisher, new_home)
    publisher.forget("/tigris")
    new_home.serve("/feed", "", status=503)
    assert polled(desk, 5, 6) == ["server_error", "not_found"]
    new_home.serve("/feed", rss(*items(4)))
    assert polled(desk, 8) == ["fetched"]
    assert (desk.status("tigris").moved_to, len(desk.stories())) == (new_home.url("/feed"), 4)


def test_r25_an_adopted_address_is_kept_while_the_network_is_missing_here(
    desk: Desk, publisher: Publisher, new_home: Publisher
) -> None:
    """R25, R26: the fault is ours, and counts against no address."""
    moved(desk, publisher, new_home)
    new_home.reset("/feed")
    dead = "".join(f"  - {{id: dead{n}, url: 'http://127.0.0.{n}:9/'}}\n" for n in range(3, 8))
    desk.configure(listing(publisher, "tigris") + dead, NOON + 5 * DAY)
    polled(desk, 5)
    assert desk.status("tigris").state == "offline"
    assert desk.status("tigris").moved_to == new_home.url("/feed")


def test_r26_a_document_behind_a_failing_page_is_no_reason_to_move(
    desk: Desk, publisher: Publisher, new_home: Publisher
) -> None:
    """R26: a redirect to a page that is no feed is not counted, however long it lasts."""
    publisher.redirect("/tigris", new_home.url("/sale"), 301)
    new_home.serve("/sale", "<html><title>This domain is for sale</title></html>", content_type="text/html")
    desk.configure(listing(publisher, "tigris"))
    polled(desk, *range(8))
    assert len(publisher.requests) == 8


def test_r26_the_feeds_secrets_stay_with_its_own_origin(desk: Desk, publisher: Publisher, new_home: Publisher) -> None:
    """R26: neither its headers nor its user and password go to an adopted address of another origin."""
    moved(desk, publisher, new_home, "headers: {X-Token: t-456}")
    polled(desk, 5)
    (request,) = new_home.requests
    assert (request.header("X-Token"), request.header("Authorization")) == (None, None)


def test_r26_an_adopted_address_of_the_same_origin_gets_the_feeds_password(desk: Desk, publisher: Publisher) -> None:
    """R26: else the feed would be forbidden as soon as it is adopted."""
    publisher.redirect("/tigris", "/feed", 301)
    publisher.serve("/feed", rss(item(1)))
    address = publisher.url("/tigris").replace("http://", "http://me:pass@")
    desk.configure(f"feeds:\n  - {{id: tigris, url: '{address}'}}\n")
    polled(desk, 0, 1, 2, 4, 5)
    assert len(publisher.requests_to("/tigris")) == 4
    assert publisher.requests[-1].path == "/feed"
    assert all(request.header("Authorization") == "Basic bWU6cGFzcw==" for request in publisher.requests)
    assert desk.status("tigris").moved_to == publisher.url("/feed")
