"""Whether two headlines of the same words give them to each other: "Otters beat Herons" and "Herons beat Otters"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from feedhub.stories.spelling import skeleton, words_of
from feedhub.stories.statistics import RARE, Statistics

_LETTERS = 3  # of a word; shorter ones are particles and case endings, which follow the word they stand by
_NAME_WORDS = 3
_NAMING = RARE // 10
# On both sides of these stand equals, "talks between Iraq and Iran", or what is said and who says it.
_NO_VERBS = frozenset(
    words_of(skeleton("and with between versus v says say said و مع بين û ve u ile ligel navbera لەگەڵ نێوان میان"))
)

Words = tuple[str, ...]


class Change(NamedTuple):
    """What stood first in one headline and stands last in the other, what the other way round; and what `between`."""

    first: Words
    last: Words
    between: Words


def change(one: Sequence[str], two: Sequence[str]) -> Change | None:
    """The two that changed places, where all other words of the headlines stay where they are."""
    if one == two or len(one) != len(two):
        return None
    long, other_long = (tuple(word for word in words if len(word) >= _LETTERS) for words in (one, two))
    return _change(tuple(one), tuple(two)) or _change(long, other_long)


def _change(one: Words, two: Words) -> Change | None:
    if one == two or Counter(one) != Counter(two):
        return None
    differing = [place for place, (word, other) in enumerate(zip(one, two, strict=True)) if word != other]
    left, right = (words[differing[0] : differing[-1] + 1] for words in (one, two))
    longest = min(_NAME_WORDS, len(left) - 1)
    for head in range(1, longest + 1):
        for tail in range(1, min(longest, len(left) - head) + 1):
            first, between, last = left[:head], left[head : len(left) - tail], left[len(left) - tail :]
            if right == (*last, *between, *first):
                return Change(first, last, between)
    return None


def changed_roles(
    one: Sequence[str], two: Sequence[str], texts: tuple[Sequence[str], Sequence[str]], statistics: Statistics
) -> Change | None:
    """The two names that the headlines give to each other, unless the texts have them in one order.

    What stands side by side changes places with no change of sense, as a subject and its verb do: there the texts have
    to say that it is the other way round.
    """
    found = change(one, two)
    if found is None or min(_weight(found.first, statistics), _weight(found.last, statistics)) < _NAMING:
        return None
    orders = [_order(found, text) for text in texts]
    if _NO_VERBS.issuperset(found.between):  # or nothing
        return found if 0 not in orders and orders[0] != orders[1] else None
    return None if 0 not in orders and orders[0] == orders[1] else found


def _weight(words: Words, statistics: Statistics) -> int:
    return max(map(statistics.weight, words))


def _order(found: Change, text: Sequence[str]) -> int:
    """1 where the text speaks of `first` first, -1 where of `last`, 0 where it does not speak of both."""
    if found.first[0] not in text or found.last[0] not in text:
        return 0
    return 1 if text.index(found.first[0]) < text.index(found.last[0]) else -1
