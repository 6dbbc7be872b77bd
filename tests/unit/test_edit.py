"""R19: which edits are worth a reader's notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.stories.edit import Wording, is_significant

TITLE = "River level rises after the first rain"
TEXT = " ".join(f"sentence{n} about the weir" for n in range(60))  # 240 words
OLD = Wording(TITLE, TEXT)


@pytest.mark.parametrize(
    "title", ["Flood warning lifted", "River level rises after the second rain", f"{TITLE}: 3 hurt", ""]
)
def test_r19_another_headline_is_significant(title: str) -> None:
    """A single word or number in it is news."""
    assert is_significant(OLD, Wording(title, TEXT))


@pytest.mark.parametrize("title", [f"  {TITLE}\n", TITLE.upper(), f"“{TITLE}.”", f"\u200f{TITLE}"])
def test_r19_the_same_words_in_the_headline_are_not(title: str) -> None:
    """Spacing, case, punctuation and marks of direction."""
    assert not is_significant(OLD, Wording(title, TEXT))


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace(" ", "  "),
        TEXT.replace("weir", "weir,"),
        TEXT.replace("sentence7 ", "sentense7 "),
        TEXT.replace("sentence7 ", "").replace("sentence8 ", "").replace("sentence9 ", ""),
        f"{TEXT} Read 1,204 times",
        TEXT.replace("sentence", "Sentence"),
    ],
)
def test_r19_a_typo_a_counter_and_spacing_in_the_text_are_not(text: str) -> None:
    """Up to three words, or one in fifty."""
    assert not is_significant(OLD, Wording(TITLE, text))


def test_r19_numbers_alone_are_counters() -> None:
    """However many: views, shares, hours ago."""
    assert not is_significant(
        Wording(TITLE, "12 views 3 shares 5 hours ago 1 2 3 4"),
        Wording(TITLE, "980 views 41 shares 6 hours ago 9 8 7 6"),
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{TEXT} A second gate was opened in the evening.",
        TEXT.replace("about the weir", "about the dam"),
        TEXT[: len(TEXT) // 2],
        "",
    ],
)
def test_r19_a_new_paragraph_and_a_rewritten_or_shortened_text_are_significant(text: str) -> None:
    """Both ways: what was added and what was taken away."""
    assert is_significant(OLD, Wording(TITLE, text))
    assert is_significant(Wording(TITLE, text), OLD)


def test_r19_a_long_text_has_room_for_more_slips() -> None:
    """Two of a hundred words: eight of four hundred, not nine."""
    text = [f"word{n}" for n in range(400)]
    assert not is_significant(Wording("", " ".join(text)), Wording("", " ".join(["other"] * 8 + text[8:])))
    assert is_significant(Wording("", " ".join(text)), Wording("", " ".join(["other"] * 9 + text[9:])))


def test_r19_a_short_text_can_be_rewritten_in_three_words() -> None:
    """One word of a note is a slip, three of four are another note."""
    old = Wording("", "Police closed the bridge")
    assert not is_significant(old, Wording("", "Police closed the bridges"))
    assert is_significant(old, Wording("", "Army opened the road"))


WORDINGS = st.builds(Wording, st.text(max_size=40), st.text(max_size=200))


@given(one=WORDINGS, other=WORDINGS)
def test_nothing_changes_by_staying_and_back_is_as_far_as_forth(one: Wording, other: Wording) -> None:
    """An equal wording is no edit; undoing a significant edit is one."""
    assert not is_significant(one, one)
    assert is_significant(one, other) == is_significant(other, one)
