"""How far two entries' texts say the same thing, in figures (README of the evidence: `docs/decisions/0012`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from feedhub.stories.fingerprint import Fingerprint
from feedhub.stories.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two entries share; every share is of the words' weights and from 0 to 1.

    `headline` is the Jaccard similarity of the headlines, in their best readings `left` and `right`; `lead` is the
    share of the shorter text that the other knows; `runs` counts the three words in a row that both have and `run_share`
    is their share of the shorter text's. `told` is the share of one side's headline that the other side's headline and
    text know, of the side where it is more. `support` is how much of its headline the text speaks of, of the side where
    it is less, 0 where there is no text.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    headline: float
    headline_weight: float
    lead: float
    lead_weight: float
    runs: int
    run_share: float
    run_jaccard: float
    told: float
    support: float
    about: float
    leads: bool


def compare(left: Fingerprint, right: Fingerprint, statistics: Statistics) -> Evidence:
    """The evidence that two entries are one story, whichever comes first."""
    weigh = statistics.weigh
    left, right = left.without(statistics.boilerplate), right.without(statistics.boilerplate)
    reading, other, headline = _best_readings(left, right, statistics)
    shared = weigh(set(reading) & set(other))
    runs = len(left.shingles & right.shingles)
    fewest = min(len(left.shingles), len(right.shingles))
    shorter, longer = sorted((left, right), key=lambda side: (len(side.lead) + len(side.text), side.lead, side.text))
    body = set(shorter.lead or shorter.text)
    common = weigh(body & longer.known)
    return Evidence(
        left=reading,
        right=other,
        headline=headline,
        headline_weight=shared,
        lead=_share(common, weigh(body)),
        lead_weight=common,
        runs=runs,
        run_share=_share(runs, fewest),
        run_jaccard=_share(runs, len(left.shingles) + len(right.shingles) - runs),
        told=max(_told(reading, right, statistics), _told(other, left, statistics)),
        support=min(_support(reading, left, statistics), _support(other, right, statistics)),
        about=max(_support(reading, left, statistics), _support(other, right, statistics)),
        leads=fewest >= 4,
    )


def _best_readings(
    left: Fingerprint, right: Fingerprint, statistics: Statistics
) -> tuple[tuple[str, ...], tuple[str, ...], float]:
    best: tuple[tuple[str, ...], tuple[str, ...], float] = ((), (), -1.0)
    for one in left.headlines:
        for two in right.headlines:
            if (similar := _similar(one, two, statistics)) > best[2]:
                best = one, two, similar
    return best if best[2] >= 0 else (left.headline, right.headline, 0.0)


def _similar(left: Iterable[str], right: Iterable[str], statistics: Statistics) -> float:
    one, two = set(left), set(right)
    if one == two:
        return 1.0
    one, two = _respaced(one, two, left, right)
    return _share(statistics.weigh(one & two), statistics.weigh(one | two))


def _respaced(
    one: set[str], two: set[str], left: Iterable[str], right: Iterable[str]
) -> tuple[set[str], set[str]]:
    """The word sets with what one side writes in two words made one, as the other side has it."""
    for words, other, mine in ((tuple(left), two, one), (tuple(right), one, two)):
        for first, second in zip(words, words[1:], strict=False):
            if first + second in other and not {first, second} & other:
                mine -= {first, second}
                mine.add(first + second)
    return one, two


def _told(headline: Collection[str], other: Fingerprint, statistics: Statistics) -> float:
    return _share(statistics.weigh(word for word in headline if word in other.known), statistics.weigh(headline))


def _support(headline: Collection[str], own: Fingerprint, statistics: Statistics) -> float:
    body = {*own.lead, *own.text}
    return _share(statistics.weigh(word for word in headline if word in body), statistics.weigh(headline))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
