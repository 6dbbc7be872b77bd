"""Which stories an output holds: by tags, sources, languages and words (R12, R45)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.config import Match
from feedhub.config.expressions import fault
from feedhub.config.languages import covers
from feedhub.stories.selection import Verdict, Wording, judge, takes_feed

WEIR = Wording("Erbil’s new bridge opens", "Traffic flows in Duhok too.", ("Local News",), "en-GB")


def holds(wording: Wording = WEIR, **match: tuple[str, ...]) -> bool:
    return judge(Match(**match), wording).selected


# --- feeds ------------------------------------------------------------------------------------------------------------


def test_r12_one_of_the_tags_is_enough() -> None:
    assert takes_feed(Match(tags=("kurdistan", "iraq")), "tigris", ("iraq",))
    assert not takes_feed(Match(tags=("kurdistan",)), "tigris", ("iraq",))
    assert takes_feed(Match(), "tigris", ())


def test_r45_sources_are_feeds_and_must_have_a_wanted_tag_too() -> None:
    assert takes_feed(Match(sources=("tigris", "zagros")), "tigris", ())
    assert not takes_feed(Match(sources=("zagros",)), "tigris", ())
    assert not takes_feed(Match(sources=("tigris",), tags=("iraq",)), "tigris", ("iran",))


# --- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "language", "covered"),
    [
        ("en", "en", True),
        ("en", "en-GB", True),
        ("en-GB", "en", False),
        ("e", "en", False),
        ("EN", "en", True),
        ("ku", "ckb", True),
        ("ku", "kmr", True),
        ("ku-Arab", "ckb", True),
        ("ku-Arab", "kmr", False),
        ("ckb", "ku", False),
    ],
)
def test_r45_a_language_covers_its_regions_and_kurdish_its_written_forms(
    wanted: str, language: str, covered: bool
) -> None:
    assert covers(wanted, language) is covered


def test_r45_a_story_whose_language_is_not_known_is_in_no_language() -> None:
    unknown = Wording("1 2 3", "", (), None)
    assert judge(Match(languages=("en",)), unknown) == Verdict(False, "its language is not known")
    assert judge(Match(languages=("ar", "en")), WEIR).selected


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    ["Erbil", "ERBIL", "duhok", "local news", "New Bridge", "erbil's", "re:brid.e", "re:^erbil", "re:News$"],
)
def test_r45_words_are_found_in_title_summary_and_sections(expression: str) -> None:
    """Whole words and phrases after folding; a regular expression anywhere, whatever the case."""
    assert holds(include=(expression,))
    assert not holds(exclude=(expression,))


@pytest.mark.parametrize("expression", ["Erb", "bridges", "bridge new", "opens traffic", "too local", "re:^bridge"])
def test_r45_parts_of_words_and_words_apart_are_not_found(expression: str) -> None:
    """Neither is a phrase that begins in one text and ends in another."""
    assert not holds(include=(expression,))
    assert holds(exclude=(expression,))


@pytest.mark.parametrize(
    ("expression", "title"),
    [
        ("كركوك", "حريق في كَرْكُوك اليوم"),  # vowel marks
        ("العراق", "العـــراق يفتح الحدود"),  # the stretching line
        ("istanbul", "İSTANBUL'da yağmur"),
        ("می‌رود", "او میرود"),  # the joiner
        ("straße", "STRASSE gesperrt"),
    ],
)
def test_r45_words_are_folded_as_the_regions_languages_ask(expression: str, title: str) -> None:
    assert holds(Wording(title, "", (), None), include=(expression,))


def test_r45_what_is_excluded_goes_before_what_is_included() -> None:
    """And the verdict says by what."""
    assert judge(Match(include=("Erbil",), exclude=("re:traf+ic",)), WEIR) == Verdict(False, 'excluded by "re:traf+ic"')
    assert judge(Match(include=("Basra", "Duhok")), WEIR) == Verdict(True, 'includes "Duhok"')
    assert judge(Match(include=("Basra",)), WEIR) == Verdict(False, "nothing that is to be included is found")


def test_r45_every_key_must_hold() -> None:
    assert not holds(languages=("ar",), include=("Erbil",))
    assert not holds(languages=("en",), include=("Basra",))
    assert holds(languages=("en",), include=("Erbil",), exclude=("Basra",))


@given(st.text(), st.text(), st.text())
def test_r45_a_story_is_included_by_its_own_words_and_then_not_without_them(
    title: str, summary: str, word: str
) -> None:
    """Any text is taken; include and exclude of the same word never agree."""
    if fault(word) is None and not word.startswith("re:"):
        story = Wording(title, f"{summary} {word}", (), None)
        assert holds(story, include=(word,)) != holds(story, exclude=(word,))
        assert holds(Wording(word, "", (), None), include=(word,))


# --- regular expressions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        "Sulayman(iyah|i)",
        r"\bErbil\b.*(air|sea)port",
        "(?:ab)+c*",
        r"[(|*]+\(\|[]*]",
        r"\d{4}-(\d{2}-){2}",
        "(a?b){2}",
        "(?P<name>x)(?P=name)",
        "a{,}",
        "x+?y*+",
        "(?#(a+)x",
    ],
)
def test_r45_ordinary_patterns_can_be_used(pattern: str) -> None:
    assert fault(f"re:{pattern}") is None


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|aa)+$", "(a?){30}$", "((a*)b?)*$", "(?P<n>a+)+$", "(?:a|a){11,}$", "(x[)]?a*)+$", "a*a*a*$"],
)
def test_r45_a_pattern_that_may_run_for_ever_is_refused(pattern: str) -> None:
    assert (fault(f"re:{pattern}") or "").startswith("a regular expression that ends soon: at most 2 repeats")


@pytest.mark.parametrize("pattern", [r"(a*)x?(a*)b", "a.*a.*b", "[a-z]+a+9", r"(a{2,4}b?a{3,10})c"])
def test_r45_what_is_let_through_ends_on_the_text_that_is_worst_for_it(pattern: str) -> None:
    """The text is a megabyte of one letter; only its beginning is searched, or the test would not end in its time."""
    assert fault(f"re:{pattern}") is None
    assert not holds(Wording("a" * 1_000_000, "", (), None), include=(f"re:{pattern}",))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("re:(", "a regular expression after re: (missing ), unterminated subpattern at position 0)"),
        ("re:[[a]", "a regular expression after re: (Possible nested set at position 1)"),
        ("re:", "a regular expression after re:"),
        ("...", "a word, a phrase, or re: and a regular expression"),
        ("ــ", "a word, a phrase, or re: and a regular expression"),
    ],
)
def test_r45_an_invalid_rule_is_a_mistake(expression: str, expected: str) -> None:
    assert fault(expression) == expected


@given(st.text(alphabet="ab()[]|*+?{}1,2\\^$.:P<>=!#-", max_size=14))
def test_r45_any_pattern_is_either_refused_or_can_be_used(pattern: str) -> None:
    """The check never fails, whatever is written."""
    if fault(f"re:{pattern}") is None:
        re.compile(pattern, re.IGNORECASE)
        holds(include=(f"re:{pattern}",))
