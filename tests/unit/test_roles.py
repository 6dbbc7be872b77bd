"""Who does it, and to whom: two names that change places over the same words (R8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.stories.roles import Change, change, changed_roles
from feedhub.stories.spelling import skeleton, words_of
from feedhub.stories.statistics import Statistics

BEAT = "Otters beat Herons in the river derby"
TURNED = "Herons beat Otters in the river derby"


def words(text: str) -> tuple[str, ...]:
    return words_of(skeleton(text))


def found(one: str, two: str, text: str = "", other: str = "") -> Change | None:
    return changed_roles(words(one), words(two), (words(text), words(other)), Statistics())


def test_two_names_on_both_sides_of_a_verb_changed_places() -> None:
    """What stood first, what stood last, and what stands between them still; names of several words too."""
    assert found(BEAT, TURNED) == Change(("otters",), ("herons",), ("beat",))
    assert found("Real Mosul beat Erbil late", "Erbil beat Real Mosul late") == Change(
        ("real", "mosul"), ("erbil",), ("beat",)
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (BEAT, BEAT),
        (BEAT, "Herons beat Otters in the lake derby"),
        (BEAT, f"{TURNED} today"),
        ("Iraq and Jordan sign a deal", "Jordan and Iraq sign a deal"),
        ("العراق والأردن يوقعان اتفاقا", "الأردن والعراق يوقعان اتفاقا"),
        ("Irak ile Suriye anlaştı", "Suriye ile Irak anlaştı"),
        ("Minister says Kirkuk field grows", "Kirkuk field grows says minister"),
        ("the is of a", "of is the a"),
    ],
)
def test_what_only_reads_in_another_order_is_the_same(one: str, two: str) -> None:
    """Equals, a subject and its verb, other words, words of no weight."""
    assert found(one, two) is None


def test_the_texts_may_say_that_the_headlines_mean_the_same() -> None:
    """They speak of the two in one order; where they do so in two orders or not of both, the headlines stand."""
    text, turned = "The Otters met the Herons on Friday.", "The Herons met the Otters on Friday."
    assert found(BEAT, TURNED, text, text) is None
    assert found(BEAT, TURNED, text, turned) is not None
    assert found(BEAT, TURNED, text, "The Otters sang.") is not None


def test_neighbours_changed_places_where_the_texts_say_so_as_well() -> None:
    """A verb stands at the end in Persian, at the beginning in Arabic."""
    one, two = "هزم الزوراء الشرطة بهدف متأخر", "هزم الشرطة الزوراء بهدف متأخر"
    assert found(one, two) is None
    assert found(one, two, one, two) == Change(("الزورا",), ("الشرطه",), ())


def test_what_follows_a_name_does_not_hide_that_it_changed_places() -> None:
    """A case ending that stands apart, another one for each name."""
    one, two = "Amedspor'a Vanspor yenildi", "Vanspor'e Amedspor yenildi"
    assert found(one, two) is None
    assert found(one, two, "Amedspor Vanspor", "Vanspor Amedspor") is not None


@given(st.lists(st.sampled_from(["otters", "herons", "beat", "and", "of", "river", "derby"]), max_size=7), st.randoms())
def test_r7_whichever_headline_comes_first_the_answer_is_the_same(one: list[str], random: object) -> None:
    two = list(one)
    random.shuffle(two)  # type: ignore[attr-defined]  # a Random
    there, back = change(one, two), change(two, one)
    assert (there is None) == (back is None)
