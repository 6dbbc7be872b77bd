"""What is read of an entry's text, and under which keys it is found (R8, R9)."""

from __future__ import annotations

import pytest

from feedhub.stories.fingerprint import Fingerprint, fingerprint
from feedhub.stories.keys import CROWD, MOST_KEYS, SHORTLIST, keys, shortlist
from feedhub.stories.statistics import RARE, Statistics, Tally

RIVER = "River level rises after the first rain"
GATES = "Engineers at the weir opened two gates of nine before dawn and expect the water to fall by Friday evening."


def read(title: str = RIVER, summary: str = GATES, content: str = "") -> Fingerprint:
    return fingerprint(title, summary, content)


# --- headlines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        f"BREAKING: {RIVER}",
        f"UPDATE 2-{RIVER}",
        f"عاجل | {RIVER}",
        f"فوری/ {RIVER}",
        f"بەپەلە: {RIVER}",
        f"LEZGÎN: {RIVER}",
        f"SON DAKİKA | {RIVER}",
        f"(Video) {RIVER}",
        f"{RIVER} (video)",
        f"BREAKING: UPDATE: {RIVER}",
    ],
)
def test_urgency_is_no_part_of_a_headline(title: str) -> None:
    """In six languages, before it and in brackets behind."""
    assert read(title).headline == read().headline


def test_a_headline_of_urgency_alone_keeps_it() -> None:
    """There is nothing else."""
    assert read("Breaking:").headline == ("breaking",)


@pytest.mark.parametrize(
    "ending", [" - Tigris Wire", " | Tigris Wire", " – Tigris Wire", "|Tigris Wire", " - شفق نيوز"]
)
def test_an_ending_may_be_the_outlets_name(ending: str) -> None:
    """Both readings are kept, since it may be news as well."""
    with_name = read(RIVER + ending)
    assert with_name.headline == read().headline
    assert len(with_name.headlines) == 2


@pytest.mark.parametrize(
    "title", ["Five arrested - weir", "Matchday - 3 March", "Tigris - the river of many names and bridges"]
)
def test_an_ending_that_is_news_is_no_name(title: str) -> None:
    """The text speaks of it, or it holds a number, or it is long."""
    assert len(read(title).headlines) == 1


# --- leads ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "summary",
    [
        f"BAGHDAD (Tigris Wire) - {GATES}",
        f"(أ ف ب) - {GATES}",
        f"بغداد / واع / {GATES}",
        f"هەولێر (کوردستان٢٤) - {GATES}",
        f"به گزارش خبرگزاری پیک، {GATES}",
        f"{GATES} Read more",
        f"{GATES} ... اقرأ المزيد",
        f"{GATES} [...] ادامه مطلب »",
        f"{GATES}... Devamını oku",
        f"{GATES} […]",
        f"<p><img src='x.jpg'>{GATES}</p><p>The post <a href='y'>River level</a> appeared first on Tigris Wire.</p>",
    ],
)
def test_datelines_and_read_more_are_no_part_of_a_lead(summary: str) -> None:
    """Nor attributions and what publishing systems add."""
    assert read(summary=summary).lead == read().lead


def test_a_lead_without_a_dateline_stays_whole() -> None:
    """A bracket or a stroke in the first sentence is no dateline."""
    lead = "The ministry (of water) says the 2/3 rule stands and that no district will be left without its share."
    assert read(summary=lead).lead[:3] == ("the", "ministry", "of")


def test_the_article_itself_is_read_where_the_feed_gives_more_of_it() -> None:
    """A content that is the summary once more adds nothing."""
    assert read(content=f"<p>{GATES}</p>").runs == read().runs
    more = read(content=f"<p>{GATES}</p><p>Fishermen moored their boats higher.</p>")
    assert "fishermen" in more.known
    assert more.runs > read().runs


def test_what_is_read_is_bounded() -> None:
    """R33: a megabyte of headline, summary and content."""
    huge = fingerprint("news " * 200_000, "word other third " * 70_000, "<b>" * 300_000 + "text")
    assert len(huge.headline) <= 40
    assert len(huge.lead) <= 120
    assert len(keys(huge)) <= MOST_KEYS


# --- keys -------------------------------------------------------------------------------------------------------------


def test_r9_keys_are_few_and_the_same_in_every_process() -> None:
    """Signed 64-bit numbers, none twice. These have been stored: other ones need the keys to be made anew."""
    found = keys(read())
    assert 0 < len(found) <= MOST_KEYS
    assert len(set(found)) == len(found)
    assert all(-(2**63) <= key < 2**63 for key in found)
    assert found[:2] == keys(read(summary=""))[:2]
    assert keys(read("One two three four five", ""))[0] == -7656849431377578977


@pytest.mark.parametrize("title", ["", "Photo gallery", "Weather", "معرض صور", "...", "12"])
@pytest.mark.parametrize("summary", ["", "Read more", "..."])
def test_r8_short_text_has_no_keys(title: str, summary: str) -> None:
    """So nothing is found by it."""
    assert keys(fingerprint(title, summary)) == ()


@pytest.mark.parametrize(
    "other",
    [
        read(summary=""),
        read(RIVER.upper()),
        read(f"UPDATE: {RIVER} - Tigris Wire"),
        read("After the first rain river level rises"),
        read("Riverlevel rises after the first rain", ""),
        read("Two gates of the weir opened"),
        read(summary="Engineers at the weir opened two gates of nine before ... Read more"),
        read(
            "Level rises after rain",
            "Engineers at weir opened two gates of nine before dawn, expect the water to fall.",
        ),
    ],
)
def test_variants_share_a_key(other: Fingerprint) -> None:
    """The headline alone, another order, another spacing, another headline, a cut lead, words left out."""
    assert set(keys(read())) & set(keys(other))


def test_different_news_share_none() -> None:
    """But for chance."""
    other = read("Bakery wins a prize", "The jury praised the crust and the patience of the baker, who rises at two.")
    assert not set(keys(read())) & set(keys(other))


def test_r9_the_shortlist_is_bounded_and_boilerplate_finds_nobody() -> None:
    """Most keys shared first, then the lowest number."""
    rows = [(1, entry) for entry in range(CROWD)] + [(2, 9), (2, 7)] + [(3, entry) for entry in range(CROWD + 1)]
    found = shortlist(rows)
    assert found[:4] == [7, 9, 0, 1]
    assert len(found) == SHORTLIST
    assert shortlist((5, entry) for entry in range(CROWD + 1)) == []


# --- statistics -------------------------------------------------------------------------------------------------------


def test_r7_a_tally_is_the_same_in_any_order_and_after_storing() -> None:
    """Words and runs that one entry alone has are left out."""
    day = [read(), read("Bakery wins a prize"), read("Weir", "Nothing new at the weir.")]
    tally = Tally.of(day)
    assert tally == Tally.of(reversed(day)) == Tally.from_json(tally.to_json())
    assert tally.to_json() == Tally.of(reversed(day)).to_json()
    assert tally.words["weir"] == 3
    assert "bakery" not in tally.words
    assert ("two", "gates", "of") in tally.runs


def test_a_word_weighs_more_the_fewer_entries_have_it() -> None:
    """Before anything is counted its length has to do; a number is no longer than its digits."""
    none, some = Statistics(), Statistics([Tally.of([read(), read("Bakery wins a prize"), read("Rain")] * 50)])
    assert none.weight("kirkuk") > none.weight("rain") > none.weight("of") > 0
    assert some.weight("engineers") < none.weight("engineers")
    assert none.weight("restoration") == RARE
    assert none.weigh(["of", "rain"]) == none.weight("of") + none.weight("rain")


def test_r8_what_stands_in_several_entries_on_three_days_is_boilerplate() -> None:
    """On two it may be an event."""
    day = Tally.of([read(), read("Bakery wins a prize")])
    assert not Statistics([day, day]).boilerplate
    boilerplate = Statistics([day, day, day]).boilerplate
    bare = read(summary=f"{GATES} A dam in the hills has burst.").without(boilerplate)
    assert bare.lead[-5:] == ("in", "the", "hills", "has", "burst")
    assert "gates" not in bare.known
    assert "river" in bare.known
