"""Which story an entry joins by its text, and why; and which it only resembles (R7, R8, R9, R14)."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import combinations, permutations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.stories.fingerprint import fingerprint
from feedhub.stories.match import Candidate, Decision, StorySoFar, Unmatched, decide
from feedhub.stories.text import AGE, SIZE
from support.entries import NOON
from support.pool import Item, Pool, at

HOUR = timedelta(hours=1)
FIXTURES = Path(__file__).parents[1] / "fixtures"
PAIRS = [
    pytest.param(pair, id=f"{path.stem} {'variant' if pair['same'] else 'look-alike'} {pair['why']}")
    for path in sorted((FIXTURES / "duplicates").glob("*.jsonl"))
    for pair in map(json.loads, path.read_text("utf-8").splitlines())
]

RIVER = (
    "Tigris rises two metres at Baghdad weir after first rain",
    "Engineers at the Baghdad weir opened two gates of nine before dawn and expect the Tigris to fall by the evening.",
)


def told(
    title: str = RIVER[0], summary: str = RIVER[1], *, story: int = 1, outlet: str = "tigris", hours: float = 0
) -> Candidate:
    """A carrier of a story."""
    url = f"https://{outlet}.example/{story}"
    when = NOON + hours * HOUR
    return Candidate(story, ord(outlet[0]), "", url, title, when, fingerprint(title, summary))


def come(title: str = RIVER[0], summary: str = RIVER[1], *, outlet: str = "other", hours: float = 3) -> Unmatched:
    """An entry that waits for the matcher."""
    when = NOON + hours * HOUR
    return Unmatched(
        entry_id=99,
        feed=ord(outlet[0]),
        order=0,
        key="k",
        guid="",
        canonical_url=f"https://{outlet}.example/new",
        title=title,
        published=when,
        first_seen=when,
        deduplicated=True,
        fingerprint=fingerprint(title, summary),
    )


def joined(entry: Unmatched, *carriers: Candidate, sizes: int = 1) -> Decision:
    """What is decided where each story was founded by its first carrier."""
    stories: dict[int, StorySoFar] = {}
    for carrier in carriers:
        stories.setdefault(carrier.story, StorySoFar((carrier,), carrier.published, sizes))
    return decide(entry, carriers, {}, stories)


# --- merged -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", PAIRS)
def test_r10_invented_pairs_in_six_languages(pair: dict[str, list[str]]) -> None:
    """Another outlet's item of three hours later, on a hub's first day: none of the look-alikes may merge.

    In either order: which comes first is chance. Nor may they as two items of one outlet.
    """
    for first, second in permutations((pair["a"], pair["b"])):
        found = joined(come(*second), told(*first))
        assert found.story == (1 if pair["same"] else None)
        assert pair["same"] or joined(come(*second, outlet="tigris"), told(*first)).story is None


def test_r14_a_founder_beside_a_near_miss_says_that_something_reads_like_it() -> None:
    """R14: "no other entry had its text" would be said beside the story that has nearly the same."""
    alone = joined(come("Bakery wins a prize", "The jury praised the crust and the patience of the baker."), told())
    assert alone.evidence == "no other entry had its address, guid or text"
    beside = joined(come(*(part.replace("Baghdad", "Mosul") for part in RIVER)), told())
    assert beside.related
    assert beside.evidence == "no other entry had its address or guid, and none that reads like it was the same news"


@pytest.mark.parametrize("outlet", ["tigris", "other"])
def test_r8_a_name_that_a_headline_lost_is_still_another_in_the_text(outlet: str) -> None:
    """The first carrier's headline names nobody any more, its text does, and so do the other's headline and text."""
    entry = come(*(part.replace("Baghdad", "Mosul") for part in RIVER), outlet=outlet)
    found = joined(entry, told(RIVER[0].replace("Baghdad ", "")))
    assert found.story is None
    assert "where one says" in found.related[0].reason


def test_r8_under_one_headline_a_name_in_anothers_place_tells_two_items_of_a_template_apart() -> None:
    """In a short text; in a long one that is otherwise the same it is a correction."""
    title = "Security forces arrest wanted man in Diyala"
    text = "A wanted man was arrested in the {} district of Diyala under article four of the terror law. "
    words = product(("barge", "canal", "dredge", "ferry", "gate", "mill"), ("man", "side", "yard", "end"))
    more = " ".join(map("".join, words))
    texts = [text.format(place) for place in ("Muqdadiyah", "Khanaqin")]
    assert joined(come(title, texts[1]), told(title, texts[0])).story is None
    more = f"{more} {' '.join(reversed(more.split()))}"
    assert joined(come(title, texts[1] + more), told(title, texts[0] + more)).story == 1


def test_r14_the_evidence_names_words_and_numbers_as_the_headline_spells_them() -> None:
    """With the share of the text and the score."""
    title = "34,917 strikes on Tigris bridges since 2014, Pentagon says"
    lead = "The Pentagon counts 34,917 strikes on bridges over the Tigris since the summer of 2014."
    found = joined(come(title, lead), told(title, lead))
    assert (found.story, found.rule, found.score) == (1, "text", 1.0)
    assert found.evidence == (
        "6 of 6 telling words of the headline are shared (strikes, Tigris, bridges, since, Pentagon, says);"
        " the other has 100% of the shorter text; both say 2014, 34,917"
    )


def test_r14_a_headline_alone_says_so() -> None:
    """Long, rare, the same, near in time, and of another outlet."""
    found = joined(come(summary=""), told())
    assert (found.story, found.rule) == (1, "headline")
    assert "Tigris" in found.evidence
    assert "shorter text" not in found.evidence


@pytest.mark.parametrize(
    "entry",
    [
        come("Tigris rises", ""),
        come(summary="", hours=60),
        come(summary="", outlet="tigris"),
        come("Tigris rises two metres at Mosul weir after first rain", ""),
    ],
)
def test_r8_a_headline_alone_is_not_enough_where_it_is_short_late_or_the_outlets_own(entry: Unmatched) -> None:
    """Or another."""
    assert joined(entry, told("Tigris rises" if len(entry.title) < 20 else RIVER[0])).story is None


def test_the_text_is_not_compared_where_there_is_none() -> None:
    """`dedup: link` gives the matcher no fingerprint, of the entry or of the carrier."""
    entry = come()
    without = Unmatched(**{name: getattr(entry, name) for name in entry.__slots__ if name != "fingerprint"})
    assert joined(without, told()).story is None
    carrier = told()
    bare = Candidate(1, carrier.feed, "", carrier.canonical_url, carrier.title, carrier.published)
    assert joined(entry, bare).story is None


# --- vetoes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "summary", "words"),
    [
        (RIVER[0].replace("two", "3"), RIVER[1].replace("two", "3"), ("two", "3")),
        (RIVER[0].replace("Baghdad", "Mosul"), RIVER[1].replace("Baghdad", "Mosul"), ("baghdad", "mosul")),
        (RIVER[0].replace("first", "second"), RIVER[1], ("first", "second")),
    ],
)
def test_r8_what_each_has_and_the_other_does_not_know_is_named(
    title: str, summary: str, words: tuple[str, str]
) -> None:
    """The entry founds a story of its own, and the other is related, with the reason."""
    found = joined(come(title, summary), told())
    assert (found.story, found.rule) == (None, "founded")
    (miss,) = found.related
    assert miss.story == 1
    assert miss.reason.startswith("it reads alike, but ")
    assert all(word in miss.reason for word in words)
    assert miss.score > 0.5


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Kenya borrows 5 million dollars for its railway", "Kenya borrows 5 billion dollars for its railway"),
        ("Rowing club coach Benitez hired after long talks", "Rowing club coach Benitez fired after long talks"),
        ("Jury finds former mayor Denton guilty of fraud", "Jury finds former mayor Denton not guilty of fraud"),
        ("المحكمة تدين الوزير السابق بتهمة الفساد المالي", "المحكمة لا تدين الوزير السابق بتهمة الفساد المالي"),
        ("Mahkeme eski başkan Demir suçlu dedi", "Mahkeme eski başkan Demir suçlu değil dedi"),
        ("Du kes li Amedê di qezaya trafîkê de mirin", "Sê kes li Amedê di qezaya trafîkê de mirin"),
        ("Otters and Herons play 2-1 in the river derby", "Otters and Herons play 1-2 in the river derby"),
        ("Port says 100,000 crates wait at the quay", "Port says 140,000 crates wait at the quay"),
        ("دولت نرخ آب کشاورزی را می‌پذیرد و ابلاغ", "دولت نرخ آب کشاورزی را نمی‌پذیرد و ابلاغ"),
    ],
)
@pytest.mark.parametrize("rest", [" said the office of the province, where the matter is heard in spring", ""])
def test_r8_what_is_small_and_turns_the_news_round_tells_them_apart(one: str, two: str, rest: str) -> None:
    """A scale, a negation, a short number word, the numbers of a score: under the same words with text and without."""
    texts = (f"{one}{rest}", f"{two}{rest}") if rest else ("", "")
    assert joined(come(two, texts[1]), told(one, texts[0])).story is None
    assert joined(come(one, texts[0]), told(two, texts[1])).story is None


def test_r8_a_round_number_is_the_rounding_of_a_near_one_only() -> None:
    """10,499 may be called 10,000; 14,200 and 12,000 may not."""
    title = "Crates wait at the quay of Basra for the spring"
    text = "Port officers count {} crates at the quay of Basra, where they wait for the spring and the next ferry."
    stories = [
        joined(come(title, text.format("nearly 10,000")), told(title, text.format(number))).story
        for number in ("10,499", "14,200", "12,000")
    ]
    assert stories == [1, None, None]


def test_r8_a_name_replaced_in_a_long_text_tells_them_apart() -> None:
    """Where all the rest is the same a headline may be another, but not where the text has the other name too."""
    words = (
        "".join(pair) for pair in product(("barge", "canal", "dredge", "ferry", "gate"), ("man", "side", "yard", "ing"))
    )
    rest = f"shares that a turnaround follows its record loss {' '.join(words)}"
    entry = come("Care promises a turnaround after its record loss", f"Care said in a note on Vale {rest}")
    other = told("Vale promises a turnaround after its record loss", f"Vale said in a note on Vale {rest}")
    assert joined(entry, other).story is None
    same = come("Care promises a turnaround after its record loss", f"Vale said in a note on Vale {rest}")
    assert joined(same, other).story == 1


def test_a_word_left_out_is_no_reason() -> None:
    """One side has nothing in its place."""
    found = joined(come(RIVER[0].replace("first ", "")), told())
    assert found.story == 1


def test_the_representative_has_a_veto_too() -> None:
    """A carrier between the two has lost the name that tells them apart."""
    between = told(RIVER[0].replace("Baghdad ", ""), RIVER[1].replace("Baghdad ", ""), outlet="between")
    entry = come(RIVER[0].replace("Baghdad", "Mosul"), RIVER[1].replace("Baghdad", "Mosul"))
    assert joined(entry, between).story == 1
    assert joined(entry, told(), between).story is None


def test_an_outlets_daily_item_is_no_repetition() -> None:
    """The same words but for the day; an item once more is one."""
    monday = told(
        "Market prices in Basra on Monday morning", "Prices of rice, tea and sugar on Monday at Basra market."
    )
    tuesday = come(
        "Market prices in Basra on Tuesday morning",
        "Prices of rice, tea and sugar on Tuesday at Basra market.",
        outlet="tigris",
    )
    assert joined(tuesday, monday).story is None
    assert joined(come(outlet="tigris"), told()).story == 1


@pytest.mark.parametrize("outlet", ["tigris", "other"])
def test_r8_another_number_in_the_headline_counts_though_the_texts_are_the_same(outlet: str) -> None:
    """And though the text, the same under both, speaks of one of the numbers."""
    text = " ".join(
        f"Report {n} from the river: many people of the town crossed the bridge this morning, by car." for n in range(5)
    )
    entry = come("The river bridge of town 3 is open again", text, outlet=outlet)
    found = joined(entry, told("The river bridge of town 19 is open again", text))
    assert found.story is None
    (miss,) = found.related
    assert "where one headline says" in miss.reason


# --- which story ------------------------------------------------------------------------------------------------------


def test_r7_the_best_story_is_joined_in_whatever_order_they_come() -> None:
    """Not the first, and the order of candidates decides nothing; the others are related."""
    best = told(story=3, outlet="best")
    worse = told(RIVER[0].replace("first ", ""), story=1, outlet="worse")
    other = told("Tigris at weir rises after rain", RIVER[1], story=2, outlet="also")
    decisions = {joined(come(), *order) for order in permutations((best, worse, other))}
    (found,) = decisions
    assert found.story == 3
    assert {miss.reason for miss in found.related} == {"another story is nearer"}


def test_of_equals_the_story_founded_first_is_joined() -> None:
    """Nearer in time goes before it."""
    assert joined(come(), told(story=5, outlet="one"), told(story=2, outlet="two")).story == 2
    assert joined(come(), told(story=5, outlet="one", hours=1), told(story=2, outlet="two")).story == 5


def test_r8_a_headline_of_several_stories_is_refused_not_guessed() -> None:
    """Both are named, with the reason."""
    found = joined(
        come(summary=""), told(), told(summary="Something else under the same headline, of the ferries.", story=2)
    )
    assert found.story is None
    assert [miss.story for miss in found.related] == [1, 2]
    assert "several stories" in found.related[0].reason


def test_a_story_closes_with_age_and_size() -> None:
    """Else one would swallow a season's."""
    old = told(hours=-AGE / HOUR - 1)
    late = joined(come(hours=0), old)
    assert (late.story, "7 days" in late.related[0].reason) == (None, True)
    full = joined(come(), told(), sizes=SIZE)
    assert (full.story, f"{SIZE} carriers" in full.related[0].reason) == (None, True)


# --- the seed ---------------------------------------------------------------------------------------------------------

COPY = (
    "US Anti-ISIS Coalition carried out nearly 35,000 airstrikes in Iraq, Syria since 2014",
    "Since the US first began military operations against ISIS in 2014, it has carried out nearly 35,000 airstrikes "
    "against the terrorist group that once controlled huge swaths of Iraq and Syria.",
)
ORIGINAL = (
    "The US-led coalition has carried out nearly 35,000 airstrikes in Iraq and Syria since 2014",
    "The anti-ISIS coalition has carried out 34,917 airstrikes in Iraq and Syria since military operations against "
    "the terrorist group began in 2014, a spokesperson told Military Times.",
)


def test_the_original_and_its_copy_are_one_story() -> None:
    """One says 34,917 and the other nearly 35,000."""
    assert joined(come(*COPY), told(*ORIGINAL)).rule == "text"


def test_last_years_report_is_another_story() -> None:
    """Nearly 33,000, in the same words."""
    last_year = tuple(text.replace("35,000", "33,000") for text in COPY)
    found = joined(come(*COPY), told(*last_year))
    assert found.story is None
    assert "33000" in found.related[0].reason


def test_a_report_in_another_language_is_at_most_related() -> None:
    """It shares numbers and no words."""
    arabic = (
        "التحالف الدولي نفذ قرابة 35,000 غارة في العراق وسوريا منذ 2014",
        "قال متحدث باسم التحالف إن طائراته نفذت 34,917 غارة ضد تنظيم داعش منذ بدء العمليات عام 2014.",
    )
    assert joined(come(*arabic), told(*ORIGINAL), told(*COPY, story=2, outlet="post")).story is None


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_r8_thousands_of_items_with_one_title_stay_apart_and_cost_little() -> None:
    """An outlet whose every item has one headline and no text, or one text under all headlines."""
    titles = [
        Item(f"t{n}", "a", at(n / 60), "Breaking news from all provinces today", link=f"https://a.example/{n}")
        for n in range(5_000)
    ]
    pool = Pool().take(titles)
    assert len(set(pool.story.values())) == len(titles)
    assert pool.compared < 13 * len(titles)


OPENED = ("bakery", "bridge", "canal", "dairy", "estate", "ferry", "garden", "harbour", "island", "jury", "kiosk")


def test_r8_one_summary_under_every_headline_merges_nothing() -> None:
    """From the first day on, in one outlet and across several."""
    same = (
        "Follow our site for the latest news, reports and analysis, and find us on all the social networks every day."
    )
    items = [
        Item(
            f"{one}{two}{source}",
            source,
            at(n),
            f"The {one} of the {two} opens",
            same,
            link=f"https://{source}.example/{one}{two}",
        )
        for source in ("a", "b")
        for n, (one, two) in enumerate(combinations(OPENED, 2))
        if source < "b" or n % 2
    ]
    pool = Pool().take(items)
    twice = {item.title for item in items if item.source == "b"}
    assert len(set(pool.story.values())) >= len(items) - len(twice)
    for story in set(pool.story.values()):
        assert len({item.title for item in items if pool.story[item.id] == story}) == 1


@pytest.mark.parametrize(
    "text",
    ["", " ", "a", "word " * 200_000, "\ud800" * 9, "<" * 100_000, "7 " * 9_000, "- | " * 9_000, "عاجل: " * 9_000],
)
def test_bad_text_is_no_error(text: str) -> None:
    """A megabyte of one word, nothing at all, half characters, signs."""
    found = joined(come(text, text), told(text, text), told())
    assert found.story in (None, 1)
    assert joined(come(text, ""), told(text, "")).story is None or len(text) > 100


WORD = st.sampled_from(["tigris", "weir", "rain", "7", "8", "عاجل", "-", "|", "baghdad", "monday", "و", "ê"])
TEXT = st.lists(WORD, max_size=30).map(" ".join)


@given(st.lists(st.tuples(TEXT, TEXT, st.integers(1, 3), st.sampled_from("ab")), max_size=5), TEXT, TEXT)
def test_r7_whatever_the_texts_the_order_of_candidates_decides_nothing(
    stored: list[tuple[str, str, int, str]], title: str, summary: str
) -> None:
    """The decision, its evidence and what is related."""
    carriers = [told(one, two, story=story, outlet=outlet) for one, two, story, outlet in stored]
    stories = {carrier.story: StorySoFar((carrier,), carrier.published, 1) for carrier in carriers}
    entry = come(title, summary)
    assert decide(entry, carriers, {}, stories) == decide(entry, carriers[::-1], {}, stories)
