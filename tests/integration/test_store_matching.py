"""Entries become stories: each piece of news once, whatever way it came in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import event

from feedhub.models import Entry, Poll, Story
from feedhub.store.database import Store
from feedhub.store.matching import Matched
from support.ledger import Ledger
from support.polls import a_poll, an_entry, arrival, at, edit, news, news_poll

THREE_FEEDS = """
feeds:
  - {url: "https://tigris.example/rss", id: tigris, tags: [baghdad]}
  - {url: "https://zagros.example/rss", id: zagros, tags: [erbil], priority: 5}
  - {url: "https://agency.example/rss", id: agency}
outputs:
  - {id: baghdad, match: {tags: [baghdad]}}
  - {id: erbil, match: {tags: [erbil]}}
"""
WEIR = "https://tigris.example/news/2026/river-level-rises"
BRIDGE = "https://tigris.example/news/2026/old-bridge-closed-again"


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, THREE_FEEDS)


def poll(ledger: Ledger, feed: str, *entries: Entry, minutes: float = 0) -> Poll:
    return news_poll(ledger.number(feed), *entries, now=at(minutes))


def bridge(**changes: Any) -> Entry:
    """Other news than the weir's."""
    told = "Masons found a second crack in the northern arch; buses take the ring road until spring."
    own = {"title": "Old bridge closed again", "summary": told, "content": f"<p>{told}</p>"}
    return an_entry(BRIDGE, **(own | changes))


def carriers(story: Story) -> list[str]:
    return [carrier.source.id for carrier in story.carriers]


# --- what is one story ------------------------------------------------------------------------------------------------


def test_r1_the_same_address_in_two_feeds_is_one_story(ledger: Ledger) -> None:
    """R1: different guids, different case of the title, one story with both carriers, and why."""
    ours = an_entry(WEIR, guid="17", title="River Level Rises After The First Rain")
    theirs = an_entry(f"{WEIR}?utm_source=feed", guid="tag:zagros.example,2026:4")
    ledger.record(poll(ledger, "tigris", ours), poll(ledger, "zagros", theirs))
    assert ledger.match() == Matched(founded=1, joined=1)
    story = ledger.the_story()
    assert carriers(story) == ["zagros", "tigris"]
    assert sorted(carrier.rule for carrier in story.carriers) == ["address", "founded"]
    assert all(carrier.evidence for carrier in story.carriers)


def test_r2_one_address_with_two_titles_is_one_story(ledger: Ledger) -> None:
    """R2: the page decides, not the headline."""
    ledger.record(
        poll(ledger, "tigris", an_entry(WEIR, title="River level rises")),
        poll(ledger, "zagros", an_entry(WEIR, title="Two gates of the weir opened this morning")),
    )
    ledger.match()
    assert len(ledger.stories()) == 1


def test_r2_one_short_address_with_a_title_in_each_feed_is_one_story(ledger: Ledger) -> None:
    """R2: three newsrooms, three headlines, one article: what different feeds call it makes it no section."""
    titles = {"tigris": "River level rises", "zagros": "Two gates opened", "agency": "Farmers welcome the first rain"}
    page = "https://tigris.example/article/55"
    ledger.record(*(poll(ledger, feed, an_entry(page, guid=feed, title=title)) for feed, title in titles.items()))
    ledger.match()
    assert sorted(carriers(ledger.the_story())) == sorted(titles)


@pytest.mark.parametrize("title", ["Weather today", "أخبار اليوم"])
def test_r2_one_generic_title_with_two_addresses_is_two_stories(ledger: Ledger, title: str) -> None:
    """R2: the same headline on another day is other news."""
    for day in (1, 2):
        link = f"https://tigris.example/weather/2026/11/{day:02}/weather-report-{day}4711"
        ledger.record(poll(ledger, "tigris", an_entry(link, title=title), minutes=day * 1440))
        ledger.match(at(days=day))
    assert [story.title for story in ledger.stories()] == [title, title]


def test_r3_a_rewritten_headline_keeps_id_and_date(ledger: Ledger) -> None:
    """R3: the same item reads differently now: same story, new title, `published` where it was, `updated` moved."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR)))
    ledger.match()
    before, number = ledger.the_story(), ledger.known("tigris", an_entry(WEIR))
    rewritten = an_entry(WEIR, title="Weir holds as river rises", published=at(30))
    ledger.record(news_poll(ledger.number("tigris"), now=at(30), edits=(edit(number, rewritten),)))
    assert ledger.match(at(31)) == Matched(edited=1)
    after = ledger.the_story()
    assert (after.id, after.published, after.title) == (before.id, before.published, "Weir holds as river rises")
    assert (after.updated, after.touched) == (at(30), at(31))


def test_r19_an_edit_beneath_notice_touches_but_does_not_update(ledger: Ledger) -> None:
    """R19: a corrected typo is shown, and announced to nobody."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR)))
    ledger.match()
    before, number = ledger.the_story(), ledger.known("tigris", an_entry(WEIR))
    corrected = edit(number, an_entry(WEIR, title="River level rises after the first rain."), significant=False)
    ledger.record(news_poll(ledger.number("tigris"), now=at(30), edits=(corrected,)))
    ledger.match(at(31))
    after = ledger.the_story()
    assert (after.title, after.updated, after.touched) == (corrected.entry.title, before.updated, at(31))


def test_r11_an_edit_of_a_carrier_that_is_not_shown_does_not_update(ledger: Ledger) -> None:
    """R11, R19: `updated` is about the text that readers see, which is the representative's."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR)), poll(ledger, "zagros", an_entry(WEIR)))
    ledger.match()
    before, number = ledger.the_story(), ledger.known("tigris", an_entry(WEIR))
    ledger.record(news_poll(ledger.number("tigris"), now=at(30), edits=(edit(number, an_entry(WEIR, title="Other")),)))
    ledger.match(at(31))
    assert (ledger.the_story().updated, ledger.the_story().title) == (before.updated, before.title)


def test_an_edit_before_the_first_matching_is_no_update(ledger: Ledger) -> None:
    """What was never published in its first wording has not been updated."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR)))
    number = ledger.known("tigris", an_entry(WEIR))
    ledger.record(news_poll(ledger.number("tigris"), now=at(5), edits=(edit(number, an_entry(WEIR, title="New")),)))
    assert ledger.match(at(6)) == Matched(founded=1)
    story = ledger.the_story()
    assert (story.title, story.updated) == ("New", story.published)


def test_r5_new_guids_and_https_make_nothing_new_of_other_feeds_stories(ledger: Ledger) -> None:
    """R5: a copy of the same fifty pages after a move joins the fifty stories, at their dates."""
    links = [f"tigris.example/news/2026/{n:05}/river-level" for n in range(50)]
    old = [an_entry(f"http://{link}", title=f"Report {n}") for n, link in enumerate(links)]
    new = [an_entry(f"https://{link}", title=f"Report {n}", guid=f"tag:new,2026:{n}") for n, link in enumerate(links)]
    ledger.record(poll(ledger, "tigris", *old))
    ledger.match()
    before = {story.id: story.published for story in ledger.stories()}
    ledger.record(poll(ledger, "agency", *new, minutes=60))
    assert ledger.match(at(60)) == Matched(joined=50)
    assert {story.id: story.published for story in ledger.stories()} == before


def test_r6_twenty_items_under_one_guid_are_twenty_stories(ledger: Ledger) -> None:
    """R6: a guid that names the front page, or everything, merges nothing."""
    entries = [
        an_entry(f"https://tigris.example/n/{n}/old-town-market-fire-{n}", guid="https://tigris.example/", title=f"{n}")
        for n in range(20)
    ]
    arrivals = (arrival(entry, key=f"by link {n}") for n, entry in enumerate(entries))
    ledger.record(a_poll(ledger.number("tigris"), outcome="fetched", news=news(*arrivals)))
    assert ledger.match() == Matched(founded=20)
    assert len({story.id for story in ledger.stories()}) == 20


def test_r6_items_that_all_link_to_the_front_page_stay_apart(ledger: Ledger) -> None:
    """R6: also over days, and with the headlines in the same words."""
    for n in range(3):
        entry = an_entry("https://tigris.example/", guid=f"item-{n}", title="Latest news")
        ledger.record(poll(ledger, "tigris", entry, minutes=n))
        ledger.match(at(n))
    assert len({story.id for story in ledger.stories()}) == 3


def test_two_entries_of_one_batch_that_share_an_address_are_one_story(ledger: Ledger) -> None:
    """It makes no difference whether the first was matched before the second came in."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR)), poll(ledger, "agency", an_entry(WEIR, guid="a")))
    assert ledger.match() == Matched(founded=1, joined=1)
    ledger.record(poll(ledger, "zagros", an_entry(WEIR, guid="z"), minutes=5))
    assert ledger.match(at(5)) == Matched(joined=1)
    assert len(ledger.the_story().carriers) == 3


def test_r9_without_deduplication_every_entry_is_its_own_story(ledger: Ledger) -> None:
    """R9: off for a feed means that its entries join none and that none joins them; ids stay distinct."""
    ledger.adopt(THREE_FEEDS.replace("id: tigris", "id: tigris, dedup: 'off'"), at(1))
    ledger.record(poll(ledger, "zagros", an_entry(WEIR)), poll(ledger, "tigris", an_entry(WEIR)))
    assert ledger.match() == Matched(founded=2)
    ledger.record(poll(ledger, "agency", an_entry(WEIR), minutes=5))
    assert ledger.match(at(5)) == Matched(joined=1)
    assert sorted(map(carriers, ledger.stories())) == [["tigris"], ["zagros", "agency"]]


# --- what stays -------------------------------------------------------------------------------------------------------


def test_r11_a_later_carrier_of_higher_priority_tells_the_story_at_its_old_date(ledger: Ledger) -> None:
    """R11, R13: the text changes hands; id, `published` and `updated` do not move."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR, title="First words")))
    ledger.match()
    before = ledger.the_story()
    ledger.record(poll(ledger, "zagros", an_entry(WEIR, title="Later words", published=at(-600)), minutes=60))
    ledger.match(at(61))
    after = ledger.the_story()
    assert (before.title, after.title) == ("First words", "Later words")
    assert (after.id, after.published, after.updated) == (before.id, before.published, before.updated)
    assert after.touched == at(61)


def test_r13_a_hub_rebuilt_from_the_same_feeds_gives_the_same_ids(ledger: Ledger, tmp_path: Path) -> None:
    """R13: an id comes from the page, so that another database, and another first carrier, agree."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR), bridge()))
    ledger.match()
    rebuilt = Store.open(f"sqlite:///{tmp_path / 'rebuilt.db'}")
    try:
        other = Ledger(rebuilt, tmp_path, THREE_FEEDS)
        other.record(poll(other, "agency", bridge(guid="b")), poll(other, "zagros", an_entry(WEIR, guid="w")))
        other.match()
        assert {story.id for story in other.stories()} == {story.id for story in ledger.stories()}
    finally:
        rebuilt.close()


def test_r12_a_story_enters_the_outputs_of_all_its_carriers(ledger: Ledger) -> None:
    """R12: merged from a feed tagged A and one tagged B, at once or later, it is in A's output and in B's."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR)))
    ledger.match()
    assert (len(ledger.stories("baghdad")), len(ledger.stories("erbil"))) == (1, 0)
    ledger.record(poll(ledger, "zagros", an_entry(WEIR, guid="z"), minutes=5))
    ledger.match(at(5))
    assert ledger.the_story("baghdad").id == ledger.the_story("erbil").id == ledger.the_story("all").id


# --- the order of things ----------------------------------------------------------------------------------------------


def a_pass(ledger: Ledger) -> list[Poll]:
    """One pass in which three feeds carry two stories together and one each of their own."""
    polls = []
    for n, feed in enumerate(["tigris", "zagros", "agency"]):
        own = an_entry(f"https://{feed}.example/news/2026/something-of-our-own", title=f"Own {n}", published=at(-n))
        shared = [
            an_entry(link, guid=f"{feed}-{link}", title=f"By {feed}", published=at(-n)) for link in (WEIR, BRIDGE)
        ]
        polls.append(poll(ledger, feed, *shared, own))
    return polls


def outcome(ledger: Ledger) -> tuple[Sequence[object], ...]:
    """All that a published document could show, and the sequences."""
    return (ledger.stories(), *(ledger.sequence(output) for output in ("all", "baghdad", "erbil")))


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_r7_the_order_in_which_feeds_answer_makes_no_difference(
    ledger: Ledger, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """R7: ids, dates, sequence numbers, representatives, rules and evidence are the same for every order."""
    reference = Store.open(f"sqlite:///{tmp_path / 'reference.db'}")
    try:
        expected = Ledger(reference, tmp_path, THREE_FEEDS)
        expected.record(*a_pass(expected))
        expected.match()
        polls = a_pass(ledger)
        ledger.record(*(polls[n] for n in order))
        ledger.match()
        assert outcome(ledger) == outcome(expected)
    finally:
        reference.close()


def test_r7_undated_entries_enter_in_the_order_of_their_documents(ledger: Ledger) -> None:
    """R7, R18: the top of a document is its newest, the feeds follow each other, whichever answered first."""
    for feed in ("zagros", "tigris"):
        links = [f"https://{feed}.example/news/2026/{feed}-undated-report-{n}" for n in range(5)]
        ledger.record(poll(ledger, feed, *(an_entry(link, title=link, published=None) for link in links)))
    ledger.match()
    shown = [story.title.rsplit("/", 1)[1] for story in ledger.stories()]
    assert shown == [f"{feed}-undated-report-{n}" for feed in ("zagros", "tigris") for n in range(5)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_r7_the_evidence_does_not_depend_on_the_order_of_an_earlier_pass(
    ledger: Ledger, order: tuple[int, ...]
) -> None:
    """R7: the carrier that a newcomer is compared with is the same, whichever was stored first."""
    polls = [
        poll(ledger, "tigris", an_entry(WEIR, title="River level rises")),
        poll(ledger, "agency", an_entry(WEIR, title="Gates of the weir opened")),
    ]
    ledger.record(*(polls[n] for n in order))
    ledger.match()
    ledger.record(poll(ledger, "zagros", an_entry(WEIR, title="River level rises"), minutes=5))
    ledger.match(at(5))
    evidence = {carrier.source.id: carrier.evidence for carrier in ledger.the_story().carriers}
    assert evidence["zagros"] == WEIR
    assert evidence["agency"] == f"{WEIR}, under another headline"


def test_r7_a_matching_with_nothing_to_match_changes_nothing(ledger: Ledger) -> None:
    """R7, R39: same state, same bytes: not even the revision moves."""
    ledger.record(*a_pass(ledger))
    unmatched = ledger.revision()
    assert ledger.match().changed
    before, revision = outcome(ledger), ledger.revision()
    assert revision == unmatched + 1
    assert ledger.match(at(60)) == Matched()
    assert not Matched().changed
    assert (outcome(ledger), ledger.revision()) == (before, revision)


def test_a_matching_is_whole_or_not_at_all(ledger: Ledger) -> None:
    """R51: cut off before its end it leaves everything to the next one, which comes to the same."""
    ledger.record(*a_pass(ledger))

    def cut_off() -> None:
        with ledger.store.writing() as session:
            ledger.matcher.match(session, ledger.matcher.pending(session), at(0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert ledger.stories() == []
    assert ledger.match() == Matched(founded=5, joined=4)


def test_entries_of_a_feed_taken_out_wait_for_its_return(ledger: Ledger) -> None:
    """They are neither lost nor published by a feed that is not listed."""
    ledger.record(poll(ledger, "tigris", an_entry(WEIR)), poll(ledger, "agency", bridge()))
    without = "\n".join(line for line in THREE_FEEDS.splitlines() if "id: agency" not in line)
    ledger.adopt(without, at(1))
    assert ledger.match(at(1)) == Matched(founded=1)
    revision = ledger.revision()
    assert (ledger.match(at(2)), ledger.revision()) == (Matched(), revision)
    ledger.adopt(THREE_FEEDS, at(3))
    assert ledger.match(at(3)) == Matched(founded=1)
    assert len(ledger.stories()) == 2


def test_r9_matching_looks_up_what_it_needs(ledger: Ledger) -> None:
    """R9: the number of statements does not grow with the entries matched, nor with those kept."""

    def statements(day: int, count: int) -> int:
        links = [f"https://tigris.example/news/{day}{n:05}/river-level" for n in range(count)]
        ledger.record(poll(ledger, "tigris", *(an_entry(link) for link in links), minutes=day * 1440))
        seen: list[str] = []
        event.listen(ledger.store.engine, "before_cursor_execute", listener := lambda *args: seen.append(args[2]))
        ledger.match(at(days=day))
        event.remove(ledger.store.engine, "before_cursor_execute", listener)
        return sum(1 for sql in seen if not sql.startswith("INSERT"))

    few, many = statements(1, 5), statements(2, 400)
    assert many <= few + 5


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM entries WHERE pending = 1 AND feed_id IN (1, 2, 3)",
        "SELECT id FROM entries WHERE feed_id = 1 AND key IN ('a', 'b')",
        "SELECT id FROM entries WHERE feed_id = 1 AND guid_hash IN (1, 2, 3, 4)",
        "SELECT id FROM entries WHERE feed_id = 1 AND url_hash IN (1, 2, 3, 4)",
        "SELECT id FROM entries WHERE feed_id IN (1, 2) AND story_id IN (1, 2, 3, 4)",
    ],
)
def test_r9_sqlite_walks_no_whole_feed(tmp_path: Path, sql: str) -> None:
    """R9: without statistics SQLite takes the wrong index where the schema leaves it the choice."""
    store = Store.open(f"sqlite:///{tmp_path / 'plan.db'}")
    try:
        with store.reading() as session:
            plan = " ".join(row[3] for row in session.execute(sqlalchemy.text(f"EXPLAIN QUERY PLAN {sql}")))
    finally:
        store.close()
    assert "ix_entries_pending" in plan or ("SEARCH" in plan and "(feed_id=?)" not in plan)


def test_r9_sqlite_walks_no_table_to_match(tmp_path: Path) -> None:
    """R9: every look-up of a matching goes by an index, whatever is new, edited or near to something else."""
    store, plans = Store.open(f"sqlite:///{tmp_path / 'plan.db'}"), dict[str, str]()

    def explain(connection: Any, cursor: Any, sql: str, parameters: Any, _context: Any, many: bool) -> None:
        if not sql.startswith(("INSERT", "BEGIN", "EXPLAIN")):
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters[0] if many else parameters)
            plans[sql] = "; ".join(row[3] for row in cursor.fetchall())

    try:
        ledger = Ledger(store, tmp_path, THREE_FEEDS)
        ledger.record(*a_pass(ledger))
        ledger.match()
        number = ledger.known("agency", an_entry(WEIR, guid=f"agency-{WEIR}"))
        ledger.record(news_poll(ledger.number("agency"), now=at(30), edits=(edit(number, bridge()),)))
        ledger.record(poll(ledger, "tigris", an_entry(f"{WEIR}-again"), minutes=30))
        event.listen(store.engine, "before_cursor_execute", explain)
        assert ledger.match(at(30)).changed
    finally:
        store.close()
    by_key = [plan for sql, plan in plans.items() if "json_each" in sql]
    assert len(by_key) >= 8
    large = re.compile(
        r"SCAN (entries|stories|keys|related|wordings|sequence)\b(?!.* ix_(stories_merged|entries_pending))"
    )
    assert {sql: plan for sql, plan in plans.items() if large.search(plan)} == {}
    assert all("SEARCH" in plan for plan in by_key)
