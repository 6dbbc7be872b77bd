"""Which two words are one, typed or spelled otherwise, and which are two (R8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.stories.slips import is_slip
from feedhub.stories.spelling import skeleton

SPELLED = [
    ("sulaymaniyah", "sulaimaniyah", "a vowel for a vowel"),
    ("halabjah", "halabja", "an ending"),
    ("barazani", "barzani", "a vowel more"),
    ("cooperatif", "cooperatiff", "a letter twice"),
    ("organise", "organize", "British and American"),
    ("seized", "siezed", "two neighbours swapped"),
    ("kitaplar", "kitablar", "a Turkish consonant that softens"),
    ("الكاظمي", "الكاضمي", "two letters that sound alike"),
    ("سليمانيه", "سلمانيه", "a long vowel left out"),
]
OTHERS = [
    ("raided", "raised", "another consonant"),
    ("killed", "billed", "another beginning"),
    ("million", "billion", "another beginning"),
    ("bekleniyor", "beklenmiyor", "a Turkish negation"),
    ("البصرة", "النصرة", "another beginning behind the article"),
    ("الكويت", "الكوت", "a short word behind the article"),
    ("ميپذيرد", "نميپذيرد", "a Persian negation"),
    ("fired", "hired", "another beginning"),
    ("10499", "10498", "numbers have no slips"),
    ("-10499", "-10498", "nor have those below zero"),
    ("car", "cat", "short words become another"),
    ("governor", "government", "more than one letter"),
]


@pytest.mark.parametrize(("one", "two", "why"), SPELLED, ids=[row[2] for row in SPELLED])
def test_another_spelling_is_the_same_word(one: str, two: str, why: str) -> None:
    assert is_slip(skeleton(one), skeleton(two)), why
    assert is_slip(skeleton(two), skeleton(one)), why


@pytest.mark.parametrize(("one", "two", "why"), OTHERS, ids=[row[2] for row in OTHERS])
def test_r8_one_letter_may_make_another_word(one: str, two: str, why: str) -> None:
    """R8: and then it is another story."""
    assert not is_slip(skeleton(one), skeleton(two)), why
    assert not is_slip(skeleton(two), skeleton(one)), why


WORD = st.text("abcdeilnrst" + "البصرةكوت" + "0", min_size=1, max_size=8)


@given(WORD, WORD)
def test_r7_which_word_comes_first_decides_nothing(one: str, two: str) -> None:
    assert is_slip(one, two) == is_slip(two, one)
