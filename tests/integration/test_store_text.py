"""Entries whose texts are alike become one story, the same ones whatever way they came in and were taken up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlmodel import col, func, select

from feedhub.models import Entry, Poll, Story
from feedhub.publish.documents import addresses, render
from feedhub.store.database import Store
from feedhub.store.matching import Matched, Matcher
from feedhub.store.tables import EntryRow, KeyRow, RelatedRow, TallyRow
from feedhub.store.tallies import day_of
from feedhub.stories.keys import CROWD
from feedhub.stories.match import VERSION
from support.ledger import Ledger
from support.polls import NOON, an_entry, at, edit, news_poll
from support.reports import ARABIC, BRIDGE, MARKET, WEIR, copy, report

FOUR_FEEDS = """
feeds:
  - {url: "https://tigris.example/rss", id: tigris, tags: [baghdad]}
  - {url: "https://zagros.example/rss", id: zagros, tags: [erbil], priority: 5}
  - {url: "https://agency.example/rss", id: agency}
  - {url: "https://sumer.example/rss", id: sumer}
outputs:
  - {id: baghdad, match: {tags: [baghdad]}}
  - {id: erbil, match: {tags: [erbil]}}
"""
OUTLETS = ("tigris", "zagros", "agency", "sumer")
PLACES = ("Kirkuk", "Samawah", "Ranya", "Fallujah")


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, FOUR_FEEDS)


@pytest.fixture
def reference(tmp_path: Path) -> Iterator[Ledger]:
    """Another hub with the same configuration."""
    store = Store.open(f"sqlite:///{tmp_path / 'reference.db'}")
    yield Ledger(store, tmp_path, FOUR_FEEDS)
    store.close()


def poll(ledger: Ledger, feed: str, *entries: Entry, minutes: float = 0) -> Poll:
    return news_poll(ledger.number(feed), *entries, now=at(minutes))


def carriers(story: Story) -> list[str]:
    return [carrier.source.id for carrier in story.carriers]


def count(ledger: Ledger, row: type[KeyRow] | type[RelatedRow] | type[TallyRow]) -> int:
    with ledger.store.reading() as session:
        return session.exec(select(func.count()).select_from(row)).one()


# --- one story --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [WEIR, MARKET, ARABIC])
def test_r14_a_copy_under_another_address_joins_and_says_why(ledger: Ledger, told: tuple[str, str]) -> None:
    """R14: rule, evidence, score and the version of the rules are stored with the carrier."""
    ledger.record(poll(ledger, "tigris", report("tigris", told)))
    ledger.match()
    ledger.record(poll(ledger, "agency", copy("agency", told), minutes=30))
    assert ledger.match(at(30)) == Matched(joined=1)
    story = ledger.the_story()
    assert carriers(story) == ["tigris", "agency"]
    joined = story.carriers[1]
    assert joined.rule == "text"
    assert joined.evidence
    assert joined.score is not None
    assert 0.5 < joined.score <= 1
    assert [entry.version for entry in ledger.entries()] == [VERSION, VERSION]


def test_r13_a_story_that_copies_join_keeps_id_and_date(ledger: Ledger) -> None:
    """R11, R13: whichever outlet tells it from now on."""
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)))
    ledger.match()
    before = ledger.the_story()
    ledger.record(poll(ledger, "zagros", copy("zagros", WEIR, published=at(-600)), minutes=30))
    ledger.match(at(30))
    after = ledger.the_story()
    assert carriers(after) == ["zagros", "tigris"]
    assert after.title == f"Breaking: {WEIR[0]}"
    assert (after.id, after.published, after.updated) == (before.id, before.published, before.updated)
    assert after.touched == at(30)


def test_r47_a_story_goes_on_without_the_feed_that_founded_it(ledger: Ledger) -> None:
    """R13, R47: under the same id; copies still join it, and the feed finds its place when it is listed again."""
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)), poll(ledger, "agency", copy("agency", WEIR)))
    ledger.match()
    before = ledger.the_story()
    others = [line for line in FOUR_FEEDS.partition("outputs:")[0].splitlines() if "tigris" not in line]
    ledger.adopt("\n".join(others), at(10))
    left = ledger.the_story()
    assert (left.id, carriers(left), left.published) == (before.id, ["agency"], before.published)
    ledger.record(poll(ledger, "sumer", copy("sumer", WEIR), minutes=20))
    assert ledger.match(at(20)) == Matched(joined=1)
    ledger.adopt(FOUR_FEEDS, at(30))
    ledger.match(at(30))
    after = ledger.the_story()
    assert (after.id, carriers(after)) == (before.id, ["tigris", "agency", "sumer"])


def test_r14_a_decision_by_earlier_rules_says_what_it_said(ledger: Ledger) -> None:
    """R13, R14: new rules are for what comes; a stored decision keeps its sentence and takes copies as before."""
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)), poll(ledger, "agency", copy("agency", WEIR)))
    ledger.match()
    before = ledger.the_story()
    with ledger.store.writing() as session:
        session.execute(sqlalchemy.update(EntryRow).values(version=VERSION - 1))
    assert ledger.the_story() == before
    ledger.record(poll(ledger, "sumer", copy("sumer", WEIR), minutes=20))
    ledger.match(at(20))
    assert ledger.the_story().carriers[:2] == before.carriers
    assert [entry.version for entry in ledger.entries()] == [VERSION - 1, VERSION - 1, VERSION]


def test_r12_a_story_merged_by_its_text_is_in_the_outputs_of_all_its_feeds(ledger: Ledger) -> None:
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)), poll(ledger, "zagros", copy("zagros", WEIR)))
    ledger.match()
    assert ledger.the_story("baghdad").id == ledger.the_story("erbil").id == ledger.the_story().id


def test_other_news_stays_apart(ledger: Ledger) -> None:
    ledger.record(*(poll(ledger, "tigris", report("tigris", told), minutes=0) for told in (WEIR, MARKET, BRIDGE)))
    ledger.record(poll(ledger, "agency", copy("agency", WEIR)))
    assert ledger.match() == Matched(founded=3, joined=1)


# --- R7: the order of things ------------------------------------------------------------------------------------------


def a_pass(ledger: Ledger) -> list[Poll]:
    """One pass in which four outlets carry three stories in their own words, each one of its own, and a look-alike."""
    polls = []
    for n, outlet in enumerate(OUTLETS):
        told = [(WEIR, MARKET, BRIDGE)[(n + place) % 3] for place in range(3)]
        shared = [(copy if n % 2 else report)(outlet, one, published=at(-n)) for one in told]
        own = an_entry(f"https://{outlet}.example/news/2026/of-our-own", title=f"Of our own, by {outlet}")
        title, lead = (part.replace("Amara", PLACES[n]) for part in MARKET)
        polls.append(poll(ledger, outlet, *shared, own, report(outlet, (title, lead), published=at(-n))))
    return polls


def outcome(ledger: Ledger) -> dict[str, object]:
    """Every document, by its address: feeds and pages, each story's with its near-misses; and the sequences."""
    with ledger.store.reading() as session:
        published = {path: render(session, ledger.site, path) for path in addresses(session, ledger.site)}
    return {**published, **{output: ledger.sequence(output) for output in ("all", "baghdad", "erbil")}}


@pytest.mark.parametrize(
    ("order", "size"), [((0, 1, 2, 3), 1), ((3, 2, 1, 0), 1), ((2, 0, 3, 1), 3), ((3, 2, 1, 0), 500)]
)
def test_r7_neither_arrival_nor_batches_nor_a_restart_decide_anything(
    ledger: Ledger, reference: Ledger, order: tuple[int, ...], size: int
) -> None:
    """R7: the same stories, rules, scores and numbers, each batch matched by a process that has just started."""
    reference.record(*a_pass(reference))
    reference.match()
    polls = a_pass(ledger)
    ledger.record(*(polls[n] for n in order))
    while ledger.entries_pending():
        fresh = Matcher(ledger.site.policies, ledger.site.config.dedup)
        with ledger.store.writing() as session:
            fresh.match(session, fresh.pending(session)[:size], NOON)
    assert outcome(ledger) == outcome(reference)
    assert sorted(map(len, map(carriers, ledger.stories()))) == [1] * 8 + [4] * 3
    assert sum(len(story.related) for story in ledger.stories()) >= 8


def test_r7_a_batch_that_is_cut_off_is_taken_up_whole(ledger: Ledger, reference: Ledger) -> None:
    """R51: a process killed within its second batch leaves the first one done and the rest waiting."""
    for one in (ledger, reference):
        one.record(*a_pass(one))
    reference.match()
    matcher = Matcher(ledger.site.policies, ledger.site.config.dedup)
    with ledger.store.writing() as session:
        matcher.match(session, matcher.pending(session)[:5], NOON)

    def killed() -> None:
        with ledger.store.writing() as session:
            matcher.match(session, matcher.pending(session)[:5], NOON)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert len(ledger.entries_pending()) == 15
    ledger.adopt(FOUR_FEEDS)
    ledger.match()
    assert outcome(ledger) == outcome(reference)


def test_r7_what_words_weigh_is_settled_when_the_day_is_over(ledger: Ledger) -> None:
    """R7: what a slow feed still brings of yesterday changes nothing for today."""
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)))
    ledger.match()
    assert count(ledger, TallyRow) == 7
    ledger.record(poll(ledger, "tigris", report("tigris", MARKET), minutes=1440))
    ledger.match(at(days=1))
    before = tallies(ledger)
    ledger.record(poll(ledger, "agency", *(report("agency", told) for told in (BRIDGE, ARABIC)), minutes=5))
    ledger.adopt(FOUR_FEEDS, at(days=1))
    ledger.record(poll(ledger, "sumer", report("sumer", BRIDGE), minutes=1450))
    ledger.match(at(1450))
    assert tallies(ledger) == before
    assert before[day_of(NOON)] != before[day_of(NOON) - 1]


def tallies(ledger: Ledger) -> dict[int, str]:
    with ledger.store.reading() as session:
        return {row.day: row.tally for row in session.exec(select(TallyRow))}


# --- R8: boilerplate --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_r8_five_thousand_items_under_one_headline_stay_apart(tmp_path: Path) -> None:
    """R8, R9: nothing merges, and what a headline in a crowd costs is bounded: it is stored so often and no more."""
    store = Store.open(f"sqlite:///{tmp_path / 'crowd.db'}")
    try:
        ledger = Ledger(store, tmp_path, FOUR_FEEDS)
        for start in range(0, 5_000, 1_000):
            entries = (headline_only(n) for n in range(start, start + 1_000))
            ledger.record(poll(ledger, OUTLETS[start // 1_000 % 4], *entries, minutes=start / 1_000))
            ledger.match(at(start / 1_000))
        assert len(ledger.sequence()) == 5_000
        with store.reading() as session:
            crowds = session.exec(select(func.count()).select_from(KeyRow).group_by(col(KeyRow.key))).all()
        assert max(crowds) == CROWD + 1
    finally:
        store.close()


def headline_only(n: int) -> Entry:
    link = f"https://tigris.example/news/2026/{n:05}/the-weather-in-the-provinces"
    return an_entry(link, title="The weather in the provinces today and tomorrow", summary="", content="")


def test_r8_an_outlet_whose_every_item_has_one_summary_merges_nothing(ledger: Ledger) -> None:
    """R8: also not with what other outlets have under such a summary."""
    same = (
        "Read the whole article on our site, follow us on all channels and write to our editors every day of the week."
    )
    for n, told in enumerate((WEIR, MARKET, BRIDGE, ARABIC)):
        for outlet in ("tigris", "agency") if n == 3 else ("tigris",):
            entry = report(outlet, (told[0] if outlet == "tigris" else "A tram for Mosul, say planners", same))
            ledger.record(poll(ledger, outlet, entry, minutes=n))
    ledger.match(at(5))
    assert len(ledger.stories()) == 5


# --- R9: what it costs, and how it is switched off --------------------------------------------------------------------


def test_r9_a_feed_that_merges_by_address_alone_takes_no_part_by_text(ledger: Ledger) -> None:
    """R9: `dedup: link`: its entries join by no text and none joins them by it, the same article still does."""
    ledger.adopt(FOUR_FEEDS.replace("id: tigris", "id: tigris, dedup: link"), at(0))
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)))
    assert ledger.match() == Matched(founded=1)
    assert count(ledger, KeyRow) == 0
    ledger.record(poll(ledger, "agency", copy("agency", WEIR), minutes=5))
    assert ledger.match(at(5)) == Matched(founded=1)
    ledger.record(poll(ledger, "zagros", report("tigris", WEIR, guid="z"), minutes=10))
    assert ledger.match(at(10)) == Matched(joined=1)


def test_r9_without_deduplication_no_text_is_compared(ledger: Ledger) -> None:
    ledger.adopt(FOUR_FEEDS.replace("id: tigris", "id: tigris, dedup: 'off'"), at(0))
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)), poll(ledger, "agency", copy("agency", WEIR)))
    assert ledger.match() == Matched(founded=2)


def test_r9_a_copy_beyond_the_window_is_news_again(ledger: Ledger) -> None:
    """R9: `dedup: window` says how far back is looked; by the address it is always the same story (R1)."""
    ledger.adopt(FOUR_FEEDS + "dedup: {window: 2d}\n", at(0))
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR), report("tigris", MARKET)))
    ledger.match()
    ledger.record(poll(ledger, "agency", copy("agency", WEIR), minutes=2 * 1440))
    assert ledger.match(at(days=2)) == Matched(joined=1)
    ledger.record(poll(ledger, "agency", copy("agency", MARKET), minutes=3 * 1440))
    assert ledger.match(at(days=3)) == Matched(founded=1)


def test_r9_keys_are_kept_for_the_window_and_no_longer(ledger: Ledger) -> None:
    """R9: days leave the index whole, at the first matching of a later day."""
    for day in (0, 1, 8, 9):
        ledger.record(poll(ledger, "tigris", report("tigris", (f"{WEIR[0]} {day}", WEIR[1])), minutes=day * 1440))
        ledger.match(at(days=day))
    with ledger.store.reading() as session:
        days = set(session.exec(select(KeyRow.day)))
    assert days == {day_of(at(days=8)), day_of(at(days=9))}


def test_r9_a_story_is_under_a_key_three_times_at_most(ledger: Ledger) -> None:
    """R9: a much copied story neither fills the index nor crowds itself out."""
    for n, outlet in enumerate(OUTLETS):
        ledger.record(poll(ledger, outlet, report(outlet, WEIR, published=at(n)), minutes=n))
        ledger.match(at(n))
    assert carriers(ledger.the_story()) == ["zagros", "tigris", "agency", "sumer"]
    with ledger.store.reading() as session:
        entries = session.exec(select(func.count(func.distinct(col(KeyRow.entry_id))))).one()
    assert entries == 3


LOOK_UP = "SELECT key, day, entry_id FROM keys WHERE day IN (20778, 20779) AND key IN (1, 2, 3, 4)"
EXPIRY = "DELETE FROM keys WHERE day < 20772"


@pytest.mark.parametrize("sql", [LOOK_UP, EXPIRY])
def test_r9_keys_are_looked_up_and_taken_away_by_the_index(store: Store, sql: str) -> None:
    """R9: neither walks the table, on either database."""
    explain = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN "
    with store.writing() as session:
        if not store.is_sqlite:  # an empty table is not worth an index
            session.execute(sqlalchemy.text("SET LOCAL enable_seqscan = off"))
        plan = " ".join(str(row[-1]) for row in session.execute(sqlalchemy.text(explain + sql)))
    terms = "(day=? AND key=?)" if sql == LOOK_UP else "(day<?)"
    if store.is_sqlite:
        assert f"SEARCH keys USING PRIMARY KEY {terms}" in plan
    else:
        assert "keys_pkey" in plan
        assert "Seq Scan" not in plan


# --- edits ------------------------------------------------------------------------------------------------------------


def test_r13_an_edit_into_other_news_leaves_the_story_under_an_id_of_its_own(ledger: Ledger) -> None:
    """R13, R14: the story stays with the others; the edited entry says that it was split out; no date moves."""
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)), poll(ledger, "agency", copy("agency", WEIR)))
    ledger.match()
    before, number = ledger.the_story(), ledger.known("agency", copy("agency", WEIR))
    other = report("agency", BRIDGE, guid=copy("agency", WEIR).guid)
    ledger.record(news_poll(ledger.number("agency"), now=at(30), edits=(edit(number, other),)))
    assert ledger.match(at(30)) == Matched(edited=1, split=1)
    new, old = ledger.stories()
    assert (old.id, carriers(old), old.published, old.updated) == (
        before.id,
        ["tigris"],
        before.published,
        before.updated,
    )
    assert (carriers(new), new.title, new.updated) == (["agency"], BRIDGE[0], at(30))
    assert new.id != old.id
    assert new.carriers[0].rule == "split"
    assert old.touched == new.touched == at(30)


def test_an_edit_of_the_founder_leaves_the_story_to_the_others(ledger: Ledger) -> None:
    """R13: the id stays with the carriers that still tell the story; the page's own id is taken, so it gets another."""
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)), poll(ledger, "agency", copy("agency", WEIR)))
    ledger.match()
    before, number = ledger.the_story(), ledger.known("tigris", report("tigris", WEIR))
    other = report("tigris", MARKET, guid=report("tigris", WEIR).guid)
    ledger.record(news_poll(ledger.number("tigris"), now=at(30), edits=(edit(number, other),)))
    ledger.match(at(30))
    found = {story.title: (story.id, carriers(story)) for story in ledger.stories()}
    assert found[f"Breaking: {WEIR[0]}"] == (before.id, ["agency"])
    assert found[MARKET[0]][1] == ["tigris"]


def test_an_edit_that_stays_with_its_story_splits_nothing(ledger: Ledger) -> None:
    """R3: also a significant one."""
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)), poll(ledger, "agency", copy("agency", WEIR)))
    ledger.match()
    number = ledger.known("agency", copy("agency", WEIR))
    longer = report("agency", (WEIR[0], WEIR[1] + " Schools near the river stay closed on Wednesday."))
    ledger.record(news_poll(ledger.number("agency"), now=at(30), edits=(edit(number, longer),)))
    assert ledger.match(at(30)) == Matched(edited=1)
    assert carriers(ledger.the_story()) == ["tigris", "agency"]


def test_r3_an_edit_that_counts_anew_is_an_update(ledger: Ledger) -> None:
    """R3: with other numbers than the other carriers' the entry would not have joined; it stays, for it is its item."""
    ledger.record(poll(ledger, "tigris", report("tigris", MARKET)), poll(ledger, "agency", copy("agency", MARKET)))
    ledger.match()
    number = ledger.known("agency", copy("agency", MARKET))
    title, lead = (part.replace("forty", "60") for part in MARKET)
    ledger.record(
        news_poll(ledger.number("agency"), now=at(30), edits=(edit(number, report("agency", (title, lead))),))
    )
    assert ledger.match(at(30)) == Matched(edited=1)
    assert carriers(ledger.the_story()) == ["tigris", "agency"]


def test_an_edit_that_makes_two_stories_alike_relates_them_and_merges_nothing(ledger: Ledger) -> None:
    """R13: two published stories are never made one; each names the other (R40)."""
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)), poll(ledger, "agency", report("agency", BRIDGE)))
    ledger.match()
    ids = {story.id for story in ledger.stories()}
    number = ledger.known("agency", report("agency", BRIDGE))
    ledger.record(news_poll(ledger.number("agency"), now=at(30), edits=(edit(number, copy("agency", WEIR)),)))
    assert ledger.match(at(30)) == Matched(edited=1)
    one, two = ledger.stories()
    assert {one.id, two.id} == ids
    assert [other.id for other in one.related] == [two.id]
    assert [other.id for other in two.related] == [one.id]
    assert "two published stories are not made one" in one.related[0].reason
    assert one.touched == two.touched == at(30)


def test_r14_a_near_miss_is_kept_as_related_with_its_reason(ledger: Ledger) -> None:
    """R14, R40: what was almost merged says why not, on both stories."""
    eleven = WEIR[1].replace("eleven years", "twelve years")
    ledger.record(poll(ledger, "tigris", report("tigris", WEIR)))
    ledger.match()
    other = ("Engineers open five gates of the Khanas weir after heavy rain", eleven.replace("two gates", "five gates"))
    ledger.record(poll(ledger, "agency", report("agency", other), minutes=20))
    assert ledger.match(at(20)) == Matched(founded=1)
    newer, older = ledger.stories()
    assert [other.id for other in newer.related] == [older.id]
    assert [other.id for other in older.related] == [newer.id]
    assert newer.related[0].reason
    assert newer.related[0].reason == older.related[0].reason
    assert newer.related[0].source.id == "tigris"
    assert count(ledger, RelatedRow) == 1
