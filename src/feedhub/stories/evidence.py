"""How far two entries' texts say the same thing, in figures; :mod:`feedhub.stories.likeness` judges them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add

from feedhub.stories.fingerprint import Fingerprint
from feedhub.stories.statistics import RARE, Statistics

_FEWEST_RUNS = 4  # of a text that says anything beside its headline
# Where neither the headlines nor the texts are so much alike, no rule asks what the texts say of the headlines.
_SOME_HEADLINE = 0.3
_SOME_RUNS = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two entries share. Shares are of the words' weights, 0 to 1; weights are in rare words.

    `headline` is the likeness (Jaccard) of the headlines, in those readings `left` and `right` where it is greatest,
    and `headline_weight` what they share. `lead` is how much of the shorter text the other entry knows. `runs` counts
    the three words in a row that both have, `run_share` says which share of the shorter text's that is and `run_union`
    which of both together. `told` is how much of its headline the other entry speaks of, of the side where it is more.
    `least_support` and `most_support` are how much of its own headline each text speaks of. These three are 0 where too
    little else is alike. `texts` is whether both
    have text enough to compare.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    headline: float
    headline_weight: float
    lead: float
    lead_weight: float
    runs: int
    run_share: float
    run_union: float
    told: float
    least_support: float
    most_support: float
    texts: bool


def compare(left: Fingerprint, right: Fingerprint, statistics: Statistics) -> Evidence:
    """The evidence that two entries, without boilerplate, are one story; the same with the sides changed."""
    weigh = statistics.weigh
    reading, other, headline = _readings(left, right, statistics)
    runs, fewest = len(left.runs & right.runs), min(len(left.runs), len(right.runs))
    shorter, longer = (left, right) if _length(left) <= _length(right) else (right, left)
    body = frozenset(shorter.body)
    known = weigh(body & longer.known)
    run_share = _share(runs, fewest)
    supports, told = (0.0, 0.0), 0.0
    if headline >= _SOME_HEADLINE or run_share >= _SOME_RUNS:
        # Until boilerplate is known, only a text that speaks of a headline is known to be none.
        against = (left.known, right.known) if statistics.knows_boilerplate else (left.spoken, right.spoken)
        supports = _told(reading, left.spoken, statistics), _told(other, right.spoken, statistics)
        told = max(_told(reading, against[1], statistics), _told(other, against[0], statistics))
    return Evidence(
        left=reading,
        right=other,
        headline=headline,
        headline_weight=weigh(frozenset(reading).intersection(other)) / RARE,
        lead=_share(known, weigh(body)),
        lead_weight=known / RARE,
        runs=runs,
        run_share=run_share,
        run_union=_share(runs, len(left.runs) + len(right.runs) - runs),
        told=told,
        least_support=min(supports),
        most_support=max(supports),
        texts=fewest >= _FEWEST_RUNS,
    )


def _length(side: Fingerprint) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    return len(side.lead) + len(side.text), side.lead, side.text


def _readings(
    left: Fingerprint, right: Fingerprint, statistics: Statistics
) -> tuple[tuple[str, ...], tuple[str, ...], float]:
    """The readings of the two headlines that are most alike, and how much."""
    best = left.headline, right.headline, 0.0
    for one in left.headlines:
        for two in right.headlines:
            if (likeness := _likeness(one, two, statistics)) > best[2]:
                best = one, two, likeness
    return best


def _likeness(left: Sequence[str], right: Sequence[str], statistics: Statistics) -> float:
    one, two = set(left), set(right)
    if one != two:
        one, two = _respaced(one, left, two), _respaced(two, right, one)
    return _share(statistics.weigh(one & two), statistics.weigh(one | two))


def _respaced(words: set[str], own: Sequence[str], others: set[str]) -> set[str]:
    """`words` with those two made one that the other side writes together, as with the joiners of Persian."""
    if others.isdisjoint(map(add, own, own[1:])):
        return words
    for first, second in pairwise(own):
        if first + second in others:
            words = words - {first, second} | {first + second}
    return words


def _told(headline: Iterable[str], known: Iterable[str], statistics: Statistics) -> float:
    words = frozenset(headline)
    return _share(statistics.weigh(words.intersection(known)), statistics.weigh(words))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
