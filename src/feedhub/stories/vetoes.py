"""Why two texts that read alike are two stories all the same (R8).

Templates are what every similarity takes for duplicates: "Oil falls to 71 dollars" and "to 73 dollars". What tells them
apart is small: each has a number, a name or a day that the other does not know. A word that one of them merely leaves
out tells nothing, save a denial and whose contest it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from feedhub.stories.amounts import are_different_units, number
from feedhub.stories.calendar import CALENDAR
from feedhub.stories.evidence import Evidence
from feedhub.stories.fingerprint import Fingerprint, runs_of
from feedhub.stories.qualifiers import denials, divisions
from feedhub.stories.roles import changed_roles
from feedhub.stories.slips import is_slip
from feedhub.stories.statistics import RARE, Statistics

_ALIGNED = 0.35  # likeness from which two headlines say the same thing with another word, rather than something else
_CONTAINED = 0.75  # of the shorter text, from which on a number that only one has is no matter of the rest
_SAME_TEXT = 0.95  # of the runs of words
_SAME_RUNS = 8
_ABOUT = 0.2  # of a headline, from which on a text speaks of it
_LONG_SAME_RUNS = 25  # between items of one outlet
_LONG_TEXT_RUNS = 50
_LONG_TEXT = 0.9
_ROUND = 10_000  # from here on numbers are rounded in speech
_NAMING = RARE // 5  # weight from which a word can be what tells two stories apart
_TELLING = RARE // 2  # weight from which a word of a text can, under the same headline
_SAME_HEADLINE = 0.9
_TEMPLATE = 0.5  # of the runs of words of the shorter text
_LISTED = 3
_CLOSE = 0.05  # of the exact number, within which another one is its rounding
_NAMES = 3  # words of a name that a template has in its place


def veto(left: Fingerprint, right: Fingerprint, evidence: Evidence, statistics: Statistics, same_outlet: bool) -> str:
    """What tells the two apart, as a clause of a sentence; empty where nothing does."""
    return (
        _numbers(left, right, evidence)
        or _days(left, right, evidence)
        or _number_in_headline(evidence)
        or _order(evidence)
        or _roles(left, right, evidence, statistics)
        or _qualified(left, right, evidence)
        or _in_text(left, right, evidence, statistics)
        or (
            "" if _is_same_text(evidence, same_outlet) else _in_headline(left, right, evidence, statistics, same_outlet)
        )
    )


def _numbers(left: Fingerprint, right: Fingerprint, evidence: Evidence) -> str:
    only, others = _unknown_numbers(left, right), _unknown_numbers(right, left)
    if not only or not others or _is_correction(only, others, evidence):
        return ""
    in_headlines = not only.isdisjoint(evidence.left) and not others.isdisjoint(evidence.right)
    if in_headlines or evidence.lead >= _CONTAINED:
        return f"one says {_listed(only)}, the other {_listed(others)}"
    return ""


def _days(left: Fingerprint, right: Fingerprint, evidence: Evidence) -> str:
    only, others = CALENDAR & left.known - right.known, CALENDAR & right.known - left.known
    in_headlines = not only.isdisjoint(evidence.left) and not others.isdisjoint(evidence.right)
    if only and others and (in_headlines or evidence.lead >= _CONTAINED):
        return f"one says {_listed(only)}, the other {_listed(others)}"
    return ""


def _number_in_headline(evidence: Evidence) -> str:
    """Another number in the same place counts though the texts are the same: so an outlet titles its daily items."""
    for word, other in _swaps(("^", *evidence.left, "$"), ("^", *evidence.right, "$")):
        one, two = number(word), number(other)
        if one and two and not (one == two or _is_rounded(one, two) or _is_rounded(two, one)):
            return f"where one headline says {word}, the other says {other}"
        if are_different_units(word, other):
            return f"where one headline counts {word}, the other counts {other}"
    return ""


def _order(evidence: Evidence) -> str:
    """The same numbers the other way round, as those of a score."""
    one, two = ([word for word in words if word[-1].isdigit()] for words in (evidence.left, evidence.right))
    if one != two and sorted(one) == sorted(two):
        return f"one headline says {' '.join(one)}, the other {' '.join(two)}"
    return ""


def _roles(left: Fingerprint, right: Fingerprint, evidence: Evidence, statistics: Statistics) -> str:
    """Two names that changed places: who did it, and to whom."""
    found = changed_roles(evidence.left, evidence.right, (left.body, right.body), statistics)
    return f"{' '.join(found.first)} and {' '.join(found.last)} have changed places" if found else ""


def _qualified(left: Fingerprint, right: Fingerprint, evidence: Evidence) -> str:
    """A headline that denies what the other says, or is of the women's match: it may stand over the same words."""
    if evidence.headline < _ALIGNED:
        return ""
    for words, other in ((evidence.left, right), (evidence.right, left)):
        if found := denials(words, other) or divisions(words, other):
            return f"one headline says {_listed(found)}, which the other does not"
    return ""


def _unknown_numbers(side: Fingerprint, other: Fingerprint) -> set[str]:
    return {
        number
        for number in side.numbers - other.numbers
        if not any(_is_rounded(number, known) or _is_rounded(known, number) for known in other.numbers)
    }


def _is_rounded(number: str, exact: str) -> bool:
    """Whether "nearly 35,000" is what another calls 34,917."""
    if not (number.isdecimal() and exact.isdecimal() and number.endswith("000") and int(number) >= _ROUND):
        return False
    if exact.endswith("000") or len(exact) >= 20:
        return False
    zeros = len(number) - len(number.rstrip("0"))
    return round(int(exact), -zeros) == int(number) and abs(int(exact) - int(number)) <= _CLOSE * int(exact)


def _is_correction(only: Collection[str], others: Collection[str], evidence: Evidence) -> bool:
    """Whether a long text is the same in all but one number, of which its headlines do not speak."""
    headlines = {*evidence.left, *evidence.right}
    return (
        evidence.runs >= _LONG_TEXT_RUNS
        and evidence.run_union >= _LONG_TEXT
        and len(only) == len(others) == 1
        and headlines.isdisjoint((*only, *others))
    )


def _in_text(left: Fingerprint, right: Fingerprint, evidence: Evidence, statistics: Statistics) -> str:
    """What the texts replace in the same place: a number, a name of a headline, or any name in an outlet's template."""
    if left.body == right.body:
        return ""
    is_template = _is_template(evidence)
    for word, other in _swaps(("^", *left.body), ("^", *right.body)):
        unknown = (word not in right.known) + (other not in left.known)
        in_headlines = (word in evidence.left) + (other in evidence.right)
        if not unknown or _is_same(word, other):
            continue
        if unknown == 2 and are_different_units(word, other):
            return f"where one counts {word}, the other counts {other}"
        numbers = unknown == 2 and word[-1].isdigit() and other[-1].isdigit()
        if numbers and not _is_correction({word}, {other}, evidence):
            return f"where one says {word}, the other says {other}"
        telling = is_template and min(statistics.weight(word), statistics.weight(other)) >= _TELLING
        if unknown + in_headlines >= 3 or (unknown == 2 and telling):
            return f"where one says {word}, the other says {other}"
    return _names_in_template(left, right, statistics) if is_template else ""


def _names_in_template(left: Fingerprint, right: Fingerprint, statistics: Statistics) -> str:
    """Names of other lengths in the same place: "in Penjwen", "in Qala Diza"."""
    news, others = (
        {word for word in unknown_words(side.body, other) if statistics.weight(word) >= _TELLING}
        for side, other in ((left, right), (right, left))
    )
    if not news or not others:
        return ""
    places = dict(_spans(("^", *left.body)))
    for place, names in _spans(("^", *right.body)):
        known = places.get(place, ())
        if others.isdisjoint(names) or news.isdisjoint(known) or not set(names).isdisjoint(known):
            continue
        if not _is_same("".join(names), "".join(known)):  # spaced otherwise
            return f"where one says {' '.join(names)}, the other says {' '.join(known)}"
    return ""


def _spans(words: Sequence[str]) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """What stands between two words, up to as many as a name has."""
    for length in range(1, _NAMES + 1):
        for start in range(1, len(words) - length):
            yield (words[start - 1], words[start + length]), tuple(words[start : start + length])


def _is_template(evidence: Evidence) -> bool:
    """Whether short texts under one headline are so much the same that one word in place of another is what is new."""
    is_long = evidence.runs >= _LONG_TEXT_RUNS and evidence.run_union >= _LONG_TEXT
    return evidence.headline >= _SAME_HEADLINE and evidence.run_share >= _TEMPLATE and not is_long


def _is_same_text(evidence: Evidence, same_outlet: bool) -> bool:
    """Whether the texts are so much the same that another headline is only another headline.

    Of one outlet's daily items the text may be the same and the headline alone tell the day; boilerplate is the same
    under all of them and speaks of none.
    """
    if evidence.told < _ABOUT:
        return False
    if same_outlet:
        return evidence.run_union >= _SAME_TEXT and evidence.runs >= _LONG_SAME_RUNS
    return evidence.run_share >= _SAME_TEXT and evidence.runs >= _SAME_RUNS


def _in_headline(
    left: Fingerprint, right: Fingerprint, evidence: Evidence, statistics: Statistics, same_outlet: bool
) -> str:
    only, others = Counter(evidence.left) - Counter(evidence.right), Counter(evidence.right) - Counter(evidence.left)
    least = 0 if same_outlet else 1  # an outlet repeats its headings word for word
    for word, other in _swaps(("^", *evidence.left, "$"), ("^", *evidence.right, "$")):
        unknown = (word not in right.known) + (other not in left.known)
        telling = min(statistics.weight(word), statistics.weight(other)) >= _NAMING
        another = unknown == 2 or (telling and unknown >= least)  # a short word too, where neither text has it
        if word in only and other in others and another and not _is_same(word, other):
            return f"where one headline says {word}, the other says {other}"
    if (day := CALENDAR.intersection(only)) and (other_day := CALENDAR.intersection(others)):
        return f"one headline says {_listed(day)}, the other {_listed(other_day)}"
    if evidence.headline < _ALIGNED:
        return ""
    names, other_names = (
        [word for word in unknown_words(words, side) if statistics.weight(word) >= _NAMING]
        for words, side in ((evidence.left, right), (evidence.right, left))
    )
    if names and other_names:
        return f"one headline has {_listed(names)}, the other {_listed(other_names)}"
    return ""


def _swaps(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The different words that stand between the same neighbours."""
    places = {(before, after): word for before, word, after in runs_of(tuple(one))}
    for before, other, after in runs_of(tuple(two)):
        word = places.get((before, after), other)
        if word != other:
            yield word, other


def unknown_words(headline: Sequence[str], other: Fingerprint) -> list[str]:
    """The words that the other entry does not have, not in another spacing or with a typing mistake either."""
    missing = [word for word in headline if word not in other.known and not word[-1].isdigit()]
    if not missing:
        return []
    together = {part for pair in _neighbours(headline) if "".join(pair) in other.known for part in pair}
    apart = {"".join(pair) for words in (other.headline, other.lead, other.text) for pair in _neighbours(words)}
    return [
        word
        for word in missing
        if word not in together and word not in apart and not any(is_slip(word, known) for known in other.known)
    ]


def _neighbours(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairwise(words)


def _is_same(word: str, other: str) -> bool:
    return is_slip(word, other) or number(word) == number(other) != ""


def _listed(words: Collection[str]) -> str:
    ordered = list(words) if isinstance(words, list) else sorted(words)
    return ", ".join(ordered[:_LISTED])
