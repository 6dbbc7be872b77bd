"""The filters of the front page (R45)."""

from __future__ import annotations

from feedhub.config import Match
from feedhub.publish.filters import Choice, Filter, filters


def test_r45_nothing_is_offered_that_leaves_no_choice() -> None:
    """One language alone, no tag, and stories in a language that is not known: there is nothing to narrow."""
    assert filters(Match(), (), ("en", "en-GB", None)) == []
    assert [one.title for one in filters(Match(), ("a", "b"), ("en",))] == ["Topic"]


def test_r45_languages_stand_by_use_and_what_is_chosen_first() -> None:
    """By their own names; one without a name we know is shown by its tag."""
    (offered,) = filters(Match(), (), ("en", "ckb", "ckb", "und", "ar", "en-GB", "en"))
    assert [choice.label for choice in offered.choices] == ["English", "کوردی", "العربية", "und"]
    (narrowed,) = filters(Match(languages=("ar",)), (), ("en", "ar", "en"))
    assert narrowed == Filter(
        "Language", (Choice("العربية", "", True, "ar"), Choice("English", "lang=en", False, "en"))
    )


def test_r45_one_of_a_kind_is_chosen_at_a_time_and_an_address_may_have_named_more() -> None:
    """A choice replaces those of its kind and keeps the others; one that is chosen lets go of itself alone."""
    topic, language, newsroom = filters(Match(("a", "b"), ("tigris",), ("en",)), ("a", "b", "c"), ("en", "ar"))
    assert [(choice.label, choice.query) for choice in topic.choices] == [
        ("a", "lang=en&source=tigris&tag=b"),
        ("b", "lang=en&source=tigris&tag=a"),
        ("c", "lang=en&source=tigris&tag=c"),
    ]
    assert language.choices[1].query == "lang=ar&source=tigris&tag=a&tag=b"
    assert newsroom.choices == (Choice("tigris", "lang=en&tag=a&tag=b", True),)
