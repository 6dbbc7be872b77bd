"""When a feed is asked again, and how it stands: passes at chosen times over real HTTP (R23, R27, R29, R49)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from feedhub.store.database import Store, sqlite_url
from feedhub.store.tables import FeedRow
from support.desk import Desk, Engine, listing
from support.feeds import NOON, Item, item, items, rss
from support.publisher import Connection, Publisher, Request

MINUTE, QUARTER = timedelta(minutes=1), timedelta(minutes=15)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURLY = (
    '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>'
    '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">1</sy:updateFrequency>'
)


def asking(hints: str, *articles: Item) -> str:
    """A document whose channel holds these elements too."""
    return rss(*articles).replace("<channel>", f"<channel>{hints}", 1)


def waits(desk: Desk, feed: str, polls: int, start: datetime = NOON) -> list[timedelta]:
    """The feed polled so many times whenever it is due: the waits between."""
    moments = [start]
    for _ in range(polls):
        desk.poll(moments[-1])
        moments.append(desk.next_poll(feed))
    return [later - earlier for earlier, later in pairwise(moments)]


# --- hints ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hints", ["<ttl>60</ttl>", HOURLY], ids=["ttl", "WordPress's default"])
@pytest.mark.parametrize("etag", ['"1"', None], ids=["304", "equal body"])
def test_r27_a_document_is_not_asked_for_more_often_than_it_says(
    desk: Desk, publisher: Publisher, hints: str, etag: str | None
) -> None:
    """R27: also while it is unchanged, when nothing is read; and `status` names the hint."""
    publisher.serve("/tigris", asking(hints, *items(3)), etag=etag)
    desk.configure(listing(publisher, "tigris"))
    assert all(HOUR <= wait <= HOUR + QUARTER for wait in waits(desk, "tigris", 4))
    assert desk.status("tigris").reason.startswith("not before the publisher's ")


def test_r27_max_interval_wins_over_hints(desk: Desk, publisher: Publisher) -> None:
    """R27: the operator's way out."""
    publisher.serve("/tigris", asking(HOURLY, *items(3)))
    desk.configure(listing(publisher, "tigris", tigris="max_interval: 20m"))
    assert all(wait <= 20 * MINUTE for wait in waits(desk, "tigris", 3))
    assert desk.status("tigris").reason.endswith("but at most max_interval")


@pytest.mark.parametrize("etag", ['"1"', None], ids=["304", "equal body"])
def test_r27_a_fresh_answer_is_not_asked_for_again(desk: Desk, publisher: Publisher, etag: str | None) -> None:
    """R27: Cache-Control of the answer at hand, be it a 304."""
    document = rss(*items(3))
    publisher.serve("/tigris", document, etag=etag)
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    assert desk.next_poll("tigris") < NOON + 20 * MINUTE

    def unchanged(connection: Connection, request: Request) -> None:
        status = 304 if request.header("If-None-Match") else 200
        connection.answer(status, {"Cache-Control": "max-age=7200"}, b"" if status == 304 else document.encode())

    publisher.behave("/tigris", unchanged)
    later = NOON + HOUR
    assert desk.poll(later).polls["tigris"].outcome == "unchanged"
    assert later + 2 * HOUR <= desk.next_poll("tigris") <= later + 2.5 * HOUR
    assert desk.status("tigris").reason == "the answer stays fresh for 2 h (Cache-Control, Expires)"


def test_r27_hints_that_are_gone_from_the_document_hold_no_longer(desk: Desk, publisher: Publisher) -> None:
    """R27: it is the last document that speaks."""
    publisher.serve("/tigris", asking("<ttl>600</ttl>", *items(3)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    assert desk.next_poll("tigris") >= NOON + 10 * HOUR
    publisher.serve("/tigris", rss(*items(4)))
    desk.poll(NOON + 11 * HOUR)
    assert desk.next_poll("tigris") < NOON + 12 * HOUR


# --- the rhythm -------------------------------------------------------------------------------------------------------


def busy(now: datetime, every: timedelta, window: int = 10) -> str:
    """The document at `now` of a feed that has published evenly for long."""
    newest = int((now - NOON + 400 * DAY) / every)
    return rss(*(item(n, published=NOON - 400 * DAY + n * every) for n in range(newest, newest - window, -1)))


@pytest.mark.slow
def test_r27_requests_go_to_the_feeds_that_bring_more(both: Desk, publisher: Publisher) -> None:
    """R27: two feeds with the same interval: the one with news each half hour gets more of the hub's requests."""
    both.configure(listing(publisher, "busy", "quiet"))
    counts = {"busy": 0, "quiet": 0}
    now = NOON
    while now < NOON + DAY:
        publisher.serve("/busy", busy(now, HOUR / 2))
        publisher.serve("/quiet", busy(now, 5 * HOUR))
        for feed in both.poll(now).polls:
            counts[feed] += 1
        now = min(map(both.next_poll, counts))
    assert counts["busy"] > 2 * counts["quiet"]
    assert sum(counts.values()) == pytest.approx(2 * 96, rel=0.25)
    assert "an hour expected" in both.status("busy").reason
    assert "a day expected" in both.status("quiet").reason


def test_r27_silence_is_learnt_from_answers_without_a_document(desk: Desk, publisher: Publisher) -> None:
    """R27: after a day of 304 less is expected than after the document."""
    publisher.serve("/tigris", busy(NOON, HOUR), etag='"1"')
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = rate_learnt(desk)
    for hour in range(1, 25):
        assert desk.poll(NOON + hour * HOUR, every=True).polls["tigris"].outcome == "unchanged"
    assert rate_learnt(desk) < 0.7 * before


def rate_learnt(desk: Desk) -> float:
    """Items an hour, as they stand in the database."""
    with desk.store.reading() as session:
        rhythm = session.get_one(FeedRow, 1).rhythm
    assert rhythm
    learnt: float = sum(rhythm["by_hour"]) / (rhythm["hours"] + 1)
    return learnt


def test_r49_one_shot_runs_and_a_daemon_ask_at_the_same_times(
    desk: Desk, publisher: Publisher, tmp_path: Path, engine: Engine
) -> None:
    """R49: a hub that is started anew for each pass has the next polls of one that runs through."""
    store = Store.open(sqlite_url(tmp_path / "other"))
    with Desk(store, tmp_path, engine) as restarted:
        config = listing(publisher, "busy", "quiet")
        desk.configure(config)
        for minute in range(0, 180, 5):
            now = NOON + minute * MINUTE
            publisher.serve("/busy", busy(now, 7 * MINUTE))
            publisher.serve("/quiet", busy(now, 5 * HOUR))
            restarted.configure(config, now)
            restarted.poll(now)
            desk.poll(now)
            for feed in ("busy", "quiet"):
                one, other = desk.status(feed), restarted.status(feed)
                assert (one.next_poll, one.reason) == (other.next_poll, other.reason)
    store.close()


# --- spread -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pause", ["none", "hub", "network"])
def test_r23_feeds_that_were_polled_together_do_not_stay_together(desk: Desk, publisher: Publisher, pause: str) -> None:
    """R23: after the first poll, and after the hub or its network was away, starts are spread over the interval."""
    names = [f"paper{n}" for n in range(40)]
    for name in names:
        publisher.serve(f"/{name}", busy(NOON, HOUR), etag='"1"')
    desk.configure(listing(publisher, *names))
    desk.poll(NOON)
    moment = NOON
    if pause == "hub":
        moment = NOON + 9 * HOUR
        desk.poll(moment)
    if pause == "network":
        with desk.store.writing() as session:
            for number in range(1, 41):
                session.get_one(FeedRow, number).state = "offline"
        moment = NOON + MINUTE
        desk.poll(moment, every=True)
    after = sorted((desk.next_poll(name) - moment) / MINUTE for name in names)
    assert after[0] < 7 < 12 < after[-1]
    assert max(sum(start <= one < start + 1 for one in after) for start in after) <= 12


# --- gap and stale ----------------------------------------------------------------------------------------------------


def test_r27_items_that_came_and_went_unseen_are_a_gap(desk: Desk, publisher: Publisher) -> None:
    """R27: nothing known in the document: the state says so for a day, and the feed is asked more often."""
    publisher.serve("/tigris", busy(NOON, HOUR, window=5))
    desk.configure(listing(publisher, "tigris", tigris="interval: 4h, min_interval: 1m"))
    for hour in (0, 4, 8):
        now = NOON + hour * HOUR
        publisher.serve("/tigris", busy(now, HOUR, window=5))
        desk.poll(now, every=True)
        assert desk.status("tigris").state == "ok"
    before = desk.next_poll("tigris") - now
    now += 4 * HOUR
    publisher.serve("/tigris", busy(now, HOUR / 5, window=5))
    desk.poll(now, every=True)
    status = desk.status("tigris")
    assert status.state == "gap"
    assert "lower min_interval" in status.message
    assert status.reason.startswith("items were missed")
    assert desk.next_poll("tigris") - now < before / 2
    for later in (HOUR, 23 * HOUR, 25 * HOUR):
        desk.poll(now + later, every=True)
        assert desk.status("tigris").state == ("gap" if later < DAY else "ok")


def test_r27_a_whole_document_of_older_items_is_no_gap(desk: Desk, publisher: Publisher) -> None:
    """R27: the outlet shows its archive; nothing was missed."""
    publisher.serve("/tigris", rss(*items(5)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    publisher.serve("/tigris", rss(*(item(n) for n in range(50, 60))))
    desk.poll(NOON + HOUR)
    assert desk.status("tigris").state == "ok"


@pytest.mark.parametrize("etag", ['"1"', None], ids=["304", "equal body"])
def test_r29_a_feed_that_fell_silent_is_stale_and_no_error(desk: Desk, publisher: Publisher, etag: str | None) -> None:
    """R29: unchanged answers show it; `status` says what to do; nothing has failed; the next item ends it."""
    publisher.serve("/tigris", busy(NOON, HOUR), etag=etag)
    desk.configure(listing(publisher, "tigris"))
    states = []
    for days in range(4):
        poll = desk.poll(NOON + days * DAY, every=True).polls["tigris"]
        states.append(poll.state)
        assert (poll.failure, poll.failures) == (None, 0)
    assert states == ["ok", "ok", "ok", "stale"]
    assert "nothing new for 3 d" in desk.status("tigris").message
    assert desk.next_poll("tigris") <= NOON + 4 * DAY
    publisher.serve("/tigris", busy(NOON + 4 * DAY, HOUR))
    desk.poll(NOON + 4 * DAY)
    assert desk.status("tigris").state in ("ok", "gap")
