"""The operator's word on stories: `merge` and `never_merge`, in force from the next poll on, every id kept (R14)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from feedhub.models import Entry, Poll, Story
from feedhub.store import outputs
from feedhub.store.database import Store
from feedhub.store.matching import Matched
from feedhub.store.overrides import unknown
from support.ledger import Ledger
from support.polls import at, news_poll
from support.reports import ARABIC, BRIDGE, MARKET, WEIR, copy, report

FEEDS = """
feeds:
  - {url: "https://tigris.example/rss", id: tigris, tags: [baghdad]}
  - {url: "https://zagros.example/rss", id: zagros, tags: [erbil]}
  - {url: "https://agency.example/rss", id: agency}
outputs:
  - {id: baghdad, match: {tags: [baghdad]}}
  - {id: erbil, match: {tags: [erbil]}}
"""
FIRST, SECOND = report("tigris", WEIR), report("zagros", MARKET)


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    """A hub that holds two stories, one after the other."""
    ledger = Ledger(store, tmp_path, FEEDS)
    ledger.record(poll(ledger, "tigris", FIRST))
    ledger.match()
    ledger.record(poll(ledger, "zagros", SECOND, minutes=5))
    ledger.match(at(5))
    return ledger


def poll(ledger: Ledger, feed: str, *entries: Entry, minutes: float = 0) -> Poll:
    return news_poll(ledger.number(feed), *entries, now=at(minutes))


def override(ledger: Ledger, minutes: float, **groups: object) -> Matched:
    """Start with these groups in feeds.yaml, and poll when nothing is new."""
    lines = "".join(f"  {key}: {value}\n" for key, value in groups.items())
    ledger.adopt(FEEDS + (f"dedup:\n{lines}" if lines else ""), at(minutes))
    return ledger.match(at(minutes))


def carriers(story: Story) -> list[str]:
    return [carrier.source.id for carrier in story.carriers]


def page(ledger: Ledger, urn: str) -> Story:
    """What the address of this story's page shows."""
    with ledger.store.reading() as session:
        number = outputs.find(session, urn)
        assert number is not None
        (story,) = outputs.stories(session, [number], ledger.site.policies)
        return story


@pytest.mark.parametrize("by", ["url", "id"])
def test_r14_merge_shows_the_later_story_under_the_earlier_one(ledger: Ledger, by: str) -> None:
    """R14: both ids answer, both keep their places, the story is in the outputs of both feeds (R12)."""
    second, first = ledger.stories()
    named = [f"{SECOND.link}?utm_source=x", FIRST.link] if by == "url" else [second.id, first.id]
    sequence = ledger.sequence()
    assert override(ledger, 10, merge=[named]) == Matched(regrouped=1)
    story = ledger.the_story()
    assert (story.id, story.published, story.updated) == (first.id, first.published, first.updated)
    assert carriers(story) == ["tigris", "zagros"]
    assert (story.carriers[1].rule, story.carriers[1].score) == ("merge", None)
    assert second.id in story.carriers[1].evidence
    assert page(ledger, second.id) == page(ledger, first.id) == story
    assert ledger.the_story("erbil").id == ledger.the_story("baghdad").id == first.id
    assert ledger.sequence() == sequence
    assert story.touched == at(10)


def test_r14_without_the_override_everything_is_as_it_was(ledger: Ledger) -> None:
    """R13, R14: ids, carriers, places and dates; said to have changed, and nothing else."""
    before = [(story.id, story.carriers, story.published, story.updated) for story in ledger.stories()]
    sequence = ledger.sequence()
    override(ledger, 10, merge=[[FIRST.link, SECOND.link]])
    assert override(ledger, 20) == Matched(regrouped=1)
    assert [(story.id, story.carriers, story.published, story.updated) for story in ledger.stories()] == before
    assert ledger.sequence() == sequence
    assert override(ledger, 30) == Matched()
    assert {story.touched for story in ledger.stories()} == {at(20)}


def test_r14_what_joins_a_merged_story_goes_home_with_it(ledger: Ledger) -> None:
    """R14: a later copy belongs to the story whose text it has, and is shown where that one is."""
    second, first = ledger.stories()
    override(ledger, 10, merge=[[FIRST.link, SECOND.link]])
    ledger.record(poll(ledger, "agency", copy("agency", MARKET), minutes=15))
    assert ledger.match(at(15)) == Matched(joined=1)
    assert carriers(ledger.the_story()) == ["tigris", "zagros", "agency"]
    override(ledger, 20)
    assert {story.id: carriers(story) for story in ledger.stories()} == {
        first.id: ["tigris"],
        second.id: ["zagros", "agency"],
    }


def test_r14_merge_may_name_an_article_that_is_still_to_come(ledger: Ledger) -> None:
    """R14: it takes effect with the poll that brings it."""
    third = report("agency", BRIDGE)
    override(ledger, 10, merge=[[FIRST.link, third.link]])
    ledger.record(poll(ledger, "agency", third, minutes=15))
    assert ledger.match(at(15)) == Matched(founded=1, regrouped=1)
    assert sorted(map(carriers, ledger.stories())) == [["tigris", "agency"], ["zagros"]]


def test_r14_groups_that_share_a_story_are_one(ledger: Ledger) -> None:
    third = report("agency", BRIDGE)
    ledger.record(poll(ledger, "agency", third, minutes=6))
    ledger.match(at(6))
    assert override(ledger, 10, merge=[[third.link, SECOND.link], [SECOND.link, FIRST.link]]) == Matched(regrouped=2)
    assert carriers(ledger.the_story()) == ["tigris", "zagros", "agency"]


def test_r14_never_merge_keeps_a_copy_apart(ledger: Ledger) -> None:
    """R14: before it came in, and whether the story or the article is named."""
    theirs = copy("agency", WEIR)
    first = next(story for story in ledger.stories() if story.url == FIRST.link)
    override(ledger, 10, never_merge=[[first.id, theirs.link]])
    ledger.record(poll(ledger, "agency", theirs, minutes=15))
    assert ledger.match(at(15)) == Matched(founded=1)
    assert sorted(map(carriers, ledger.stories())) == [["agency"], ["tigris"], ["zagros"]]


@pytest.mark.parametrize("named", [("agency", "zagros"), ("zagros", "agency")])
def test_r14_never_merge_parts_two_articles_that_come_in_one_batch(ledger: Ledger, named: tuple[str, str]) -> None:
    """R14: the second finds where the first has been placed a moment ago, and is told that it may not go there."""
    two = {outlet: copy(outlet, BRIDGE) for outlet in named}
    override(ledger, 10, never_merge=[[entry.link for entry in two.values()]])
    ledger.record(*(poll(ledger, outlet, entry, minutes=15) for outlet, entry in two.items()))
    assert ledger.match(at(15)) == Matched(founded=2)
    parted = [story for story in ledger.stories() if story.title.endswith(BRIDGE[0])]
    assert sorted(map(carriers, parted)) == [["agency"], ["zagros"]]


def test_r14_a_third_copy_joins_one_of_two_that_are_kept_apart(ledger: Ledger) -> None:
    """R14: the word is on the two that it names, and on no other copy."""
    theirs, third = copy("agency", WEIR), copy("zagros", WEIR)
    override(ledger, 10, never_merge=[[FIRST.link, theirs.link]])
    ledger.record(poll(ledger, "agency", theirs, minutes=15), poll(ledger, "zagros", third, minutes=15))
    assert ledger.match(at(15)) == Matched(founded=1, joined=1)
    assert len(ledger.stories()) == 3


def test_r14_a_merge_by_article_holds_over_a_never_merge_by_story(ledger: Ledger) -> None:
    """R14: feeds.yaml cannot show that both speak of the same two stories; what is shown together stays so."""
    second, first = ledger.stories()
    both = {"merge": [[FIRST.link, SECOND.link]], "never_merge": [[first.id, second.id]]}
    assert override(ledger, 10, **both) == Matched(regrouped=1)
    assert carriers(ledger.the_story()) == ["tigris", "zagros"]
    assert override(ledger, 20, **both) == Matched()
    assert override(ledger, 30, never_merge=both["never_merge"]) == Matched(regrouped=1)
    assert [story.id for story in ledger.stories()] == [second.id, first.id]


def test_r14_a_word_on_an_article_that_no_feed_has_does_nothing(ledger: Ledger) -> None:
    """R14: it may still come; until then both ids and all carriers are as they were."""
    before = [(story.id, carriers(story)) for story in ledger.stories()]
    nowhere, gone = "https://nowhere.example/article", "urn:uuid:00000000-0000-5000-8000-000000000000"
    groups = [(FIRST.link, nowhere), (SECOND.link, gone)]
    written = list(map(list, groups))
    assert override(ledger, 10, merge=written) == Matched()
    assert override(ledger, 20, never_merge=written) == Matched()
    assert [(story.id, carriers(story)) for story in ledger.stories()] == before
    with ledger.store.reading() as session:
        assert unknown(session, groups) == [nowhere, gone]


def test_r14_a_section_page_stands_for_every_story_that_is_listed_under_it(ledger: Ledger) -> None:
    """R14: merged by the page's address all of them are one, and each is itself again without the word."""
    page = "https://agency.example/local"
    listed = [replace(report("agency", told), link=page, canonical_url=page) for told in (BRIDGE, ARABIC)]
    ledger.record(poll(ledger, "agency", *listed, minutes=6))
    assert ledger.match(at(6)) == Matched(founded=2)
    before = [(story.id, carriers(story)) for story in ledger.stories()]
    assert override(ledger, 10, merge=[[FIRST.link, page]]) == Matched(regrouped=2)
    assert sorted(map(carriers, ledger.stories())) == [["tigris", "agency", "agency"], ["zagros"]]
    assert override(ledger, 20) == Matched(regrouped=2)
    assert [(story.id, carriers(story)) for story in ledger.stories()] == before


@pytest.mark.parametrize("by", ["url", "id"])
def test_r14_never_merge_takes_apart_what_was_merged(ledger: Ledger, by: str) -> None:
    """R14: the story keeps its id and its first carrier, the other gets an id for good, with the word or without."""
    theirs = copy("agency", WEIR)
    ledger.record(poll(ledger, "agency", theirs, minutes=6))
    assert ledger.match(at(6)) == Matched(joined=1)
    first = next(story for story in ledger.stories() if story.url == FIRST.link)
    assert override(ledger, 10, never_merge=[[theirs.link, FIRST.link if by == "url" else first.id]]) == Matched(
        regrouped=1
    )
    split, _, kept = ledger.stories()
    assert (kept.id, carriers(kept), kept.updated) == (first.id, ["tigris"], first.updated)
    assert (carriers(split), split.carriers[0].rule) == (["agency"], "never_merge")
    assert split.id != first.id
    assert override(ledger, 20, never_merge=[[theirs.link, FIRST.link]]) == Matched()
    assert override(ledger, 30) == Matched()
    assert next(story.id for story in ledger.stories()) == split.id


def test_r14_a_carrier_alone_in_its_story_stays_in_it(ledger: Ledger) -> None:
    """R14: there is nothing to take apart where the story and its only article are both named."""
    first = next(story for story in ledger.stories() if story.url == FIRST.link)
    assert override(ledger, 10, never_merge=[[first.id, FIRST.link]]) == Matched()
    assert len(ledger.stories()) == 2
