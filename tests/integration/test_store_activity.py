"""What polls and entries come to, as both databases count it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session

from feedhub.models import FailureKind
from feedhub.publish.board import load_board
from feedhub.store import activity, status
from feedhub.store.database import Store
from feedhub.store.status import Counts
from support.ledger import Ledger
from support.mixed import a_mixed_hub
from support.polls import NOON, a_poll, an_entry, at, failing_poll, news_poll

BORN = NOON - timedelta(days=30)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, born=BORN)


def publish(ledger: Ledger, feed: str, now: datetime, *links: str, age: timedelta = HOUR) -> None:
    entries = [
        an_entry(f"https://tigris.example/news/{link}", title=f"{link} rises", published=now - age) for link in links
    ]
    ledger.record(news_poll(ledger.number(feed), *entries, now=now, size=1_000))


def test_polls_are_counted_in_their_feeds_row(ledger: Ledger) -> None:
    """Answers by what they brought, failures apart; the means are over the answers."""
    tigris = ledger.number("tigris")
    publish(ledger, "tigris", at(0), "a", "b")
    ledger.record(a_poll(tigris, at(15), elapsed=20 * MINUTE / 60_000), failing_poll(tigris, at(30)))
    ledger.record(a_poll(tigris, at(45), outcome="held"))
    with ledger.store.reading() as session:
        found = status.feed_statuses(session, at(60))
    assert found["tigris"].counts == Counts(polls=3, failed=1, unchanged=1, received=1_000, arrivals=2)
    assert found["tigris"].unchanged_share == pytest.approx(0.5)
    assert found["tigris"].response == timedelta(milliseconds=50)  # of 80 and 20
    assert found["tigris"].failures == 1
    assert found["zagros"].counts == Counts()
    assert (found["zagros"].unchanged_share, found["zagros"].response) == (None, None)


def test_the_means_follow_what_a_feed_does_of_late(ledger: Ledger) -> None:
    """A feed that changed its ways long ago is not told by what it once did."""
    row = next(row for row in ledger.feeds() if row.key == "tigris")
    for _ in range(1_000):
        activity.count(row, a_poll(1, outcome="fetched"))
    for _ in range(500):
        activity.count(row, a_poll(1))
    assert row.unchanged_share == pytest.approx(1, abs=0.01)


def test_entries_are_counted_by_the_hour_of_their_first_sight(ledger: Ledger) -> None:
    """Hours as UTC has them, also a moment before the next; what is older than two weeks is not in it."""
    publish(ledger, "tigris", at(days=-20), "old")
    publish(ledger, "tigris", at(-60), "a", "b")
    publish(ledger, "tigris", at(0) - timedelta(microseconds=1), "c")
    publish(ledger, "tigris", at(59), "d")
    with ledger.store.reading() as session:
        hours = status.new_by_hour(session, at(59))
    assert hours["tigris"][-3:] == (0, 3, 1)
    assert (len(hours["tigris"]), sum(hours["tigris"])) == (336, 4)
    assert "zagros" not in hours


def test_what_a_new_feed_had_already_is_not_new_in_an_hour(store: Store, tmp_path: Path) -> None:
    """Its first document would be a spike beside which nothing else is seen."""
    ledger = Ledger(store, tmp_path, born=NOON)
    publish(ledger, "tigris", at(1), *(str(n) for n in range(40)))
    publish(ledger, "tigris", at(70), "new")
    with store.reading() as session:
        assert [sum(hours) for hours in status.new_by_hour(session, at(71)).values()] == [1]


def test_stories_are_counted_by_day_and_merges_by_rule(ledger: Ledger) -> None:
    """Days without a story too, today the last; an entry that joined is no story."""
    publish(ledger, "tigris", at(days=-1), "a")
    publish(ledger, "zagros", at(0), "a", "b")
    ledger.match()
    with ledger.store.reading() as session:
        found = status.hub_activity(session, at(5))
    assert len(found.days) == 14
    assert [count for _day, count in found.days[-3:]] == [0, 1, 1]
    assert found.days[-1][0] == NOON.date()
    assert found.merges == {"address": 1}


def test_delays_are_those_of_stories_that_came_while_their_feed_was_listed(store: Store, tmp_path: Path) -> None:
    """From publication to the poll; neither a second carrier nor an undated entry counts."""
    ledger = Ledger(store, tmp_path, born=at(-90))
    publish(ledger, "tigris", at(0), "a", age=40 * MINUTE)
    publish(ledger, "tigris", at(1), "b", age=10 * MINUTE)
    publish(ledger, "tigris", at(2), "older-than-the-feed", age=100 * MINUTE)
    publish(ledger, "zagros", at(30), "a", age=70 * MINUTE)
    undated = an_entry("https://tigris.example/news/undated", title="Undated", published=None)
    ledger.record(news_poll(ledger.number("tigris"), undated, now=at(31)))
    ledger.match()
    with store.reading() as session:
        assert status.hub_activity(session, at(40)).delays == [10 * MINUTE, 40 * MINUTE]


def test_r39_the_report_is_as_of_what_the_database_heard_last(ledger: Ledger) -> None:
    """R39: nothing is reckoned from the time at which it is asked."""
    with ledger.store.reading() as session:
        assert status.as_of(session) == BORN
    ledger.record(failing_poll(ledger.number("tigris"), at(7), FailureKind.GONE))
    with ledger.store.reading() as session:
        assert status.as_of(session) == at(7)
        assert load_board(session, ledger.site) == load_board(session, ledger.site)


def test_the_report_takes_few_statements_however_many_feeds_there_are(store: Store, tmp_path: Path) -> None:
    """The page of a large hub costs a few looks at each table."""
    ledger = a_mixed_hub(store, tmp_path, 30, NOON)
    with store.reading() as session, statements(session) as executed:
        board = load_board(session, ledger.site)
    assert len(board.hours) == 30
    assert len(executed) < len(board.hours)


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What the session executes."""
    executed: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        executed.append(statement)

    event.listen(session.connection(), "before_cursor_execute", hear)
    yield executed


def test_hours_are_numbered_from_1970() -> None:
    assert activity.hour_number(datetime(1970, 1, 2, 3, 59, tzinfo=UTC)) == 27
