"""`retention`: what is kept no longer goes, and nothing of it comes back (R48)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from feedhub.models import Document, Edit, Entry, Gone, HostState, Poll
from feedhub.publish import archive
from feedhub.publish.pruning import prune_when_due
from feedhub.store import hosts, retention
from feedhub.store.database import Store, StoreError, sqlite_url
from feedhub.store.retention import Pruned
from feedhub.store.space import free_space, vacuum
from feedhub.store.tables import GoneRow, HostRow
from support.ledger import HUB, TWO_FEEDS, Ledger
from support.polls import a_poll, an_entry, arrival, at, edit, news, news_poll
from support.published import follow, links
from support.reports import WEIR, copy, report

FEEDS = f"{TWO_FEEDS}outputs: [{{id: all, limit: 2}}]\nretention: 30d\n"
LATER = at(days=40)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PAGE", 5)


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, FEEDS)


def story(n: int, **changes: Any) -> Entry:
    return an_entry(
        f"https://tigris.example/news/{n:06}", **({"title": f"Story {n}", "published": at(n - 1000)} | changes)
    )


def publish(ledger: Ledger, *numbers: int, feed: str = "tigris", days: float = 0) -> None:
    ledger.record(news_poll(ledger.number(feed), *map(story, numbers), now=at(days=days)))
    ledger.match(at(days=days))


def listing(ledger: Ledger, *relisted: Edit, days: float) -> Poll:
    """A new document of Tigris that names these tombstones."""
    return a_poll(ledger.number("tigris"), at(days=days), outcome="fetched", news=news(relisted=relisted))


def texts(ledger: Ledger) -> list[str]:
    return [entry.title for entry in ledger.entries() if entry.content]


def test_r48_what_is_old_and_in_no_document_goes_with_its_text_and_answers_410(ledger: Ledger) -> None:
    """The documents stay as they are; numbers and ids are given to nobody else (R13)."""
    publish(ledger, *range(12))
    shown, urns = ledger.view().stories, [urn for _number, urn in ledger.sequence()]
    pruned = ledger.prune(LATER)
    assert (pruned.stories, pruned.entries) == (10, 10)
    assert pruned.text == 10 * len((story(0).content + story(0).summary).encode())
    assert texts(ledger) == ["Story 10", "Story 11"]
    assert ledger.view().stories == shown
    for urn in urns[:10]:
        uuid = urn.removeprefix("urn:uuid:")
        assert [ledger.answer(f"stories/{uuid}{end}") for end in ("", ".json")] == [Gone("This story has expired.")] * 2
    assert ledger.answer("feeds/all/5.atom") == Gone("This page of the archive has expired.")
    assert isinstance(ledger.answer("feeds/all/12.atom"), Document)
    publish(ledger, 20, days=40)
    assert [number for number, _urn in ledger.sequence()] == [11, 12, 13]


@pytest.mark.parametrize(("days", "gone"), [(30, 0), (31, 1), (36, 1)])
def test_r48_a_story_is_kept_for_so_many_days_after_the_day_on_which_it_came(
    ledger: Ledger, days: int, gone: int
) -> None:
    """However old its date is; each of the days is a whole one, so that copies are recognised within `dedup.window`."""
    publish(ledger, 1)
    publish(ledger, 2, 3, days=20)
    assert ledger.prune(at(days=days)).stories == gone


def test_r48_what_a_document_shows_stays_until_something_else_lets_it_go(ledger: Ledger) -> None:
    """A slow output keeps its newest stories; `max_age`, `hide` and a removed feed take them out of it."""
    publish(ledger, 1, 2)
    assert ledger.prune(at(days=400)).stories == 0
    ledger.adopt(FEEDS.replace("limit: 2", "limit: 2, max_age: 1m"))
    ledger.adopt(f"{FEEDS}hide: ['https://tigris.example/news/000001']\n")
    assert ledger.prune(at(days=400)).stories == 1
    assert ledger.titles() == ["Story 2"]


def test_r48_a_story_stays_whole_while_one_carrier_is_young(ledger: Ledger) -> None:
    """R11: retention changes neither who tells a story nor who carries it."""
    ledger.adopt(FEEDS.replace("limit: 2", "limit: 1"))
    publish(ledger, 1)
    publish(ledger, 1, feed="zagros", days=20)
    publish(ledger, 2, days=21)
    (_first, urn), _second = ledger.sequence()
    assert ledger.prune(at(days=45)).stories == 0
    (document,) = [ledger.answer(f"stories/{urn.removeprefix('urn:uuid:')}.json")]
    assert isinstance(document, Document)
    assert document.body.count(b'"founded"') == document.body.count(b'"address"') == 1
    assert (ledger.prune(at(days=55)).stories, texts(ledger)) == (1, ["Story 2"])


def test_r48_an_item_that_is_still_listed_is_known_and_stays_away(ledger: Ledger) -> None:
    """As its publisher has it now: its new guid is learnt, so that by it the next form is known too (R5)."""
    publish(ledger, *range(4))
    ledger.prune(LATER)
    number = ledger.known("tigris", story(1))
    moved = story(1, guid="tag:tigris.example,2026:1", title="Story 1, told anew")
    ledger.record(listing(ledger, edit(number, moved), days=41))
    assert ledger.known("tigris", moved) == number
    assert ledger.match(at(days=41)).changed is False
    assert (ledger.titles(), texts(ledger)) == (["Story 3", "Story 2"], ["Story 2", "Story 3"])


def test_r48_an_expired_story_is_not_published_again_by_another_feed(ledger: Ledger) -> None:
    """Not under another id and address of the same feed either: what names its article is of that story."""
    publish(ledger, *range(4))
    ledger.prune(LATER)
    publish(ledger, 1, 5, feed="zagros", days=41)
    assert ledger.titles() == ["Story 5", "Story 3"]
    assert "Story 1" not in texts(ledger)


def test_r48_a_tombstone_goes_when_new_documents_have_not_named_it_for_as_long(ledger: Ledger) -> None:
    """It counts days that brought a document: a feed that is paused or unchanged for a year forgets nothing."""
    publish(ledger, *range(4))
    ledger.prune(LATER)
    tigris = ledger.number("tigris")
    listed = edit(ledger.known("tigris", story(0)), story(0))
    for day in range(100, 130):
        ledger.record(listing(ledger, listed, days=day), a_poll(tigris, at(days=day + 0.1)))
    assert ledger.prune(at(days=600)).tombstones == 0
    ledger.record(listing(ledger, days=600))
    assert ledger.prune(at(days=600)).tombstones == 1
    assert [entry.title for entry in ledger.entries()] == ["Story 0", "Story 2", "Story 3"]


def test_r44_what_is_withheld_is_a_tombstone_from_the_first(ledger: Ledger) -> None:
    """Nobody will read its text."""
    brought = news(arrival(story(1)), withheld=(arrival(story(2)),))
    ledger.record(a_poll(ledger.number("tigris"), outcome="fetched", news=brought))
    (shown, withheld) = ledger.entries()
    assert (shown.last_listed, withheld.last_listed, withheld.content, withheld.pending) == (None, 1, "", False)


def test_r39_a_page_that_lost_a_story_to_retention_has_changed_then(ledger: Ledger) -> None:
    """Its Last-Modified says so, and that of pages that lost none stays."""
    ledger.adopt(FEEDS.replace("limit: 2", "limit: 1"))
    publish(ledger, 0, 1, 2)
    publish(ledger, *range(10, 20), days=20)
    before = [ledger.answer(f"feeds/all/{page}.rss") for page in (5, 10)]
    ledger.prune(LATER)
    first, second = (ledger.answer(f"feeds/all/{page}.rss") for page in (5, 10))
    assert isinstance(first, Document) and first.modified == LATER
    assert second == before[1]


def test_r42_readers_pass_over_pages_of_which_nothing_is_left(ledger: Ledger) -> None:
    """One old story that a small output still shows does not keep hundreds of empty pages alive."""
    ledger.adopt(FEEDS.replace("]\n", ", {id: tiny, match: {include: [Zagros]}}]\n"))
    ledger.record(news_poll(ledger.number("tigris"), story(99, title="Zagros in bloom")))
    ledger.match()
    publish(ledger, *range(13), days=1)
    publish(ledger, *range(20, 29), days=20)
    ledger.prune(LATER)

    def read(path: str) -> bytes:
        document = ledger.answer(path)
        assert isinstance(document, Document)
        return document.body

    pages = [path for path, _body in follow(read, "feed.atom", HUB)]
    assert pages == ["feed.atom", "feeds/all/21.atom", "feeds/all/20.atom", "feeds/all/15.atom", "feeds/all/5.atom"]
    with ledger.store.reading() as session:
        assert list(archive.pages(session, ledger.site, ledger.site.config.outputs[0])) == [21, 20, 15, 5]
    assert ledger.answer("feeds/all/10.atom") == Gone("This page of the archive has expired.")
    assert "prev-archive" not in links(read("feeds/all/5.atom"))


def test_r40_a_story_forgets_what_it_resembled(ledger: Ledger) -> None:
    """The related story is gone, so no document leads there; the one that is left has changed."""
    ledger.adopt(FEEDS.replace("limit: 2", "limit: 1"))
    ledger.record(news_poll(ledger.number("tigris"), report("tigris", WEIR)))
    ledger.match()
    other = WEIR[0].replace("two", "nine"), WEIR[1].replace("two", "nine")
    ledger.record(news_poll(ledger.number("zagros"), report("zagros", other), now=at(60)))
    ledger.match(at(60))
    assert len(ledger.the_story().related) == 1
    assert ledger.prune(LATER).stories == 1
    assert (ledger.the_story().related, ledger.the_story().touched) == ((), LATER)


def test_r48_what_merge_shows_under_a_story_goes_with_it_and_overrides_of_the_gone_do_no_harm(ledger: Ledger) -> None:
    """R14: `merge`, `never_merge` and `hide` may name what is gone, by address or id."""
    publish(ledger, 1, 2, 3)
    urns = [urn for _number, urn in ledger.sequence()]
    page = "https://tigris.example/news/{:06}".format
    merged = f"{FEEDS}dedup: {{merge: [[{page(3)}, {page(2)}]]}}\n"
    ledger.adopt(merged)
    ledger.match()
    publish(ledger, 10, 11, days=20)
    assert ledger.prune(LATER).stories == 3
    for line in (
        f"dedup: {{merge: [['{urns[0]}', {page(10)}], [{page(3)}, {page(11)}]]}}\n",
        f"dedup: {{never_merge: [['{urns[0]}', {page(10)}], [{page(3)}, {page(11)}]]}}\n",
        f"hide: ['{urns[0]}', {page(3)}]\n",
    ):
        ledger.adopt(FEEDS + line, at(days=40))
        assert ledger.match(at(days=40)).changed is False
        assert ledger.titles() == ["Story 11", "Story 10"]
    uuids = [urn.removeprefix("urn:uuid:") for urn in urns]
    reasons = [answer.reason for uuid in uuids if isinstance(answer := ledger.answer(f"stories/{uuid}"), Gone)]
    assert reasons == ["This story was taken down.", "This story has expired.", "This story has expired."]


def test_r13_the_id_of_a_story_that_is_gone_is_given_to_no_other(ledger: Ledger) -> None:
    """Even where its article is listed again once nothing else is known of it."""
    publish(ledger, 1)
    publish(ledger, 2, 3, days=1)
    (_number, urn) = ledger.sequence()[0]
    ledger.prune(LATER)
    for day in range(40, 72):
        ledger.record(news_poll(ledger.number("tigris"), now=at(days=day)))
    assert ledger.prune(at(days=72)).tombstones == 1
    publish(ledger, 1, days=73)
    assert ledger.titles()[0] == "Story 1"
    assert urn not in [now for _number, now in ledger.sequence()]
    with ledger.store.reading() as session:
        assert len(session.exec(select(GoneRow)).all()) == 1


# --- feeds that are listed no more ------------------------------------------------------------------------------------

ONE_FEED = "\n".join(line for line in FEEDS.splitlines() if "zagros" not in line)


def test_r47_a_removed_feed_is_forgotten_after_the_retention(ledger: Ledger) -> None:
    """Until then it comes back with all it had; then its carriers, polls and the feed itself go, and stories stay."""
    publish(ledger, 1, 2)
    publish(ledger, 2, 3, feed="zagros", days=1)
    ids = dict(ledger.sequence())
    ledger.adopt(ONE_FEED, at(days=2))
    ledger.prune(at(days=32))
    assert len(ledger.feeds()) == 2
    ledger.adopt(FEEDS, at(days=32))
    ledger.adopt(ONE_FEED, at(days=33))
    ledger.prune(at(days=63))
    assert len(ledger.feeds()) == 2, "it counts from when it was removed last"
    assert ledger.prune(at(days=64)).feeds == 1
    assert [feed.key for feed in ledger.feeds()] == ["tigris"]
    assert [(entry.title, bool(entry.content)) for entry in ledger.entries()] == [("Story 1", True), ("Story 2", True)]
    assert ids.items() >= dict(ledger.sequence()).items()


def test_r47_removed_feeds_can_be_forgotten_at_once(ledger: Ledger) -> None:
    """Stories that others carry keep their ids; those that were theirs alone are gone, young as they are."""
    publish(ledger, 1, 2)
    publish(ledger, 2, 3, feed="zagros")
    before = ledger.sequence()
    ledger.adopt(ONE_FEED, at(1))
    assert ledger.prune(at(2), removed=True) == Pruned(1, 2, pruned_text(2), feeds=1, polls=1)
    assert ledger.sequence() == before[:2]
    ledger.adopt(FEEDS, at(3))
    publish(ledger, 3, feed="zagros", days=1)
    assert ledger.titles()[0] == "Story 3", "to a feed that is not known any more all is new"


def pruned_text(entries: int) -> int:
    return entries * len((story(1).content + story(1).summary).encode())


# --- outputs that merge less ------------------------------------------------------------------------------------------

LESS = FEEDS.replace("limit: 2}", "limit: 1}, {id: each, dedup: off, limit: 1}, {id: linked, dedup: link, limit: 1}")


def part_ids(ledger: Ledger, output: str) -> list[str]:
    return [urn.removeprefix("urn:uuid:") for _number, urn in ledger.sequence(output)]


def test_r9_r48_parts_stay_with_a_live_story_and_go_with_it(ledger: Ledger) -> None:
    """Numbers, pages and ids: an expired story's parts answer 410 like it, and no item returns in any mode (R48)."""
    ledger.adopt(LESS)
    copies = [("tigris", report("tigris", WEIR)), ("zagros", copy("zagros", WEIR))]
    for feed, entry in copies:
        ledger.record(news_poll(ledger.number(feed), entry))
    ledger.match()
    publish(ledger, 1, days=1)
    parts = {output: part_ids(ledger, output) for output in ("all", "each", "linked")}
    assert [len(parts[output]) for output in parts] == [2, 3, 3]
    assert ledger.prune(at(days=29)).stories == 0
    assert {output: part_ids(ledger, output) for output in parts} == parts
    assert ledger.prune(LATER).stories == 1
    assert {output: part_ids(ledger, output) for output in parts} == {output: parts[output][-1:] for output in parts}
    for uuid in {uuid for ids in parts.values() for uuid in ids[:-1]}:
        assert [ledger.answer(f"stories/{uuid}{end}") for end in ("", ".json")] == [Gone("This story has expired.")] * 2
    for feed, entry in copies:
        edits = edit(ledger.known(feed, entry), entry)
        brought = news(relisted=(edits,))
        ledger.record(a_poll(ledger.number(feed), at(days=41), outcome="fetched", news=brought))
    publish(ledger, 1, feed="zagros", days=41)
    ledger.adopt(LESS.replace("limit: 1}]", "limit: 2}]"), at(days=41))
    ledger.match(at(days=41))
    assert [ledger.titles(output, limit=9) for output in parts] == [["Story 1"], ["Story 1"] * 2, ["Story 1"]]
    assert ledger.prune(at(days=41)) == Pruned()


@pytest.mark.parametrize("output", ["each", "linked"])
def test_r9_r48_a_story_of_which_such_an_output_shows_a_part_stays_whole(ledger: Ledger, output: str) -> None:
    ledger.adopt(LESS.replace("{id: each,", "{id: none,") if output == "linked" else LESS)
    ledger.adopt(LESS.replace(f"id: {output},", f"id: {output}, match: {{include: [Story 1]}},"))
    publish(ledger, 1, 2)
    publish(ledger, 1, feed="zagros")
    publish(ledger, 3, days=1)
    assert ledger.prune(LATER).stories == 1
    assert ledger.titles(output, limit=9).count("Story 1") == (2 if output == "each" else 1)


def test_r9_r47_a_removed_feed_takes_its_parts_and_no_others(ledger: Ledger) -> None:
    """What only it was shown under is gone; what it shared goes on."""
    ledger.adopt(LESS)
    publish(ledger, 1, 2)
    publish(ledger, 2, 3, feed="zagros")
    each, linked = part_ids(ledger, "each"), part_ids(ledger, "linked")
    ledger.adopt("\n".join(line for line in LESS.splitlines() if "zagros" not in line), at(1))
    assert ledger.prune(at(2), removed=True).stories == 1
    assert part_ids(ledger, "each") == each[:2]
    assert part_ids(ledger, "linked") == linked[:2]
    assert [ledger.answer(f"stories/{uuid}") for uuid in each[2:]] == [Gone("This story has expired.")] * 2


# --- how it is done ---------------------------------------------------------------------------------------------------


class Dying:
    """A store whose process dies before one of its transactions, counted from 0."""

    def __init__(self, store: Store, last: int) -> None:
        self.store, self.left = store, last

    async def write(self, change: Any, *args: Any) -> Any:
        if self.left == 0:
            raise StoreError("killed")
        self.left -= 1
        with self.store.writing() as session:
            return change(session, *args)

    async def read(self, query: Any, *args: Any) -> Any:
        with self.store.reading() as session:
            return query(session, *args)


@pytest.mark.anyio
async def test_r51_whoever_was_killed_goes_on_at_the_next_start(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R50, R51: many small transactions; killed between any two, the next start finds the rest, and no more goes."""
    monkeypatch.setattr(retention, "_STORIES", 2)
    publish(ledger, *range(9))
    steps = 0
    while True:
        store: Any = Dying(ledger.store, 2 + steps)
        try:
            await prune_when_due(store, ledger.site, LATER)
            break
        except StoreError:
            steps += 1
    assert steps > 3
    assert texts(ledger) == ["Story 7", "Story 8"]
    assert ledger.prune(LATER) == Pruned()


@pytest.mark.anyio
async def test_r49_it_is_done_once_in_an_hour_of_the_clock(ledger: Ledger) -> None:
    """By whichever process comes first; a clock that was set back holds up nothing (R51)."""
    publish(ledger, *range(4))
    assert (await prune_when_due(ledger.store, ledger.site, LATER)).stories == 2
    ledger.adopt(FEEDS.replace("limit: 2", "limit: 1"))
    later = [LATER + timedelta(minutes=59), LATER + timedelta(minutes=60), LATER - timedelta(days=3)]
    assert [(await prune_when_due(ledger.store, ledger.site, now)).stories for now in later] == [0, 1, 0]


def test_notes_of_polls_are_kept_for_a_month_and_hosts_until_they_may_be_asked(ledger: Ledger) -> None:
    """What grows with time alone has an end; a poll dated by a clock that ran ahead holds up nothing (R51)."""
    tigris = ledger.number("tigris")
    ledger.record(*(a_poll(tigris, at(days=day)) for day in (900, 0, 9, 10, 11)))
    with ledger.store.writing() as session:
        hosts.record(session, [HostState("a.example", at(0)), HostState("b.example", at(0), at(days=41))])
    assert ledger.prune(LATER).polls == 2
    assert [poll.at for poll in ledger.polls()] == [at(days=900), at(days=10), at(days=11)]
    with ledger.store.reading() as session:
        assert [row.host for row in session.exec(select(HostRow))] == ["b.example"]


def test_r51_stories_of_a_clock_that_ran_ahead_hold_up_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look does not end at what was founded in the future."""
    monkeypatch.setattr(retention, "_STORIES", 2)
    publish(ledger, 1, 2, days=900)
    publish(ledger, 3, 4)
    publish(ledger, 5, 6, days=20)
    assert ledger.prune(LATER).stories == 2


def test_copies_within_the_window_still_join_what_is_kept(ledger: Ledger) -> None:
    """The shortest retention that `dedup.window` permits takes nothing away that a copy could still join."""
    ledger.adopt(FEEDS.replace("30d", "7d"))
    ledger.record(news_poll(ledger.number("tigris"), report("tigris", WEIR), now=at(days=0.01)))
    ledger.match(at(days=0.01))
    publish(ledger, 1, 2, days=7)
    ledger.prune(at(days=7.49))
    ledger.record(news_poll(ledger.number("zagros"), copy("zagros", WEIR), now=at(days=7.49)))
    assert ledger.match(at(days=7.49)).joined == 1


def test_the_room_of_what_went_is_free_for_what_comes(tmp_path: Path) -> None:
    """SQLite: rows that shrink in place would keep their pages to themselves; `vacuum` gives the room back."""
    store = Store.open(sqlite_url(tmp_path / "data"))
    ledger = Ledger(store, tmp_path, FEEDS)
    long = f"<p>{'river ' * 400}</p>"
    ledger.record(news_poll(ledger.number("tigris"), *(story(n, content=long) for n in range(60))))
    ledger.match()
    before = free_space(ledger.store)
    pruned = ledger.prune(LATER)
    assert free_space(ledger.store) - before > 0.8 * pruned.text
    assert vacuum(ledger.store) > 0.8 * pruned.text
    assert free_space(ledger.store) == 0
    store.close()
