"""How common words are, frozen for a day, so that order, workers and restarts do not matter (R7).

A day's :class:`Tally` is made once the day is over, of at most SAMPLE of the entries first seen in it (UTC): those with
the smallest item keys, which are hashes, so that it is a fair sample and the same in whatever order they came. An entry
is matched with the :class:`Statistics` of the tallies of the WINDOW days before the day of its `first_seen`. On the
first day of a hub there are none, and what is usual in any language has to do.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from feedhub.stories.fingerprint import Fingerprint, Run, runs_of

_Thing = TypeVar("_Thing", str, Run)

SAMPLE = 4_000  # entries of a day
WINDOW = timedelta(days=7)
RARE = 1_000  # the weight of a word that hardly any entry has

# What a day's tally keeps, which bounds its size to about half a megabyte.
_FEWEST = 2  # entries in which a word or a run stands
_MOST_WORDS = 20_000
_MOST_RUNS = 5_000

_BOILERPLATE_DAYS = 3  # days before on which the same three words stood in several entries: no event lasts so long

# Before anything is counted: as if so many entries had been read, in which a word stands as often as words of so many
# letters do in the languages of the region.
_PRIOR_ENTRIES = 100
_PRIOR_SHARE = (0.3, 0.3, 0.1, 0.05, 0.03, 0.02, 0.01)  # by the number of letters, the last for all longer ones
_PRIOR_NUMBER = 0.02
_SAYS_NOTHING = 1.0  # the information, in nats, of what stands in every third entry
_REMEMBERED = 200_000  # weights, computed once


@dataclass(frozen=True, slots=True)
class Tally:
    """In how many of `documents` entries of one day each word stands, and the runs of words that several of them have.

    What stands in one entry alone is left out.
    """

    documents: int
    words: Mapping[str, int]
    runs: frozenset[Run]

    @classmethod
    def of(cls, prints: Iterable[Fingerprint]) -> Tally:
        """The tally of one day's sample."""
        words: Counter[str] = Counter()
        runs: Counter[Run] = Counter()
        documents = 0
        for print_ in prints:
            documents += 1
            words.update(print_.known)
            runs.update({*runs_of(print_.lead), *runs_of(print_.text)})
        return cls(documents, dict(_commonest(words, _MOST_WORDS)), frozenset(dict(_commonest(runs, _MOST_RUNS))))

    def to_json(self) -> str:
        """The tally as text, for storing; the same for the same entries."""
        runs = sorted(" ".join(run) for run in self.runs)
        return json.dumps([self.documents, self.words, runs], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Tally:
        """What :meth:`to_json` wrote."""
        documents, words, runs = json.loads(text)
        return cls(documents, words, frozenset(tuple(run.split(" ")) for run in runs))


class Statistics:
    """What is known of words before a day begins; the same answers to the same questions for ever."""

    def __init__(self, tallies: Iterable[Tally] = ()) -> None:
        words: Counter[str] = Counter()
        runs: Counter[Run] = Counter()
        entries, days = _PRIOR_ENTRIES, 0
        for tally in tallies:
            days += tally.documents > 0
            entries += tally.documents
            words.update(tally.words)
            runs.update(tally.runs)
        self._weights = _Weights(entries, words)
        self.boilerplate = frozenset(hash(run) for run, found in runs.items() if found >= _BOILERPLATE_DAYS)
        self.knows_boilerplate = days >= _BOILERPLATE_DAYS

    def weight(self, word: str) -> int:
        """How much a shared word says: next to 0 for one that stands everywhere, RARE for a rare name (IDF).

        A whole number, so that a sum of weights is the same in whatever order the words come.
        """
        return self._weights[word]

    def weigh(self, words: Iterable[str]) -> int:
        """The sum of the words' weights."""
        return sum(map(self._weights.__getitem__, words))


class _Weights(dict[str, int]):
    """Computed when first asked for: an entry's words are weighed against each candidate's."""

    def __init__(self, entries: int, counted: Mapping[str, int]) -> None:
        super().__init__()
        self.entries, self.counted = entries, counted
        self.most = math.log(entries / (_PRIOR_SHARE[-1] * _PRIOR_ENTRIES)) - _SAYS_NOTHING

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        share = _PRIOR_NUMBER if word[-1].isdigit() else _PRIOR_SHARE[min(len(word), len(_PRIOR_SHARE)) - 1]
        information = math.log(self.entries / (self.counted.get(word, 0) + share * _PRIOR_ENTRIES)) - _SAYS_NOTHING
        weight = self[word] = max(1, round(RARE * information / self.most))
        return weight


def _commonest(counted: Counter[_Thing], most: int) -> list[tuple[_Thing, int]]:
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(thing, count) for thing, count in ranked[:most] if count >= _FEWEST]
