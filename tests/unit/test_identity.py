"""R3-R6: what an item is within its feed, whatever its guids and links are worth."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.models import Entry
from feedhub.stories.identity import IdentityMode, identify, item_key, lookup
from support.entries import NOON, FeedHistory, an_entry, at, known_item, new

DAY = timedelta(days=1)
HEADLINES = (
    "River level rises after the first rain",
    "Parliament postpones its session",
    "Bakery wins a prize in Sulaymaniyah",
    "New bridge opens to traffic",
)


def items(count: int, **changes: object) -> list[Entry]:
    """Items with a guid, a page, a headline and a date of their own, unless `changes` make one the same for all."""
    return [
        replace(
            an_entry(
                guid=f"item-{number}",
                canonical_url=at(f"news/{48000 + number}"),
                title=f"Headline number {number}",
                summary=f"Text {number}",
                published=NOON - number * timedelta(hours=1),
            ),
            **changes,  # type: ignore[arg-type]  # any field of an entry
        )
        for number in range(count)
    ]


def linkless(entries: Sequence[Entry]) -> list[Entry]:
    return [replace(entry, canonical_url=None, link="") for entry in entries]


# --- items with identities worth something ----------------------------------------------------------------------------


def test_each_item_is_new_once() -> None:
    """A window that comes again brings nothing, and the operator reads that guids identify (R7)."""
    history = FeedHistory()
    first = history.poll(*items(20))
    assert (new(first), first.mode, first.reason) == (20, "guid", "each item has its own guid")
    assert new(history.poll(*items(20))) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Flood warning lifted"},
        {"title": "Flood warning lifted", "canonical_url": at("news/flood-warning-was-lifted")},
        {"canonical_url": at("news/99"), "published": NOON + DAY},
        {"published": NOON + DAY},
        {"published": None},
        {"canonical_url": None, "title": "Flood warning lifted", "published": None},
    ],
)
def test_r3_the_same_guid_is_the_same_item(changes: dict[str, object]) -> None:
    """Headline, address and date may change after publication: not all three at once, or the guid is a reused one."""
    history = FeedHistory()
    stored = history.poll(an_entry()).items[0]
    again = history.poll(replace(an_entry(), **changes))  # type: ignore[arg-type]  # any field of an entry
    assert (new(again), again.items[0].key) == (0, stored.key)


@pytest.mark.parametrize(
    "guid",
    [
        "7be82e5f3d38d38c7c323121a14fabb70fb5c96a",
        "tigris.example/126411838",
        at("river-level-rises"),
        at("?p=77"),
        at("?post_type=live&#038;p=77"),
        "tag:tigris.example,2026:77",
        "urn:tigris:77",
    ],
)
def test_r3_a_guid_that_names_its_article_is_trusted_through_any_rewriting(guid: str) -> None:
    """A live blog ends its day under another headline, address and date, all at once."""
    history = FeedHistory()
    stored = history.poll(an_entry(guid)).items[0]
    page = at("news/48211/flood-warning-was-lifted")
    again = history.poll(an_entry(guid, title="Flood warning lifted", canonical_url=page, published=NOON + DAY))
    assert (new(again), again.items[0].key) == (0, stored.key)


def test_r3_the_same_page_is_the_same_item_under_a_new_guid_and_headline() -> None:
    """A publisher that gives a rewritten article a new guid has not published another."""
    history = FeedHistory()
    history.poll(an_entry("old"))
    assert new(history.poll(an_entry("new", title="Flood warning lifted", published=NOON + DAY))) == 0


def test_r3_an_item_answers_to_the_guid_that_it_was_stored_under() -> None:
    """Its page came under another guid in between; then the first guid comes back, at another address."""
    (item,) = items(1, guid="https://tigris.example/news/2026/7bb233704a")
    history = FeedHistory()
    history.poll(item)
    assert new(history.poll(replace(item, guid="g7bb233704a", title="Its headline was changed"))) == 0
    moved = replace(item, canonical_url=at("news/48000-updated"), title="Rewritten once more", published=None)
    assert new(history.poll(moved)) == 0


def test_r6_a_guid_of_many_brings_no_item_back() -> None:
    """R6: one that says nothing of its article is not trusted for having been there first."""
    (item,) = items(1, guid="news")
    history = FeedHistory()
    history.poll(item)
    history.poll(replace(item, guid="other"))
    other = replace(item, canonical_url=at("news/51234"), title="Something else", published=NOON + timedelta(hours=9))
    assert new(history.poll(other)) == 1


def test_r4_items_that_differ_only_by_the_fragment_of_their_guid_are_one() -> None:
    """Normalising took `#0` and `#1` away: the second is the first again, and counted."""
    found = identify([an_entry("https://a.example/17"), an_entry("https://a.example/17")], [])
    assert (len(found.items), found.repeated) == (1, 1)


def test_of_two_wordings_in_one_window_the_first_counts() -> None:
    """Feeds list the newest first."""
    found = identify([an_entry(title="Newer wording"), an_entry(title="Older wording")], [])
    assert [item.entry.title for item in found.items] == ["Newer wording"]


# --- a move to another platform (R5) ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["news/48{:03}", "story/{}"])
def test_r5_a_platform_move_brings_nothing_new(page: str) -> None:
    """Every guid new, http become https (the canonical URL does not tell): 0 of 50 are new, now or later."""
    before = [replace(entry, canonical_url=at(page.format(n))) for n, entry in enumerate(items(50))]
    after = [replace(entry, guid=f"urn:moved:{n}") for n, entry in enumerate(before)]
    assert FeedHistory().polls([before, after, after]) == [50, 0, 0]


def test_r5_a_move_whose_window_overlaps_in_part_brings_only_what_was_not_seen() -> None:
    """The new platform shows ten older items and thirty known ones, and a few of them still under old guids."""
    before = items(60)[:50]
    after = [entry if n % 7 == 0 else replace(entry, guid=f"new-{n}") for n, entry in enumerate(items(60))][20:]
    assert FeedHistory().polls([before, after, after]) == [50, 10, 0]


def test_r5_guids_counted_anew_do_not_mix_up_items() -> None:
    """A platform that numbers its items again: each is found by its page, not by another's old number."""
    before = [replace(entry, guid=str(n)) for n, entry in enumerate(items(20))]
    after = [replace(entry, guid=str(n + 7)) for n, entry in enumerate(before)]
    history = FeedHistory()
    keys = {item.entry.canonical_url: item.key for item in history.poll(*before).items}
    moved = history.poll(*after)
    assert new(moved) == 0
    assert {item.entry.canonical_url: item.key for item in moved.items} == keys
    assert new(history.poll(*after)) == 0


# --- guids worth nothing (R6) -----------------------------------------------------------------------------------------

WORTHLESS = [
    "news",
    "https://tigris.example/",
    "https://tigris.example/ar",
    "https://tigris.example/feed",
    "tag:tigris.example,2026:news",
    "urn:tigris:news",
]


@pytest.mark.parametrize("guid", [*WORTHLESS, at("?p=77"), "tag:tigris.example,2026:77"])
def test_r6_items_that_share_a_guid_are_told_apart_by_link(guid: str) -> None:
    """20 items, 20 links: 20 stories, and the operator reads how they are identified."""
    history = FeedHistory()
    found = history.poll(*items(20, guid=guid))
    assert (new(found), found.mode) == (20, "link")
    assert found.reason == f"20 items share the guid {guid}; they are told apart by link"
    assert new(history.poll(*items(20, guid=guid))) == 0


@pytest.mark.parametrize("guid", WORTHLESS)
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("changes", [{}, {"published": None}])
def test_r6_it_does_not_matter_how_many_items_a_window_shows(guid: str, size: int, changes: dict[str, object]) -> None:
    """One after the other or a few at a time, dated or not, each is new once, and known when it is shown again."""
    shared = items(20, guid=guid, **changes)
    windows = [shared[start : start + size] for start in range(0, 20, size)]
    history = FeedHistory()
    assert sum(history.polls(windows)) == 20
    assert sum(history.polls(windows)) == 0
    assert new(history.poll(*shared)) == 0


def test_r6_a_guid_found_to_be_shared_leaves_its_first_item_known() -> None:
    """The first window could not tell; the second can, and does not publish the first item again."""
    pair = items(2, guid="news")
    assert FeedHistory().polls([pair[:1], pair, pair[1:], pair[:1]]) == [1, 1, 0, 0]


def test_r6_a_shared_guid_with_one_date_for_all_is_told_apart_once_it_is_known_to_be_shared() -> None:
    """The day alone does not make the third item the first."""
    shared = items(3, guid="news", published=NOON)
    assert FeedHistory().polls([shared[:2], shared[2:], shared]) == [2, 1, 0]


def test_r6_the_front_page_is_no_items_guid() -> None:
    """Not even where headline and date of the next item are the same."""
    shared = items(3, guid="https://tigris.example/", title="Photo gallery", published=NOON)
    assert FeedHistory().polls([[entry] for entry in shared]) == [1, 1, 1]


def test_r6_the_front_page_is_no_items_link() -> None:
    """One item at a time, and no guids."""
    homely = items(3, guid="", canonical_url="https://tigris.example/")
    assert FeedHistory().polls([[entry] for entry in homely]) == [1, 1, 1]


def test_r6_a_publisher_that_mends_its_guids_publishes_nothing_again() -> None:
    """From one shared guid to one each."""
    assert FeedHistory().polls([items(20, guid="news"), items(20), items(20)]) == [20, 0, 0]


@pytest.mark.parametrize("guid", ["news", "https://tigris.example/", ""])
def test_r6_without_guid_and_link_headline_and_date_tell_items_apart(guid: str) -> None:
    """The feed links only its home page, which is no item's address: still no item is lost."""
    history = FeedHistory()
    window = linkless(items(20, guid=guid))
    found = history.poll(*window)
    assert (new(found), found.mode, found.repeated) == (20, "text", 0)
    assert found.reason.endswith("they are told apart by headline and date")
    assert new(history.poll(*window)) == 0


def test_r6_text_tells_apart_what_a_guid_told_apart_before() -> None:
    """The first item came alone, without a link; the next ones show that its guid is shared. It stays known."""
    window = linkless(items(3, guid="news", published=None))
    assert FeedHistory().polls([window[:1], window, window]) == [1, 2, 0]


def test_an_untitled_item_is_known_by_its_summary() -> None:
    """Short notes have no headline."""
    notes = linkless(items(5, guid="", title="", published=None))
    assert FeedHistory().polls([notes, notes]) == [5, 0]


@pytest.mark.parametrize("page", [None, "https://tigris.example/"])
def test_r8_the_same_headline_with_another_text_is_another_item(page: str | None) -> None:
    """ "Breaking" twice, without guid, date or address: neither is lost, and a newer one makes neither new again."""
    texts = ("A bridge was closed.", "A dam was opened.", "A bakery won a prize.")
    window = [an_entry("", canonical_url=page, title="Breaking", published=None, summary=text) for text in texts]
    assert FeedHistory().polls([window[1:], window[1:], window, window]) == [2, 0, 1, 0]


def test_the_same_headline_on_another_day_is_another_item() -> None:
    """ "Weather today" without guid and link, day by day (R2)."""
    days = [an_entry("", canonical_url=None, title="Weather today", published=NOON + n * DAY) for n in range(3)]
    assert FeedHistory().polls([days[:1], days[:2], days]) == [1, 1, 1]


# --- links worth nothing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["local-news", "all-the-local-news"])
@pytest.mark.parametrize("guids", [True, False])
def test_a_section_page_that_all_items_link_to_identifies_none(page: str, guids: bool) -> None:
    """With guids of their own they are told apart by these, without by headline and date; none is lost."""
    window = items(20, canonical_url=at(page)) if guids else items(20, canonical_url=at(page), guid="")
    history = FeedHistory()
    found = history.poll(*window)
    assert (new(found), found.mode) == (20, "guid" if guids else "text")
    assert new(history.poll(*window)) == 0
    for item in found.items:  # one alone does not pass for another
        assert history.poll(item.entry).items[0].key == item.key


def test_another_guid_and_headline_under_a_section_page_is_another_item() -> None:
    """One item at a time, so that no window shows that the link is shared: this is no platform move."""
    windows = [
        [an_entry(f"item-{n}", canonical_url=at("live"), title=headline, published=NOON + n * DAY)]
        for n, headline in enumerate(HEADLINES)
    ]
    assert FeedHistory().polls(windows) == [1, 1, 1, 1]


def test_an_undated_headline_that_comes_again_on_a_section_page_is_another_item() -> None:
    """Under another guid, "Weather today" is the next day's: only a date could tell that it is not."""

    def window(*guids: str) -> list[Entry]:
        return [
            an_entry(guid, canonical_url=at("weather"), title=title, published=None)
            for guid, title in zip(guids, ("Weather today", "Storm warning"), strict=True)
        ]

    assert FeedHistory().polls([window("1", "2"), window("3", "4")]) == [2, 2]


def test_r8_posts_of_a_live_blog_under_one_address_are_items_of_their_own() -> None:
    """Its address names an article; guids, headlines and dates differ. Also when the first has left the window."""
    posts = [
        an_entry(
            at(f"war-live-blog#post-{n}"), canonical_url=at("war-live-blog"), title=title, published=NOON + n * DAY
        )
        for n, title in enumerate(HEADLINES)
    ]
    assert FeedHistory().polls([posts[:1], posts[1:3], posts[3:], posts]) == [1, 2, 1, 0]


def test_a_guid_tells_more_than_a_link() -> None:
    """An item keeps its entry when it moves to another page, though a new item stands on its old one."""
    history = FeedHistory()
    key = history.poll(an_entry("old")).items[0].key
    moved = an_entry("old", canonical_url=at("news/48212"))
    found = history.poll(an_entry("new", title="Flood warning lifted"), moved)
    assert [item.known is not None for item in found.items] == [False, True]
    assert found.items[1].key == key


def test_items_with_and_without_guid_on_one_page_do_not_change_places() -> None:
    """Each is found as itself, though the window shows only one of them."""
    history = FeedHistory()
    keys = [item.key for item in history.poll(an_entry("17"), an_entry("")).items]
    assert [history.poll(an_entry("")).items[0].key, history.poll(an_entry("17")).items[0].key] == keys[::-1]


def test_a_page_listed_twice_without_guids_is_one_item() -> None:
    """A listing shows an article in its head and again below, with a shorter headline."""
    twice = [an_entry("", title="River level rises after rain"), an_entry("", title="River rises")]
    found = identify(twice, [])
    assert (len(found.items), found.repeated, found.mode) == (1, 1, "link")
    assert found.reason == "items without a guid; they are told apart by link"


def test_items_of_one_page_move_to_other_guids() -> None:
    """R5 where two items link to the same page: headline and date find what the link cannot."""
    before = items(2, canonical_url=at("local-news"))
    after = [replace(entry, guid=f"new-{n}") for n, entry in enumerate(before)]
    assert FeedHistory().polls([before, after, after]) == [2, 0, 0]


# --- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_is_short_and_names_its_mode() -> None:
    """A guid that reads like a link is not that link."""
    entry = an_entry(guid=at("news/48211"))
    modes: tuple[IdentityMode, ...] = ("guid", "link", "text")
    keys = {item_key(mode, entry) for mode in modes}
    assert len(keys) == 3
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in keys)


def test_everything_an_item_could_be_stored_under_is_looked_up() -> None:
    """By key in any mode, by guid, by page; what an item lacks is not looked up."""
    whole, bare = an_entry(), an_entry("", canonical_url=None)
    keys, guids, links = lookup([whole, bare])
    assert guids == {whole.guid}
    assert links == {whole.canonical_url}
    assert {item_key("guid", whole), item_key("link", whole), item_key("text", whole), item_key("text", bare)} <= keys


def test_a_key_that_a_stored_item_holds_is_never_given_again() -> None:
    """The stored item of that key goes by another guid since; a new item under the old guid gets another key."""
    stored = known_item(an_entry("new", canonical_url=at("news/90001")), item_key("guid", an_entry("old")))
    (item,) = identify([an_entry("old", title="Another thing", published=NOON + DAY)], [stored]).items
    assert item.known is None
    assert item.key != stored.key


# --- laws -------------------------------------------------------------------------------------------------------------

TIMES: list[datetime | None] = [None, NOON, NOON + DAY]
PAGES = [None, "https://tigris.example/", at("local-news"), at("news/48211"), at("news/48212"), at("story/7")]
ANY_ENTRY = st.builds(
    an_entry,
    guid=st.sampled_from(["", "news", "17", "18", "https://tigris.example/", "tag:tigris.example,2026:17"]),
    canonical_url=st.sampled_from(PAGES),
    title=st.sampled_from(["", "Weather today", "River level rises", "River level rises again"]),
    summary=st.sampled_from(["", "Read more"]),
    published=st.sampled_from(TIMES),
)
WINDOWS = st.lists(ANY_ENTRY, max_size=8)


@given(windows=st.lists(WINDOWS, min_size=1, max_size=4))
def test_keys_are_unique_and_no_stored_entry_is_found_twice(windows: list[list[Entry]]) -> None:
    """Whatever feeds send, one poll after another: an entry has one key, and the store never sees it twice."""
    history = FeedHistory()
    for window in windows:
        found = history.poll(*window)
        numbers = [item.known.entry_id for item in found.items if item.known]
        assert len({item.key for item in found.items}) == len(found.items)
        assert len(set(numbers)) == len(numbers)
        assert len(found.items) + found.repeated == len(window)
        assert len({item.key for item in history.items.values()}) == len(history.items)


@given(windows=st.lists(WINDOWS, min_size=1, max_size=3))
def test_r7_a_window_that_comes_again_and_again_settles(windows: list[list[Entry]]) -> None:
    """Nothing floods a reader: what other windows left in doubt is decided once, then the same bring nothing new."""
    history = FeedHistory()
    for window in windows:
        history.polls([window, window])
        assert history.polls([window, window]) == [0, 0]


@given(window=WINDOWS)
def test_r7_a_window_finds_its_own_items_again(window: list[Entry]) -> None:
    """Each as the entry it became, under the same key."""
    history = FeedHistory()
    before, again = history.poll(*window), history.poll(*window)
    assert [(item.entry, item.key) for item in again.items] == [(item.entry, item.key) for item in before.items]
    assert all(item.known for item in again.items)


@given(count=st.integers(0, 30), seed=st.integers(), stored=st.integers(0, 30))
def test_r7_good_identities_do_not_depend_on_the_order_of_the_document(count: int, seed: int, stored: int) -> None:
    """A feed may turn its list round: each item keeps its key."""
    history = FeedHistory()
    history.poll(*items(30)[:stored])
    known = list(history.items.values())
    window = items(count)
    shuffled = random.Random(seed).sample(window, count)
    one, other = identify(window, known), identify(shuffled, known)
    assert {item.entry.guid: (item.key, item.known) for item in one.items} == {
        item.entry.guid: (item.key, item.known) for item in other.items
    }
