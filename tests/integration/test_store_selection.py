"""What an output takes, and what its document shows of it (R12, R44, R45)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedhub.models import Entry
from feedhub.publish import select
from feedhub.store.database import Store
from support.ledger import Ledger
from support.polls import NOON, an_entry, at, edit, news_poll
from support.reports import MARKET, report
from support.reports import WEIR as WEIR_REPORT

FEEDS = """
feeds:
  - {url: "https://tigris.example/rss", id: tigris, tags: [iraq]}
  - {url: "https://zagros.example/rss", id: zagros, tags: [kurdistan]}
"""
WEIR = "https://tigris.example/news/2026/river-level-rises"


def with_output(keys: str) -> str:
    return f"{FEEDS}outputs:\n  - {{id: o, {keys}}}\n"


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, FEEDS)


def story(n: int, title: str = "", **changes: Any) -> Entry:
    values: dict[str, Any] = {"title": title or f"Story {n}", "published": at(-n)} | changes
    return an_entry(f"https://tigris.example/news/{n:06}", **values)


def publish(ledger: Ledger, feed: str, *entries: Entry, minutes: float = 0) -> None:
    ledger.record(news_poll(ledger.number(feed), *entries, now=at(minutes)))
    ledger.match(at(minutes))


def rewrite(ledger: Ledger, feed: str, entry: Entry, minutes: float, **changes: Any) -> None:
    """The publisher edits an entry."""
    edited = an_entry(entry.link, **{"title": entry.title, "published": entry.published} | changes)
    poll = news_poll(ledger.number(feed), now=at(minutes), edits=(edit(ledger.known(feed, entry), edited),))
    ledger.record(poll)
    ledger.match(at(minutes))


# --- what enters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 500])
def test_r7_a_story_enters_with_the_first_words_that_bring_it_in_however_many_are_matched_at_once(
    ledger: Ledger, size: int
) -> None:
    """R7, R45: a preferred carrier of the same pass tells it in others: it has its place, and is not shown."""
    ledger.adopt(with_output("match: {include: [Erbil]}").replace("tags: [kurdistan]", "priority: 1"))
    first = story(3, "Erbil airport")
    other = replace(first, title="An airport", published=at(-2))
    ledger.record(news_poll(ledger.number("tigris"), first, story(1, "Erbil market")))
    ledger.record(news_poll(ledger.number("zagros"), other))
    while pending := ledger.entries_pending():
        with ledger.store.writing() as session:
            ledger.matcher.match(session, pending[:size], NOON)
    market, airport = ledger.stories()
    assert len(airport.carriers) == 2
    assert ledger.sequence("o") == [(1, airport.id), (2, market.id)]
    assert ledger.titles("o") == ["Erbil market"]


def test_r45_a_story_that_loses_its_teller_is_judged_as_it_is_told_then(ledger: Ledger) -> None:
    """R45: an article that is rewritten into other news leaves; the words of who stays bring the story in."""
    ledger.adopt(
        with_output("match: {include: [Erbil]}").replace("tags: [kurdistan]", "tags: [kurdistan], priority: 1")
    )
    told = (WEIR_REPORT[0], WEIR_REPORT[1].replace("the river", "the river at Erbil"))
    publish(ledger, "tigris", replace(report("tigris", told), summary=told[1]))
    publish(ledger, "zagros", report("zagros", WEIR_REPORT), minutes=5)
    assert len(ledger.the_story().carriers) == 2
    assert ledger.titles("o") == []
    number = ledger.known("zagros", report("zagros", WEIR_REPORT))
    other = edit(number, report("zagros", MARKET))
    ledger.adopt(
        with_output("match: {include: [Erbil]}").replace("tags: [kurdistan]", "tags: [kurdistan], priority: 1")
    )
    ledger.record(news_poll(ledger.number("zagros"), now=at(30), edits=(other,)))
    ledger.match(at(30))
    assert len(ledger.stories()) == 2
    assert ledger.titles("o") == [WEIR_REPORT[0]]


@pytest.mark.parametrize(
    ("match", "titles"),
    [
        ("{include: [Erbil]}", ["Erbil airport"]),
        ("{include: [erbil, 're:^bas']}", ["Erbil airport", "Basra harbour"]),
        ("{exclude: [airport]}", ["Kurdish news", "Basra harbour"]),
        ("{include: [sport]}", ["Basra harbour"]),
        ("{languages: [ku]}", ["Kurdish news"]),
        ("{languages: [en], exclude: [Erbil]}", ["Basra harbour"]),
        ("{sources: [zagros]}", ["Kurdish news"]),
        ("{sources: [tigris], tags: [iraq, kurdistan]}", ["Erbil airport", "Basra harbour"]),
        ("{sources: [zagros], tags: [iraq]}", []),
    ],
)
def test_r45_an_output_holds_what_it_asks_for(ledger: Ledger, match: str, titles: list[str]) -> None:
    """R45: by words in title, summary and sections, by languages and sources; whether it was there first or came late.

    Its numbers have no gaps for what it does not take.
    """
    entries = [
        story(1, "Basra harbour", categories=("Sport",)),
        story(2, "Erbil airport"),
        story(3, "Kurdish news", language="ckb"),
    ]
    ledger.adopt(with_output(f"match: {match}"))
    publish(ledger, "zagros", entries[2])
    publish(ledger, "tigris", *entries[:2], minutes=1)
    assert sorted(ledger.titles("o")) == sorted(titles)
    assert [number for number, _urn in ledger.sequence("o")] == list(range(1, len(titles) + 1))
    before = ledger.sequence("o")
    ledger.adopt(FEEDS, at(2))
    ledger.adopt(with_output(f"match: {match}"), at(3))
    assert ledger.sequence("o") == before
    ledger.adopt(with_output(f"match: {match}").replace("id: o", "id: late"), at(4))
    assert sorted(ledger.titles("late")) == sorted(titles)


def test_r12_a_story_of_two_feeds_is_in_the_outputs_of_both(ledger: Ledger) -> None:
    """R12: whoever came first, and whoever tells it."""
    ledger.adopt(FEEDS + "outputs:\n  - {id: i, match: {tags: [iraq]}}\n  - {id: k, match: {sources: [zagros]}}\n")
    publish(ledger, "tigris", an_entry(WEIR))
    assert (len(ledger.titles("i")), len(ledger.titles("k"))) == (1, 0)
    publish(ledger, "zagros", an_entry(WEIR), minutes=5)
    assert ledger.the_story("i").id == ledger.the_story("k").id == ledger.the_story().id


def test_r45_a_story_is_judged_as_readers_see_it(ledger: Ledger) -> None:
    """The carrier that tells it decides; when another takes over, the story enters by the other's words."""
    ledger.adopt(with_output("match: {include: [Erbil]}").replace("[kurdistan]", "[kurdistan], priority: 5"))
    publish(ledger, "tigris", an_entry(WEIR, title="Snow in the north"))
    assert ledger.titles("o") == []
    publish(ledger, "zagros", an_entry(WEIR, title="Snow in Erbil"), minutes=5)
    assert ledger.titles("o") == ["Snow in Erbil"]


# --- edits ------------------------------------------------------------------------------------------------------------


def test_r45_an_edit_can_bring_a_story_in_take_it_out_and_bring_it_back_to_its_place(ledger: Ledger) -> None:
    """It enters once, behind what was there, and keeps its number; the document says each time that it changed."""
    ledger.adopt(with_output("match: {include: [Erbil]}"))
    one = story(1, "Snow in the north")
    publish(ledger, "tigris", one, story(2, "Rain in Erbil"))
    rewrite(ledger, "tigris", one, 10, title="Snow in Erbil")
    assert ledger.titles("o") == ["Snow in Erbil", "Rain in Erbil"]
    numbers = ledger.sequence("o")
    rewrite(ledger, "tigris", one, 20, title="Snow in Duhok")
    assert (ledger.titles("o"), ledger.view("o").modified) == (["Rain in Erbil"], at(20))
    rewrite(ledger, "tigris", one, 30, title="More snow in Erbil")
    assert ledger.titles("o") == ["More snow in Erbil", "Rain in Erbil"]
    assert ledger.sequence("o") == numbers
    assert ledger.view("o").modified == at(30)


def test_r39_last_modified_tells_of_a_story_that_left_a_full_document(ledger: Ledger) -> None:
    """R39: what takes its place is older than the change."""
    ledger.adopt(with_output("limit: 2, match: {exclude: [horoscope]}"))
    entries = [story(n) for n in (3, 2, 1)]
    publish(ledger, "tigris", *entries)
    assert ledger.titles("o") == ["Story 1", "Story 2"]
    rewrite(ledger, "tigris", entries[1], 10, title="Horoscope")
    assert ledger.titles("o") == ["Story 1", "Story 3"]
    assert ledger.view("o").modified == at(10)


def test_r39_last_modified_tells_of_a_story_that_left_and_was_not_replaced(ledger: Ledger) -> None:
    """R39: the first that entered an output with room for more."""
    ledger.adopt(with_output("match: {exclude: [horoscope]}"))
    entries = [story(n) for n in (3, 2, 1)]
    publish(ledger, "tigris", *entries)
    rewrite(ledger, "tigris", entries[0], 10, title="Horoscope")
    assert (len(ledger.titles("o")), ledger.view("o").modified) == (2, at(10))


def test_r45_a_changed_rule_holds_for_what_is_there(ledger: Ledger) -> None:
    """A word excluded later takes its stories out at the next start; put back, all is as it was."""
    ledger.adopt(with_output("match: {exclude: [Basra]}"))
    publish(ledger, "tigris", story(1, "Erbil"), story(2, "Duhok"))
    before = ledger.titles("o"), ledger.sequence("o")
    ledger.adopt(with_output("match: {exclude: [Basra, Erbil]}"), at(1))
    assert ledger.titles("o") == ["Duhok"]
    assert ledger.view("o").modified == at(1)
    ledger.adopt(with_output("match: {exclude: [Basra]}"), at(2))
    assert (ledger.titles("o"), ledger.sequence("o")) == before


# --- the document -----------------------------------------------------------------------------------------------------


def test_r44_one_source_takes_no_more_places_than_it_may(ledger: Ledger) -> None:
    """R44: its newest are shown, and others from further back take the places that are left."""
    ledger.adopt(with_output("limit: 5, max_per_source: 2"))
    publish(ledger, "zagros", *(story(n) for n in (100, 101, 102)))
    publish(ledger, "tigris", *(story(n) for n in range(10)), minutes=5)
    assert ledger.titles("o") == ["Story 0", "Story 1", "Story 100", "Story 101"]
    assert len(ledger.titles("all")) == 13


def test_r44_a_document_is_chosen_from_the_end_of_the_sequence(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """R44: a flood of one source hides what is far behind it rather than cost more and more."""
    monkeypatch.setattr(select, "DEPTH", 9)
    monkeypatch.setattr(select, "_STEP", 3)
    ledger.adopt(with_output("max_per_source: 1"))
    publish(ledger, "zagros", story(1000))
    publish(ledger, "tigris", *(story(n) for n in range(8)), minutes=5)
    assert ledger.titles("o") == ["Story 0", "Story 1000"]
    publish(ledger, "tigris", story(9, published=at(9)), minutes=10)
    assert ledger.titles("o") == ["Story 9"]


def test_max_age_counts_back_from_the_newest_story(ledger: Ledger) -> None:
    """Of the output itself, by date; what is older gives its place to what is not. No clock is asked."""
    ledger.adopt(with_output("limit: 3, max_age: 1h, match: {exclude: [Basra]}"))
    publish(ledger, "tigris", *(story(n, published=at(-n)) for n in (70, 30, 20, 0)))
    assert ledger.titles("o") == ["Story 0", "Story 20", "Story 30"]
    publish(ledger, "zagros", story(80), story(90), story(5, "Basra", published=at(50)), minutes=50)
    assert ledger.titles("o") == ["Story 0", "Story 20", "Story 30"]
    publish(ledger, "zagros", story(6, published=at(41)), minutes=50)
    assert ledger.titles("o") == ["Story 6", "Story 0"]
    assert {story.published for story in ledger.stories("o")} == {at(41), NOON}
    assert at(41) - timedelta(hours=1) > at(-20)
