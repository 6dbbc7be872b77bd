"""Whether an edit is worth a reader's notice (R19)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from feedhub.stories.fold import words

_TYPO_WORDS = 3
_TYPO_SHARE = 0.02  # of a long text, which has room for more than three slips
_MOST_OF_IT = 0.25  # of a short one: three words of eight are no slip


@dataclass(frozen=True, slots=True)
class Wording:
    """What a reader reads of an entry. `text` is plain text, without markup."""

    title: str
    text: str


def is_significant(old: Wording, new: Wording) -> bool:
    """Whether the title says something else, or the text changed beyond a typo.

    Spacing, case and punctuation never count, in the text numbers alone do not either: they are view counters and
    "3 hours ago" far more often than news, while a number in a headline is news.
    """
    if words(old.title) != words(new.title):
        return True
    before, after = _spoken(old.text), _spoken(new.text)
    changed = max((before - after).total(), (after - before).total())
    return changed > _typos(max(before.total(), after.total()))


def _typos(length: int) -> float:
    """How many words of a text of `length` words may change as typing mistakes do."""
    return max(1, min(_TYPO_WORDS, _MOST_OF_IT * length), _TYPO_SHARE * length)


def _spoken(text: str) -> Counter[str]:
    return Counter(word for word in words(text) if not word.isdigit())
