"""Why two texts that read alike are two stories all the same (R8).

Templates are what every similarity takes for duplicates: "Oil falls to 71 dollars" and "to 73 dollars". What tells them
apart is small: each has a number, a name or a day that the other does not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from feedhub.stories.evidence import Evidence
from feedhub.stories.fingerprint import Fingerprint
from feedhub.stories.statistics import Statistics

_ALIGNED = 0.35
_LONG = 5


def veto(
    left: Fingerprint, right: Fingerprint, evidence: Evidence, statistics: Statistics, same_outlet: bool
) -> str:
    """A sentence saying what tells the two apart, empty where nothing does."""
    long_same = evidence.runs >= 25 and evidence.run_jaccard >= 0.95
    in_lead = _in_lead(left, right, evidence)
    same_lead = evidence.run_share >= 0.95 and evidence.runs >= 8 and not in_lead and (not same_outlet or long_same)
    return (
        _numbers(left, right, evidence)
        or in_lead
        or (_substitution(_framed(evidence.left), _framed(evidence.right), left, right, 0 if same_outlet else 1) if not same_lead else "")
        or (_names(left, right, evidence, statistics) if not same_lead else "")
    )


def _framed(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("^", *words, "$")


def _numbers(left: Fingerprint, right: Fingerprint, evidence: Evidence) -> str:
    only, others = _unknown_numbers(left.numbers, right), _unknown_numbers(right.numbers, left)
    headline = {*evidence.left, *evidence.right}
    if only and others and (evidence.lead >= 0.75 or (headline & {*only} and headline & {*others})):
        return f"one says {_listed(only)}, the other {_listed(others)}"
    return ""


def _unknown_numbers(numbers: Iterable[str], other: Fingerprint) -> list[str]:
    return sorted(number for number in numbers if number not in other.numbers)


def _names(left: Fingerprint, right: Fingerprint, evidence: Evidence, statistics: Statistics) -> str:
    if evidence.headline < _ALIGNED:
        return ""
    only = unknown(evidence.left, right)
    others = unknown(evidence.right, left)
    if only and others:
        return f"the headline of one has {_listed(only)}, of the other {_listed(others)}"
    return ""


def unknown(words: Iterable[str], other: Fingerprint) -> list[str]:
    words = tuple(words)
    missing = [word for word in words if word not in other.known]
    if not missing:
        return []
    joined = {a + b for a, b in zip(words, words[1:], strict=False)}
    glued = {a + b for text in (other.headline, other.lead, other.text) for a, b in zip(text, text[1:], strict=False)}
    parts = {part for a, b in zip(words, words[1:], strict=False) if a + b in other.known for part in (a, b)}
    return [word for word in missing if word not in glued and word not in parts and not _is_spelling(word, other)]


def _is_spelling(word: str, other: Fingerprint) -> bool:
    if len(word) < _LONG or word[0].isdigit():
        return False
    return any(_one_slip(word, known) for known in other.known if abs(len(known) - len(word)) <= 1)


def _one_slip(one: str, two: str) -> bool:
    """Whether one letter was changed, left out, put in, or two neighbours swapped."""
    if min(len(one), len(two)) < _LONG or one[0].isdigit() or two[0].isdigit():
        return False
    start = 0
    while start < len(one) and start < len(two) and one[start] == two[start]:
        start += 1
    one, two = one[start:], two[start:]
    if one[:2] == two[1::-1] and one[2:] == two[2:]:
        return True
    return one[1:] == two[1:] or one[1:] == two or one == two[1:]


def _substitution(one: tuple[str, ...], two: tuple[str, ...], left: Fingerprint, right: Fingerprint, least: int) -> str:
    only, others = Counter(one) - Counter(two), Counter(two) - Counter(one)
    for other, word in _swaps(one, two):
        if other in only and word in others and (word not in left.known) + (other not in right.known) >= least and not _one_slip(word, other):
            return f"where one says {other}, the other says {word}"
    return ""


def _in_lead(left: Fingerprint, right: Fingerprint, evidence: Evidence) -> str:
    one, two = left.lead or left.text, right.lead or right.text
    for other, word in _swaps(("^", *one), ("^", *two)):
        unknown = (word not in left.known) + (other not in right.known)
        if word[0].isdigit() and other[0].isdigit() and unknown == 2:
            return f"where one says {other}, the other says {word}"
        if unknown and other in evidence.left and word in evidence.right and not _one_slip(word, other):
            return f"where one says {other}, the other says {word}"
    return ""


def _swaps(one: tuple[str, ...], two: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    """The different words that stand between the same neighbours."""
    places = {(before, after): word for before, word, after in zip(one, one[1:], one[2:], strict=False)}
    for before, word, after in zip(two, two[1:], two[2:], strict=False):
        other = places.get((before, after), word)
        if other != word:
            yield other, word


def _listed(words: Collection[str]) -> str:
    return ", ".join(list(words)[:3])
