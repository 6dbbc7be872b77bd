"""Numbers in words and units, in six languages (R8)."""

from __future__ import annotations

import pytest

from feedhub.stories.amounts import are_different_units, number
from feedhub.stories.spelling import skeleton, words_of


def word(text: str) -> str:
    (only,) = words_of(skeleton(text))
    return only


@pytest.mark.parametrize("written", ["three", "üç", "sê", "سێ", "ثلاثة", "ثلاث", "سه", "3", "٣", "۳"])
def test_a_small_number_in_words_is_that_number(written: str) -> None:
    assert number(word(written)) == "3"


@pytest.mark.parametrize("written", ["the", "bir", "نه", "on"])
def test_what_may_be_another_word_is_no_number(written: str) -> None:
    """A Turkish "one" is an article, a Persian "nine" says no, a Turkish "ten" is English."""
    assert number(word(written)) == ""


@pytest.mark.parametrize(
    ("one", "two"),
    [("km", "ha"), ("million", "billion"), ("كيلومترا", "هكتارا"), ("مليون", "مليار"), ("کیلۆمەتر", "هێکتار")],
)
def test_r8_two_units_are_two_things(one: str, two: str) -> None:
    assert are_different_units(word(one), word(two))


@pytest.mark.parametrize(
    ("one", "two"), [("km", "kilometres"), ("طن", "أطنان"), ("km", "killed"), ("killed", "dead"), ("میلیون", "مليون")]
)
def test_a_unit_written_otherwise_is_the_same_and_other_words_are_none(one: str, two: str) -> None:
    assert not are_different_units(word(one), word(two))
