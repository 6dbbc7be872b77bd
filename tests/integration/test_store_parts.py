"""Outputs that merge less than the feeds did: `dedup: link` and `dedup: off` on an output (R9)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from feedhub.models import Document, Entry, Gone, Story
from feedhub.publish import archive
from feedhub.publish.documents import addresses, render
from feedhub.store import lookup, status
from feedhub.store.database import Store, sqlite_url
from support.ledger import HUB, Ledger
from support.polls import an_entry, at, edit, news_poll
from support.published import follow, shown
from support.reports import BRIDGE, MARKET, WEIR, copy, report

FEEDS = """
feeds:
  - {url: "https://tigris.example/rss", id: tigris}
  - {url: "https://zagros.example/rss", id: zagros}
  - {url: "https://agency.example/rss", id: agency}
"""
MODES = "outputs: [{id: linked, dedup: link}, {id: each, dedup: off}]\n"
OUTPUTS = ("all", "linked", "each")

FIRST = report("tigris", WEIR, published=at(-30))
REPOST = replace(FIRST, published=at(-20))  # at the same address
COPY = copy("agency", WEIR, published=at(-10))  # in much the same words
CARRIED = (("tigris", FIRST), ("zagros", REPOST), ("agency", COPY))


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, FEEDS + MODES)


def bring(ledger: Ledger, *carried: tuple[str, Entry], minutes: float = 0) -> None:
    ledger.record(*(news_poll(ledger.number(feed), entry, now=at(minutes)) for feed, entry in carried))
    ledger.match(at(minutes))


def rewrite(ledger: Ledger, feed: str, entry: Entry, minutes: float, **changes: Any) -> None:
    edited = edit(ledger.known(feed, entry), replace(entry, **changes))
    ledger.record(news_poll(ledger.number(feed), edits=(edited,), now=at(minutes)))
    ledger.match(at(minutes))


def tell_of_a_bridge(ledger: Ledger) -> None:
    """Edit the entry that founded the story: it leaves it, in words and by its address."""
    page = "https://tigris.example/news/2026/a-footbridge-for-shirqat"
    news = {"title": BRIDGE[0], "summary": BRIDGE[1], "content": f"<p>{BRIDGE[1]}</p>"}
    rewrite(ledger, "tigris", FIRST, 10, link=page, canonical_url=page, **news)


def groups(ledger: Ledger, output: str) -> list[list[str]]:
    """The feeds that carry each item of an output, the one that entered last first."""
    return [feeds_of(story) for story in ledger.stories(output)]


def feeds_of(story: Story) -> list[str]:
    return [carrier.source.id for carrier in story.carriers]


def by_feeds(ledger: Ledger, output: str) -> dict[str, Story]:
    return {" ".join(feeds_of(story)): story for story in ledger.stories(output)}


def test_r9_an_output_shows_stories_or_what_is_linked_or_each_entry(ledger: Ledger) -> None:
    """R9: three outputs of one hub; nothing of one bears on another. What founded a story has its id in all three.

    An item is dated by the entry that it began with, and says which story it is of.
    """
    bring(ledger, *CARRIED)
    (story,) = ledger.stories()
    linked, each = by_feeds(ledger, "linked"), by_feeds(ledger, "each")
    assert feeds_of(story) == ["tigris", "zagros", "agency"]
    assert groups(ledger, "linked") == [["agency"], ["tigris", "zagros"]]
    assert groups(ledger, "each") == [["agency"], ["zagros"], ["tigris"]]
    assert linked["tigris zagros"].id == each["tigris"].id == story.id
    assert linked["agency"].id == each["agency"].id
    assert len({item.id for item in each.values()}) == 3
    assert {feed: item.published for feed, item in each.items()} == {
        "tigris": at(-30), "zagros": at(-20), "agency": at(-10),
    }  # fmt: skip
    assert {item.whole for item in (*linked.values(), *each.values())} == {story.id}
    assert [number for number, _urn in ledger.sequence("each")] == [1, 2, 3]
    assert [number for number, _urn in ledger.sequence("linked")] == [1, 2]
    with ledger.store.reading() as session:
        counts = status.entered(session, ledger.site.config.outputs, at(-60))
        assert (counts, status.hub_status(session).stories) == ({"all": 1, "linked": 2, "each": 3}, 1)


def test_r9_a_hub_without_such_outputs_keeps_nothing_for_them(store: Store, tmp_path: Path) -> None:
    """R9: no row and no number more than its stories take; and stories have the ids that they have beside them."""
    ledger = Ledger(store, tmp_path, FEEDS)
    bring(ledger, *CARRIED)
    assert {(entry.linked_id, entry.own_id) for entry in ledger.entries()} == {(None, None)}
    before = ledger.sequence()
    with_modes = Ledger(Store.open(sqlite_url(tmp_path / "other")), tmp_path, FEEDS + MODES)
    bring(with_modes, *CARRIED)
    assert with_modes.sequence() == before
    with_modes.store.close()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("at_once", [True, False])
def test_r7_items_are_the_same_in_any_order_and_in_one_batch_or_many(
    tmp_path: Path, order: Sequence[int], at_once: bool
) -> None:
    """R7: ids, numbers, dates and carriers, whoever answered first and wherever a transaction ended."""
    store = Store.open(sqlite_url(tmp_path / "data"))
    ledger = Ledger(store, tmp_path, FEEDS + MODES)
    later = report("zagros", MARKET, published=at(-5))
    ledger.record(*(news_poll(ledger.number(feed), entry) for feed, entry in (CARRIED[n] for n in order)))
    ledger.record(news_poll(ledger.number("zagros"), later))
    pending = ledger.entries_pending()
    for numbers in [pending] if at_once else [[number] for number in pending]:
        with store.writing() as session:
            ledger.matcher.match(session, numbers, at(1))
    told = {
        output: [(s.id, s.published, s.updated, feeds_of(s)) for s in ledger.view(output).stories] for output in OUTPUTS
    }
    assert [[feeds for *_, feeds in told[output]] for output in OUTPUTS] == [
        [["zagros"], ["tigris", "zagros", "agency"]],
        [["zagros"], ["agency"], ["tigris", "zagros"]],
        [["zagros"], ["agency"], ["zagros"], ["tigris"]],
    ]
    assert told["each"] == [told["all"][0], told["linked"][1], (*told["each"][2][:3], ["zagros"]),
                            (*told["all"][1][:3], ["tigris"])]  # fmt: skip
    assert told["each"][2][0] == "urn:uuid:d9f67494-277d-53ca-8233-86a8af8713b4"
    store.close()


def test_r9_switching_an_output_loses_nothing_and_dates_nothing_anew(store: Store, tmp_path: Path) -> None:
    """R9: on a hub with a history. What only one feed carries stays as it was, and so does what founded a story.

    What was hidden in it enters with the date it came with. Back again all is as before, and the numbers are kept.
    """
    ledger = Ledger(store, tmp_path, FEEDS)
    alone = report("zagros", MARKET, published=at(-15))
    bring(ledger, *CARRIED)
    bring(ledger, ("zagros", alone), minutes=1)
    rewrite(ledger, "tigris", FIRST, 4, title=f"{WEIR[0]}, officials say")
    rewrite(ledger, "zagros", alone, 5, title="Forty shops of the spice market of Amara are gone", summary=MARKET[1])
    before = ledger.view().stories
    sequence = ledger.sequence()
    for round in (1, 2):
        ledger.adopt(FEEDS + "outputs: [{id: all, dedup: off}]\n", at(round))
        each = {f"{story.title} {feeds_of(story)}": story for story in ledger.view().stories}
        assert len(each) == 4
        for story in before:
            item = each[f"{story.title} {feeds_of(story)[:1]}"]
            assert (item.id, item.published, item.updated) == (story.id, story.published, story.updated)
        assert sorted(item.published for item in each.values()) == [at(-30), at(-20), at(-15), at(-10)]
        assert ledger.sequence()[:2] == sequence
        assert [number for number, _urn in ledger.sequence()] == [1, 2, 3, 4]
        ledger.adopt(FEEDS, at(round))
        assert ledger.view().stories == before
        rewrite(ledger, "zagros", alone, 10 * round, title=f"{MARKET[0]}: day {round}", summary=MARKET[1])
        before = ledger.view().stories


def test_r9_r47_a_story_whose_founder_is_no_longer_listed_goes_on_under_its_id(store: Store, tmp_path: Path) -> None:
    """R47: readers know it by that; the one who founded it comes back as a new item. Sole carriers keep theirs."""
    ledger = Ledger(store, tmp_path, FEEDS)
    bring(ledger, *CARRIED)
    story = ledger.the_story()
    only_agency = FEEDS.replace("tigris.example/rss", "other.example/rss").replace("id: tigris", "id: other")
    only_agency = only_agency.replace("zagros.example/rss", "another.example/rss").replace("id: zagros", "id: another")
    ledger.adopt(only_agency + MODES, at(1))
    for output in OUTPUTS:
        assert [(item.id, feeds_of(item)) for item in ledger.stories(output)] == [(story.id, ["agency"])]
    ledger.adopt(FEEDS + MODES, at(2))
    each = by_feeds(ledger, "each")
    assert (each["agency"].id, len({item.id for item in each.values()})) == (story.id, 3)
    assert groups(ledger, "linked") == [["tigris", "zagros"], ["agency"]]


def test_r9_r47_removing_a_feed_removes_its_items_and_priority_tells_the_others(ledger: Ledger) -> None:
    """R11, R47: as for stories: what is shown of a linked item follows the priority, its id and dates do not."""
    bring(ledger, *CARRIED)
    ids = {output: {story.id for story in ledger.stories(output)} for output in OUTPUTS}
    ledger.adopt(FEEDS.replace("id: zagros", "id: zagros, priority: 1") + MODES, at(1))
    assert groups(ledger, "linked") == [["agency"], ["zagros", "tigris"]]
    assert {output: {story.id for story in ledger.stories(output)} for output in OUTPUTS} == ids
    lines = [line for line in FEEDS.splitlines() if "tigris" not in line]
    ledger.adopt("\n".join(lines) + "\n" + MODES, at(2))
    assert groups(ledger, "linked") == [["agency"], ["zagros"]]
    assert groups(ledger, "each") == [["agency"], ["zagros"]]
    assert {story.id for story in ledger.stories("linked")} == ids["linked"]


def test_r19_an_edit_updates_what_shows_it_and_nothing_else(ledger: Ledger) -> None:
    """R19: an item of its own is updated by its own edits, a linked one and a story by those of whoever tells them."""
    bring(ledger, *CARRIED)
    rewrite(ledger, "zagros", REPOST, 10, title=f"{WEIR[0]}, officials say")
    rewrite(ledger, "agency", COPY, 20, title=f"{COPY.title} in Khanas")
    moments = {output: {name: s.updated for name, s in by_feeds(ledger, output).items()} for output in OUTPUTS}
    assert moments == {
        "all": {"tigris zagros agency": at(-30)},
        "linked": {"tigris zagros": at(-30), "agency": at(20)},
        "each": {"tigris": at(-30), "zagros": at(10), "agency": at(20)},
    }
    rewrite(ledger, "tigris", FIRST, 30, title=f"{WEIR[0]}, the ministry says")
    assert {output: [max(s.updated for s in ledger.stories(output))] for output in OUTPUTS} == {
        output: [at(30)] for output in OUTPUTS
    }
    assert [story.updated for story in ledger.stories("each")] == [at(20), at(10), at(30)]
    assert [ledger.view(output).modified for output in OUTPUTS] == [at(30)] * 3
    assert {story.touched for output in OUTPUTS for story in ledger.stories(output)} == {at(30)}


def test_r39_a_document_of_parts_alone_tells_of_their_changes_and_leads_to_their_stories(ledger: Ledger) -> None:
    """R39: also where what founded the story is not in it; an export has the pages that it leads to."""
    bring(ledger, *CARRIED)
    (story,) = ledger.stories()
    ledger.adopt(FEEDS + "outputs: [{id: all, dedup: off, limit: 1}]\n", at(1))
    assert groups(ledger, "all") == [["agency"]]
    rewrite(ledger, "agency", COPY, 20, title=f"{COPY.title} in Khanas")
    assert ledger.view().modified == at(20)
    with ledger.store.reading() as session:
        assert f"stories/{story.uuid}" in addresses(session, ledger.site)


def test_r9_a_guid_links_as_an_address_does(ledger: Ledger) -> None:
    """R9: a globally unique one, under addresses of the outlets' own."""
    guid = "tag:agency.example,2026:17"
    bring(ledger, *((outlet, report(outlet, WEIR, guid=guid)) for outlet in ("tigris", "zagros")))
    assert groups(ledger, "linked") == [["tigris", "zagros"]]
    assert groups(ledger, "each") == [["zagros"], ["tigris"]]


def test_r9_who_founded_a_story_has_its_id_though_another_was_seen_before(store: Store, tmp_path: Path) -> None:
    """R9: an entry may wait until its feed is listed again."""
    ledger = Ledger(store, tmp_path, FEEDS)
    ledger.record(news_poll(ledger.number("zagros"), REPOST))
    ledger.adopt("\n".join(line for line in FEEDS.splitlines() if "zagros" not in line), at(1))
    bring(ledger, ("tigris", FIRST), minutes=5)
    story = ledger.the_story()
    ledger.adopt(FEEDS, at(6))
    ledger.match(at(6))
    ledger.adopt(FEEDS + MODES, at(7))
    assert by_feeds(ledger, "each")["tigris"].id == story.id


def test_r9_an_edit_that_splits_a_story_moves_nothing_that_was_apart(ledger: Ledger) -> None:
    """R9: the story gains an item by it, the outputs that showed the entry by itself keep it, its number and id."""
    bring(ledger, *CARRIED)
    before = {output: (ledger.sequence(output), groups(ledger, output)) for output in ("linked", "each")}
    rewrite(ledger, "agency", COPY, 10, title=BRIDGE[0], summary=BRIDGE[1], content=f"<p>{BRIDGE[1]}</p>")
    assert groups(ledger, "all") == [["agency"], ["tigris", "zagros"]]
    assert {output: (ledger.sequence(output), groups(ledger, output)) for output in ("linked", "each")} == before
    assert by_feeds(ledger, "each")["agency"].whole == by_feeds(ledger, "all")["agency"].id
    follower = replace(report("zagros", BRIDGE), published=at(15))
    bring(ledger, ("zagros", follower), minutes=20)
    assert groups(ledger, "linked")[0] == ["zagros"]
    assert len({story.id for story in ledger.stories("each")}) == 4


@pytest.mark.parametrize("meanwhile", [FEEDS + MODES, FEEDS])
def test_r9_an_edit_that_leaves_a_story_leaves_what_is_linked_as_well(ledger: Ledger, meanwhile: str) -> None:
    """R9: else one of the two pieces of news would hide the other. Who founded the story keeps the id of its own.

    So it is, too, where no output shows parts for a while.
    """
    bring(ledger, *CARRIED)
    (story,) = ledger.stories()
    ledger.adopt(meanwhile, at(1))
    tell_of_a_bridge(ledger)
    ledger.adopt(FEEDS + MODES, at(11))
    assert groups(ledger, "all") == [["tigris"], ["zagros", "agency"]]
    assert groups(ledger, "linked") == [["tigris"], ["agency"], ["zagros"]]
    assert groups(ledger, "each") == [["agency"], ["zagros"], ["tigris"]]
    all_, linked, each = (by_feeds(ledger, output) for output in OUTPUTS)
    assert all_["zagros agency"].id == linked["zagros"].id == each["tigris"].id == story.id
    assert linked["tigris"].id == all_["tigris"].id == each["tigris"].whole


@pytest.mark.parametrize(("kept", "gone"), [("Governor", 0), ("weir", 1)])
def test_r9_r48_retention_takes_no_story_whose_id_an_entry_of_another_keeps(
    ledger: Ledger, kept: str, gone: int
) -> None:
    """The founder has left its story by an edit and is shown by itself under its id; nor does it take that along."""
    bring(ledger, *CARRIED)
    tell_of_a_bridge(ledger)
    parted, first = ledger.stories()
    bring(ledger, ("zagros", report("zagros", MARKET)), minutes=24 * 60 * 35)
    outputs = MODES.replace("link}", "link, limit: 1}").replace("off}", "off, limit: 1}")
    keeping = f"{{id: all, limit: 1}}, {{id: kept, match: {{include: [{kept}]}}}}"
    ledger.adopt(f"{FEEDS}{outputs.replace('[', f'[{keeping}, ')}retention: 30d\n", at(days=40))
    assert (ledger.prune(at(days=40)).stories, ledger.prune(at(days=41)).stories) == (gone, 0)
    there = {story.id: isinstance(ledger.answer(f"stories/{story.uuid}"), Document) for story in (parted, first)}
    assert there == {parted.id: not gone, first.id: True}
    ledger.adopt(f"{FEEDS}{outputs.replace('[', '[{id: all, limit: 1}, ')}retention: 30d\n", at(days=42))
    assert sum(ledger.prune(at(days=day)).stories for day in (42, 43)) == 2 - gone
    assert [len(ledger.sequence(output)) for output in OUTPUTS] == [1, 1, 1]


def test_r14_never_merge_parts_linked_items_and_merge_holds_for_stories(ledger: Ledger) -> None:
    """R14: an item may be named by its own id. What is parted enters anew once, and nothing else moves."""
    bring(ledger, *CARRIED)
    bring(ledger, ("tigris", report("tigris", MARKET)), minutes=1)
    each, linked = by_feeds(ledger, "each"), by_feeds(ledger, "linked")
    sequences = {output: ledger.sequence(output) for output in OUTPUTS}
    merge = f"dedup: {{merge: [[{each['agency'].id}, '{report('tigris', MARKET).link}']]}}\n"
    ledger.adopt(FEEDS + MODES + merge, at(2))
    ledger.match(at(2))
    assert groups(ledger, "all") == [["tigris", "zagros", "agency", "tigris"]]
    assert {output: ledger.sequence(output) for output in OUTPUTS} == sequences
    assert len(groups(ledger, "each")) == 4
    never = f"dedup: {{never_merge: [[{each['zagros'].id}, {each['tigris'].id}]]}}\n"
    ledger.adopt(FEEDS + MODES + never, at(3))
    for minutes in (3, 4):
        ledger.match(at(minutes))
        assert groups(ledger, "all") == [["zagros"], ["tigris"], ["tigris", "agency"]]
        assert groups(ledger, "linked") == [["zagros"], ["tigris"], ["agency"], ["tigris"]]
        assert ledger.sequence("each") == sequences["each"]
        assert ledger.sequence("linked")[:-1] == sequences["linked"]
        assert by_feeds(ledger, "linked")["agency"].id == linked["agency"].id


def test_r47_what_is_hidden_is_hidden_in_every_output(ledger: Ledger) -> None:
    """R47: by the id of a part or an article of it the whole story goes, whose page would show it still."""
    bring(ledger, *CARRIED)
    bring(ledger, ("zagros", report("zagros", MARKET)), minutes=1)
    each = by_feeds(ledger, "each")
    shown = [story.uuid for story in ledger.stories()]
    pages = [f"stories/{item.id.removeprefix('urn:uuid:')}" for item in each.values()]
    for line in (each["agency"].id, f"https://hub.example/{pages[1]}", COPY.link, FIRST.link):
        ledger.adopt(f"{FEEDS}{MODES}hide: ['{line}']\n", at(2))
        assert {output: groups(ledger, output) for output in OUTPUTS} == {output: [["zagros"]] for output in OUTPUTS}
        with ledger.store.reading() as session:
            gone = [isinstance(render(session, ledger.site, page), Gone) for page in pages]
            published = " ".join(addresses(session, ledger.site))
        assert gone.count(True) == 3
        assert [uuid in published for uuid in shown] == [True, False]


def test_r13_the_id_of_a_part_leads_to_its_story(ledger: Ledger) -> None:
    """R13: so does its page; links and exports use the story's own address, and `why` knows both."""
    bring(ledger, *CARRIED)
    (story,) = ledger.stories()
    for item in ledger.stories("each"):
        with ledger.store.reading() as session:
            page = render(session, ledger.site, f"stories/{item.id.removeprefix('urn:uuid:')}")
            whole = render(session, ledger.site, f"stories/{story.uuid}")
            assert isinstance(page, Document)
            assert isinstance(whole, Document)
            assert page.body == whole.body
            assert lookup.stories_named(session, item.id) == lookup.stories_named(session, story.id)
    with ledger.store.reading() as session:
        assert [a for a in addresses(session, ledger.site) if a.startswith("stories/")] == [
            f"stories/{story.uuid}", f"stories/{story.uuid}.json",
        ]  # fmt: skip
        document = render(session, ledger.site, "feeds/each.json")
        river = render(session, ledger.site, "feeds/each")
    assert isinstance(river, Document)
    assert set(re.findall(rb"stories/([0-9a-f-]+)", river.body)) == {story.uuid.encode()}
    assert isinstance(document, Document)
    assert document.body.count(f'"story":"{story.id}"'.encode()) == 3


def test_r44_r45_r12_rules_of_an_output_hold_for_what_it_shows(ledger: Ledger) -> None:
    """R12, R44, R45: an item is judged by its own words, and counted for its own feed."""
    keys = "dedup: off, match: {include: [Breaking]}"
    ledger.adopt(f"{FEEDS}outputs: [{{id: told, {keys}}}, {{id: few, dedup: off, max_per_source: 1, max_age: 1h}}]\n")
    old = report("agency", BRIDGE, published=at(-100))
    bring(ledger, *CARRIED)
    bring(ledger, ("zagros", report("zagros", MARKET, published=at(-5))), ("agency", old), minutes=1)
    assert groups(ledger, "told") == [["agency"]]
    assert groups(ledger, "few") == [["zagros"], ["agency"], ["tigris"]]


def test_r42_archives_of_such_outputs_are_cut_from_their_own_numbers(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R42: with the document they hold every item, each once; who carries a story later changes no closed page."""
    monkeypatch.setattr(archive, "PAGE", 5)
    ledger.adopt(f"{FEEDS}outputs: [{{id: each, dedup: off, limit: 2}}]\n")
    entries = [an_entry(f"https://tigris.example/news/{n:06}", title=f"Story {n}", published=at(n)) for n in range(3)]
    first = {feed: news_poll(ledger.number(feed), *entries, now=at(10)) for feed in ("tigris", "zagros")}
    ledger.record(first["tigris"], first["zagros"])
    ledger.match(at(10))

    def body(path: str) -> bytes:
        with ledger.store.reading() as session:
            document = render(session, ledger.site, path)
        assert isinstance(document, Document)
        return document.body

    closed = body("feeds/each/5.atom")
    assert len(shown("5.atom", closed)) == 5
    ledger.record(news_poll(ledger.number("agency"), *entries, now=at(20)))
    ledger.match(at(20))
    assert body("feeds/each/5.atom") == closed
    pages = [shown(path, found) for path, found in follow(body, "feeds/each.atom", HUB)]
    assert {item.id for page in pages for item in page} == {urn for _number, urn in ledger.sequence("each")}
    archived = [item.id for page in pages[1:] for item in page]
    assert len(archived) == len(set(archived)) >= 7
