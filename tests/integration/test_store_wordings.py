"""An entry that was edited is found and compared by what it said when it was matched too: copies of that still come."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from feedhub.models import Entry
from feedhub.store.database import Store
from feedhub.store.matching import Matched, Matcher
from feedhub.store.tables import TallyRow, WordingRow
from support.ledger import Ledger
from support.polls import NOON, at, edit, news_poll
from support.reports import BRIDGE, MARKET, WEIR, copy, report

FEEDS = """
feeds:
  - {url: "https://tigris.example/rss", id: tigris}
  - {url: "https://agency.example/rss", id: agency}
  - {url: "https://sumer.example/rss", id: sumer}
"""
# The town's count goes up and the report is told anew.
UPDATED = (
    "Army pontoon brings pupils over Khanas canal as water still rises",
    "Soldiers laid a pontoon over the flooded canal below the weir on Wednesday, and pupils of three villages crossed "
    "it in groups of ten while a crane lifted the last tractors from the fields.",
)


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, FEEDS)


def bring(ledger: Ledger, feed: str, *entries: Entry, minutes: float = 0) -> Matched:
    ledger.record(news_poll(ledger.number(feed), *entries, now=at(minutes)))
    return ledger.match(at(minutes))


def rewrite(ledger: Ledger, feed: str, was: Entry, told: tuple[str, str], minutes: float) -> Matched:
    changed = edit(ledger.known(feed, was), report(feed, told, guid=was.guid))
    ledger.record(news_poll(ledger.number(feed), now=at(minutes), edits=(changed,)))
    return ledger.match(at(minutes))


def wordings(ledger: Ledger) -> list[str]:
    with ledger.store.reading() as session:
        return [row.title for row in session.exec(select(WordingRow))]


@pytest.mark.parametrize("told", [WEIR, UPDATED])
def test_r3_copies_of_either_wording_join_the_story(ledger: Ledger, told: tuple[str, str]) -> None:
    """R3: what the item says now and what it said at first are one story; both are still copied."""
    bring(ledger, "tigris", report("tigris", WEIR))
    rewrite(ledger, "tigris", report("tigris", WEIR), UPDATED, 30)
    assert bring(ledger, "agency", copy("agency", told), minutes=60) == Matched(joined=1)


def test_the_first_wording_alone_is_kept(ledger: Ledger) -> None:
    """However often an item is told anew."""
    bring(ledger, "tigris", report("tigris", WEIR))
    for minutes, told in ((30, UPDATED), (60, MARKET), (90, BRIDGE)):
        rewrite(ledger, "tigris", report("tigris", WEIR), told, minutes)
    assert wordings(ledger) == [WEIR[0]]
    assert bring(ledger, "agency", copy("agency", UPDATED), minutes=120) == Matched(founded=1)


def test_r8_another_number_is_vetoed_by_both_wordings(ledger: Ledger) -> None:
    """R8: an edit opens the story to copies of the edit, not to look-alikes."""
    bring(ledger, "tigris", report("tigris", MARKET))
    rewrite(ledger, "tigris", report("tigris", MARKET), _counting("60"), 30)
    assert bring(ledger, "agency", report("agency", _counting("75")), minutes=60) == Matched(founded=1)


def _counting(number: str) -> tuple[str, str]:
    return MARKET[0].replace("forty", number), MARKET[1].replace("forty", number)


def test_an_edit_that_is_like_its_own_first_wording_leaves_no_story(ledger: Ledger) -> None:
    """R3: though it has grown unlike the other carrier, which had joined by a cut text."""
    bring(ledger, "tigris", report("tigris", WEIR))
    cut = WEIR[0], " ".join(WEIR[1].split()[:12])
    bring(ledger, "agency", copy("agency", cut), minutes=10)
    shorter = "Gates opened at Khanas after heavy rain", " ".join(WEIR[1].split()[9:])
    assert rewrite(ledger, "tigris", report("tigris", WEIR), shorter, 30) == Matched(edited=1)


def test_first_wordings_go_with_the_keys(ledger: Ledger) -> None:
    """What no entry looks at any more is taken away when a day has been counted."""
    bring(ledger, "tigris", report("tigris", WEIR))
    rewrite(ledger, "tigris", report("tigris", WEIR), UPDATED, 30)
    bring(ledger, "agency", report("agency", MARKET), minutes=1440)
    assert len(wordings(ledger)) == 1
    bring(ledger, "agency", report("agency", BRIDGE), minutes=1440 * 9)
    assert wordings(ledger) == []


def test_r7_a_day_counted_before_the_writing_is_stored_as_it_was_counted(ledger: Ledger) -> None:
    """R7: the count is what stood there when the matching began, and is not made again while writing."""
    bring(ledger, "tigris", report("tigris", WEIR), report("tigris", MARKET))
    ledger.record(news_poll(ledger.number("agency"), report("agency", BRIDGE), now=at(days=1)))
    alone = Matcher(ledger.site.policies, ledger.site.config.dedup)
    with ledger.store.reading() as session:
        numbers = alone.pending(session)
        alone.count(session, numbers)
    ledger.record(news_poll(ledger.number("sumer"), copy("sumer", WEIR), now=at(700)))
    with ledger.store.writing() as session:
        alone.match(session, numbers, at(days=1))
        stored = {row.day: row.tally for row in session.exec(select(TallyRow))}
    assert stored[max(stored)].startswith("[2,"), "not the three that stand there now"


def test_counting_ahead_writes_nothing(ledger: Ledger) -> None:
    """Readers and the writer go on while a full day is counted."""
    ledger.record(news_poll(ledger.number("tigris"), report("tigris", WEIR), now=NOON))
    with ledger.store.reading() as session:
        ledger.matcher.count(session, ledger.matcher.pending(session))
        assert session.exec(select(TallyRow)).all() == []
