"""What the operator is told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from feedhub.store import hub, status
from feedhub.store.database import Store
from feedhub.store.status import FeedStatus, HubStatus
from support.ledger import TWO_FEEDS, Ledger
from support.polls import NOON, an_entry, at, failing_poll, news_poll


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path)


def statuses(ledger: Ledger, now: datetime) -> dict[str, FeedStatus]:
    with ledger.store.reading() as session:
        return status.feed_statuses(session, now)


def publish(ledger: Ledger, feed: str, count: int, days: float) -> None:
    entries = [an_entry(f"https://{feed}.example/n/{days}-{n}") for n in range(count)]
    ledger.record(news_poll(ledger.number(feed), *entries, now=at(days=days)))


def test_a_feed_that_was_never_polled_is_new(ledger: Ledger) -> None:
    """And counts nothing."""
    found = statuses(ledger, NOON)
    assert set(found) == {"tigris", "zagros"}
    assert (found["tigris"].state, found["tigris"].entries, found["tigris"].last_poll) == ("new", 0, None)


def test_r6_the_last_poll_is_told_in_full(ledger: Ledger) -> None:
    """R6: state, times, reason, format, and how the feed's items are identified."""
    publish(ledger, "tigris", 3, 0)
    found = statuses(ledger, at(1))["tigris"]
    assert (found.state, found.entries, found.format) == ("ok", 3, "rss20")
    assert (found.last_poll, found.next_poll, found.reason) == (NOON, at(15), "every 15 min")
    assert (found.identity, found.identity_reason) == ("guid", "each item has its own guid")


def test_a_failure_is_told_beside_what_is_known(ledger: Ledger) -> None:
    """The failing feed keeps its format and its count; the other feed is not concerned."""
    publish(ledger, "tigris", 3, 0)
    publish(ledger, "zagros", 1, 0)
    ledger.record(failing_poll(ledger.number("tigris"), at(15)))
    found = statuses(ledger, at(16))
    assert (found["tigris"].state, found["tigris"].message) == ("timeout", "no answer within 30 s")
    assert (found["tigris"].entries, found["tigris"].format) == (3, "rss20")
    assert (found["zagros"].state, found["zagros"].entries) == ("ok", 1)


@pytest.mark.parametrize(("days", "rate"), [(0.5, 6.0), (2, 3.0), (6, 1.0), (7.5, 0.0)])
def test_new_per_day_is_the_mean_of_a_week_or_of_a_shorter_life(ledger: Ledger, days: float, rate: float) -> None:
    """A life shorter than a day counts as one."""
    publish(ledger, "tigris", 6, 0)
    assert statuses(ledger, at(days=days))["tigris"].new_per_day == pytest.approx(rate)


def test_the_hub_counts_stories_and_entries(ledger: Ledger) -> None:
    """Two carriers of one story are two entries."""
    for feed in ("tigris", "zagros"):
        ledger.record(news_poll(ledger.number(feed), an_entry()))
    ledger.match()
    with ledger.store.writing() as session:
        hub.note_reach(session, NOON, unreachable=True)
    with ledger.store.reading() as session:
        assert status.hub_status(session) == HubStatus(1, 2, ledger.revision(), True)


def test_before_the_first_start_there_is_nothing(store: Store) -> None:
    """`status` works on an empty database."""
    with store.reading() as session:
        assert status.hub_status(session) == HubStatus(0, 0, 0, False)
        assert status.feed_statuses(session, NOON) == {}
        assert (hub.revision(session), hub.site_url(session)) == (0, None)


def test_the_stories_of_a_day_are_counted_for_each_output(store: Store, tmp_path: Path) -> None:
    """Each once, by when it was first seen: neither one that another feed joins nor one that enters late is new."""
    outputs = "outputs: [{id: o, match: {exclude: [horoscope]}}]\n"
    ledger = Ledger(store, tmp_path, TWO_FEEDS + outputs)
    old, new, other = (an_entry(f"https://tigris.example/news/{n:06}", title=f"Story {n}") for n in range(3))
    ledger.record(news_poll(ledger.number("tigris"), old, now=at(-1500)))
    ledger.match(at(-1500))
    horoscope = an_entry("https://tigris.example/news/000009", title="Horoscope")
    ledger.record(news_poll(ledger.number("tigris"), new, other, horoscope, now=at(-60)))
    ledger.record(news_poll(ledger.number("zagros"), old, new, now=at(-30)))
    ledger.match(at(-30))
    with store.reading() as session:
        assert status.entered(session, ledger.site.config.outputs, at(-1440)) == {"all": 3, "o": 2}
        assert status.entered(session, ledger.site.config.outputs, at(-2000)) == {"all": 4, "o": 3}
        assert status.entered(session, ledger.site.config.outputs, NOON) == {}
