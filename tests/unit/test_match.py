"""Which story an entry joins, and why (R1, R2, R7, R8, R11, R13, R14)."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.store.policies import CarrierKey, FeedPolicy, rank, representative
from feedhub.stories.fold import alike, fold, words
from feedhub.stories.match import canonical_order, count_headlines, decide, story_ids
from support.entries import NOON, at, candidate, unmatched

DAY = timedelta(days=1)
SECTION = at("local-news")
AGENCY_GUID = "tag:agency.example,2026:17"


# --- the same address -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["RIVER LEVEL RISES AFTER THE FIRST RAIN", "River level rises after first rain"])
@pytest.mark.parametrize("page", ["news/48211", "story/1"])
def test_r1_the_same_address_in_two_feeds_is_one_story(title: str, page: str) -> None:
    """Other guid, other case, a word less; the operator reads the rule and what it went by (R14)."""
    entry = unmatched(guid="a", canonical_url=at(page), title=title)
    found = decide(entry, [candidate(7, guid="b", canonical_url=at(page))], {})
    assert (found.story, found.rule, found.evidence) == (7, "address", at(page))


def test_r2_the_same_address_under_another_headline_is_one_story() -> None:
    """And the evidence says that the headlines differ."""
    found = decide(unmatched(title="Flood warning for two districts"), [candidate(7)], {at("news/48211"): 2})
    assert (found.story, found.rule) == (7, "address")
    assert found.evidence == f"{at('news/48211')}, under another headline"


def test_r2_an_article_may_have_a_headline_in_every_feed() -> None:
    """Each newsroom words its own: the page is still one article."""
    others = [candidate(7, feed=2, title="Flood warning"), candidate(7, feed=3, title="Weir gates opened at dawn")]
    found = decide(unmatched(title="Rain fills the Tigris"), others, {at("news/48211"): 1})
    assert found.story == 7


@pytest.mark.parametrize("page", ["news/kirkuk-fire", "?p=77", "article/55"])
def test_r1_the_same_words_at_one_address_are_one_story_whenever_the_second_feed_comes(page: str) -> None:
    """Four days later, undated, in capitals; the address holds neither a long number nor a slug of many words."""
    entry = unmatched(canonical_url=at(page), title="FIRE IN KIRKUK")
    other = candidate(7, canonical_url=at(page), title="Fire in Kirkuk", published=NOON - 4 * DAY)
    assert decide(entry, [other], {at(page): 1}).story == 7


def test_r2_the_same_headline_at_other_addresses_is_no_evidence() -> None:
    """ "Weather today" of two days: nothing but words in common, so nothing to go by (R8)."""
    monday = candidate(1, canonical_url=at("news/48001"), title="Weather today")
    tuesday = unmatched(canonical_url=at("news/48002"), title="Weather today", published=NOON + DAY)
    found = decide(tuesday, [monday], {})
    assert (found.story, found.rule) == (None, "founded")


def test_the_front_page_is_nobodys_address() -> None:
    """R6: not even where headline and date are the same."""
    home = "https://tigris.example/"
    assert decide(unmatched(canonical_url=home), [candidate(canonical_url=home)], {}).story is None
    assert decide(unmatched(canonical_url=None), [candidate(canonical_url=None)], {}).story is None


# --- an address that many pieces share --------------------------------------------------------------------------------


def test_r8_the_next_headline_on_a_section_page_is_another_story() -> None:
    """Three headlines under an address that names no article: what it stands for cannot be told."""
    entry = unmatched(canonical_url=SECTION, title="Bakery wins a prize")
    found = decide(entry, [candidate(canonical_url=SECTION)], {SECTION: 3})
    assert (found.story, found.evidence) == (None, "its address stands for more than one piece of news")


def test_a_headline_on_a_section_page_joins_the_story_in_the_same_words() -> None:
    """Two feeds of one outlet list the same pieces under the same section page: each finds its own."""
    others = [candidate(n, canonical_url=SECTION, title=title) for n, title in enumerate(["Rain", "Bakery", "Bridge"])]
    found = [
        decide(unmatched(canonical_url=SECTION, title=other.title), others, {SECTION: 3}).story for other in others
    ]
    assert found == [0, 1, 2]


def test_the_same_words_on_a_section_page_are_the_same_news_for_two_days() -> None:
    """ "Weather today" stands there again next week."""
    entry = unmatched(canonical_url=at("weather"), title="Weather today")
    near = candidate(1, canonical_url=at("weather"), title="Weather today", published=NOON - 2 * DAY)
    far = candidate(1, canonical_url=at("weather"), title="Weather today", published=NOON - 3 * DAY)
    two = {at("weather"): 2}
    assert decide(entry, [near], two).story == 1
    assert decide(entry, [far], two).story is None


def test_the_same_words_again_in_one_feed_make_a_section_page() -> None:
    """Both feeds list "Weather today" every day: each day is a story, and the second feed finds its own day's."""
    page = at("weather")
    monday = [candidate(1, feed=feed, canonical_url=page, title="Weather", published=NOON - DAY) for feed in (1, 2)]
    assert decide(unmatched(feed=1, canonical_url=page, title="Weather"), monday, {page: 1}).story is None
    tuesday = candidate(2, feed=1, canonical_url=page, title="Weather")
    assert decide(unmatched(feed=2, canonical_url=page, title="Weather"), [*monday, tuesday], {page: 1}).story == 2


def test_of_yesterdays_and_todays_weather_the_nearer_in_time_is_joined() -> None:
    """Not the one founded first."""
    days = [candidate(9 - n, canonical_url=at("weather"), title="Weather", published=NOON - n * DAY) for n in (1, 0)]
    assert decide(unmatched(canonical_url=at("weather"), title="Weather"), days, {}).story == 9


def test_one_feed_repeats_itself_on_a_section_page_only_at_the_same_moment() -> None:
    """Same words, same date, another guid: listed twice. Same words a day later: the next piece."""
    entry = unmatched(feed=2, canonical_url=at("weather"), title="Weather")
    twice = candidate(1, canonical_url=at("weather"), title="Weather")
    yesterday = candidate(1, canonical_url=at("weather"), title="Weather", published=NOON - DAY)
    assert decide(entry, [twice], {}).story == 1
    assert decide(entry, [yesterday], {}).story is None


def test_two_headlines_of_one_feed_on_a_section_page_are_two_stories() -> None:
    """Also where another feed has joined the first of them."""
    there = [candidate(1, feed=1, canonical_url=SECTION), candidate(1, feed=2, canonical_url=SECTION)]
    entry = unmatched(feed=1, canonical_url=SECTION, title="Bakery wins a prize")
    assert decide(entry, there, {SECTION: 2}).story is None


def test_a_feed_with_many_headlines_under_one_slug_lists_a_section() -> None:
    """`/all-the-local-news` reads like an article; the third headline of one feed tells otherwise."""
    page = at("all-the-local-news")
    entry = unmatched(canonical_url=page, title="Bakery wins a prize")
    assert decide(entry, [candidate(1, canonical_url=page)], {page: 3}).story is None
    assert decide(entry, [candidate(1, canonical_url=page)], {page: 2}).story == 1


def test_two_headlines_of_one_feed_under_one_slug_are_two_stories() -> None:
    """The posts of a live blog, which identity told apart: none is swallowed. Another feed's headline is another's."""
    page = at("gaza-war-live-blog")
    entry = unmatched(guid=f"{page}#post-2", canonical_url=page, title="Bakery wins a prize")
    posted = candidate(1, feed=1, guid=f"{page}#post-1", canonical_url=page)
    assert decide(entry, [posted], {page: 2}).story is None
    assert decide(entry, [posted, candidate(1, feed=3, canonical_url=page)], {page: 2}).story is None
    assert decide(entry, [candidate(1, canonical_url=page)], {page: 1}).story == 1


def test_r8_an_address_of_several_stories_is_refused_to_another_headline() -> None:
    """Which of them it would be is a guess."""
    there = [candidate(1, title="Rain"), candidate(2, title="Bakery")]
    assert decide(unmatched(title="Bridge"), there, {}).story is None


# --- the same guid ----------------------------------------------------------------------------------------------------

GLOBAL = [AGENCY_GUID, "urn:uuid:0b51a1b4-0000-4000-8000-000000000017", "https://agency.example/?p=48211", "a1" * 12]


@pytest.mark.parametrize("guid", GLOBAL)
def test_a_guid_unique_in_the_world_and_the_same_words_are_one_story(guid: str) -> None:
    """An agency's copy at two outlets' addresses."""
    found = decide(unmatched(guid=guid), [candidate(7, guid=guid, canonical_url=None)], {})
    assert (found.story, found.rule) == (7, "guid")
    assert guid in found.evidence


@pytest.mark.parametrize("guid", GLOBAL)
def test_r8_the_same_guid_with_unrelated_words_never_merges(guid: str) -> None:
    """Nor with no words at all."""
    for title in ("Bakery wins a prize", ""):
        other = candidate(guid=guid, canonical_url=None, title=title)
        assert decide(unmatched(guid=guid, title=title and "Rain"), [other], {}).story is None


@pytest.mark.parametrize("guid", ["", "17", "post-48211", "https://agency.example/", "https://agency.example/feed"])
def test_a_guid_that_others_use_too_is_no_evidence(guid: str) -> None:
    """A number, a front page, a feed's own address: the same words are then all there is (R2, R8)."""
    entry = unmatched(guid=guid, canonical_url=at("news/1"))
    assert decide(entry, [candidate(guid=guid, canonical_url=at("news/2"))], {}).story is None


def test_within_one_feed_a_guid_is_the_business_of_identity() -> None:
    """The feed's items were told apart already (R6)."""
    other = candidate(feed=1, guid=AGENCY_GUID, canonical_url=None)
    assert decide(unmatched(guid=AGENCY_GUID), [other], {}).story is None


def test_r8_a_guid_of_several_stories_in_the_same_words_is_refused() -> None:
    """Which of them it would be is a guess, and the operator reads so."""
    others = [candidate(n, guid=AGENCY_GUID, canonical_url=at(f"news/{n}")) for n in (1, 2)]
    found = decide(unmatched(guid=AGENCY_GUID), others, {})
    assert (found.story, found.evidence) == (None, "its guid stands for more than one piece of news")


def test_an_address_goes_before_a_guid() -> None:
    """Two published stories are never made one: the entry joins the story of its page."""
    by_guid = candidate(1, guid=AGENCY_GUID, canonical_url=None)
    assert decide(unmatched(guid=AGENCY_GUID), [by_guid, candidate(2)], {}).story == 2


# --- founding ---------------------------------------------------------------------------------------------------------


def test_r9_without_deduplication_every_entry_founds_its_story() -> None:
    """And the reason is the operator's own."""
    found = decide(unmatched(deduplicated=False), [candidate()], {})
    assert (found.story, found.rule, found.evidence) == (None, "founded", "deduplication is off for this feed")


def test_an_entry_that_shares_nothing_says_so() -> None:
    """R14."""
    assert decide(unmatched(), [], {}).evidence == "no other entry had its address or guid"


def test_headlines_are_counted_by_address_as_they_read() -> None:
    """Case and spacing make no other headline, and no headline is none; of several feeds the one with most counts."""
    titles = [("a", 1, "Rain"), ("a", 1, "RAIN "), ("a", 1, "Bakery"), ("a", 2, "Bridge"), ("b", 1, "Rain")]
    assert count_headlines([*titles, ("b", 1, ""), ("b", 2, "Bakery"), ("b", 3, "Bridge")]) == {"a": 2, "b": 1}


def test_r13_a_storys_id_is_its_pages_whichever_feed_founds_it() -> None:
    """A hub rebuilt from the same feeds gives the same ids, whatever answered first."""
    one, other = unmatched(), unmatched(entry_id=99, feed=5, key="2" * 32, title="Other words")
    assert story_ids(one, "tigris")[0] == story_ids(other, "rafidain")[0]
    assert story_ids(one, "tigris")[0] == "urn:uuid:3fa9d95e-f7af-500c-ba03-fd4c974be5fc"  # published ids never change


@pytest.mark.parametrize("page", [None, "https://tigris.example/"])
def test_r13_without_a_page_the_id_is_the_items(page: str | None) -> None:
    """The front page would give all items the same."""
    one, other = unmatched(canonical_url=page), unmatched(canonical_url=page, key="2" * 32)
    ids = {story_ids(one, "tigris")[0], story_ids(other, "tigris")[0], story_ids(one, "rafidain")[0]}
    assert len(ids) == 3
    assert story_ids(one, "tigris") == story_ids(one, "tigris")


def test_r13_a_page_that_founds_twice_has_a_second_id_for_each_item() -> None:
    """Where deduplication is off, or the page is a section."""
    one, other = unmatched(), unmatched(key="2" * 32)
    ids = {*story_ids(one, "tigris"), *story_ids(other, "tigris"), *story_ids(one, "rafidain")}
    assert len(ids) == 4


# --- order (R7) -------------------------------------------------------------------------------------------------------


def test_r7_a_pass_is_matched_in_one_order_however_its_feeds_answered() -> None:
    """By pass, then by date, then by place in feeds.yaml, then from the end of the document."""
    wanted = [
        unmatched(first_seen=NOON - DAY, published=NOON, order=9),
        unmatched(published=NOON - DAY, order=9),
        unmatched(order=0, entry_id=8, key="8" * 32),
        unmatched(order=1, entry_id=7, key="2" * 32),
        unmatched(order=1, entry_id=6, key="1" * 32),
        unmatched(order=1, entry_id=5, key="3" * 32),
    ]
    for shuffled in permutations(wanted):
        assert sorted(shuffled, key=canonical_order) == wanted


CANDIDATES = st.lists(
    st.builds(
        candidate,
        story=st.integers(1, 4),
        feed=st.integers(1, 3),
        guid=st.sampled_from(["", AGENCY_GUID, "17"]),
        canonical_url=st.sampled_from([None, SECTION, at("news/48211")]),
        title=st.sampled_from(["Weather today", "River level rises", "The river level rises"]),
        published=st.sampled_from([NOON, NOON - DAY, NOON - 4 * DAY]),
    ),
    max_size=6,
)


@given(
    candidates=CANDIDATES,
    page=st.sampled_from([None, SECTION, at("news/48211")]),
    headlines=st.integers(1, 4),
    seed=st.integers(),
)
def test_r7_a_decision_does_not_depend_on_the_order_of_its_candidates(
    candidates: list[object], page: str | None, headlines: int, seed: int
) -> None:
    """The database may give them in any."""
    entry = unmatched(canonical_url=page, guid=AGENCY_GUID, title="River level rises")
    shuffled = random.Random(seed).sample(candidates, len(candidates))
    counts = {page: headlines} if page else {}
    assert decide(entry, shuffled, counts) == decide(entry, candidates, counts)  # type: ignore[arg-type]  # of candidates


# --- the representative (R11) -----------------------------------------------------------------------------------------


def policy(order: int, priority: int = 0) -> FeedPolicy:
    return FeedPolicy(f"feed-{order}", None, "", order, priority, "link", {})


FEEDS = {1: policy(0), 2: policy(1), 3: policy(2, priority=10)}


def carrier(entry: int, feed: int, passes: int = 0) -> CarrierKey:
    return CarrierKey(entry, feed, NOON + passes * timedelta(minutes=15), str(entry) * 32)


@pytest.mark.parametrize(
    ("carriers", "wanted"),
    [
        ([carrier(1, feed=1), carrier(2, feed=3, passes=5)], 2),  # the highest priority, however late
        ([carrier(1, feed=1, passes=1), carrier(2, feed=2)], 2),  # then the earliest pass
        ([carrier(1, feed=2), carrier(2, feed=1)], 2),  # then the order in feeds.yaml, whoever answered first
        ([carrier(2, feed=1), carrier(1, feed=1)], 1),  # then the item's key
    ],
)
def test_r11_priority_then_pass_then_place_in_the_file(carriers: list[CarrierKey], wanted: int) -> None:
    """In whatever order the carriers are given."""
    assert representative(carriers, FEEDS) == wanted
    assert representative(carriers[::-1], FEEDS) == wanted
    assert sorted(carriers, key=lambda c: rank(c, FEEDS[c.feed]))[0].entry == wanted


def test_r47_feeds_that_are_no_longer_listed_represent_nothing() -> None:
    """A story that only they carried has no representative."""
    assert representative([carrier(1, feed=9), carrier(2, feed=2)], FEEDS) == 2
    assert representative([carrier(1, feed=9)], FEEDS) is None
    assert representative([], FEEDS) is None


# --- folded text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("River  Level\nRises", "river level rises"),
        ("ﬁrst ｒａｉｎ", "first rain"),  # ligature, full width
        ("İSTANBUL'DA YAĞMUR", "istanbul'da yağmur"),
        ("KAYISI ÜRETİMİ", "Kayısı üretimi"),
        ("مُحافَظَة بَغداد", "محافظة بغداد"),  # vowel marks
        ("مـــحافظة", "محافظة"),  # stretched
        ("\u200fدهۆک", "دهۆک"),  # a direction mark
        ("می\u200cشود", "میشود"),  # a joiner
    ],
)
def test_text_is_folded_as_a_reader_would_read_it(left: str, right: str) -> None:
    """Compatibility forms, case, vowel marks, marks of direction and spacing."""
    assert fold(left) == fold(right)
    assert words(left) == words(right)
    assert alike(left, right)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("River level rises after rain", "River level rises after the first rain", True),
        ("Parliament meets in Baghdad", "Bakery wins a prize in Erbil", False),
        ("Headline of story 7", "Headline of story 8", False),  # numbers say what is different
        ("", "", False),
        ("?!", "!", False),
    ],
)
def test_headlines_are_alike_in_mostly_the_same_words(left: str, right: str, same: bool) -> None:
    """At least half of the words that either has, and the same numbers; nothing is like nothing."""
    assert alike(left, right) is same
    assert alike(right, left) is same
