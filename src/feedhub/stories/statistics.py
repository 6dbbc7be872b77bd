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

from feedhub.stories.fingerprint import Fingerprint, Shingle

SAMPLE = 4_000  # entries of a day
WINDOW = timedelta(days=7)

_MOST_WORDS = 20_000  # of a day's tally
_RARE = 2  # entries in which a word stands that is worth keeping

# Before anything is counted: as if so many entries had been read, in which a word of that many letters stands as often
# as short words do in the languages of the region.
_PRIOR_ENTRIES = 100
_PRIOR_SHARE = (0.3, 0.3, 0.3, 0.1, 0.04, 0.02, 0.01)  # by the number of letters, the last for all longer ones
_NUMBER_SHARE = 0.02
_LEAST = 0.1
_REMEMBERED = 200_000  # weights, computed once


@dataclass(frozen=True, slots=True)
class Tally:
    """In how many of `documents` entries of one day a word stands. Rare words are left out, which bounds the size."""

    documents: int
    words: Mapping[str, int]
    runs: frozenset[Shingle] = frozenset()

    @classmethod
    def of(cls, prints: Iterable[Fingerprint]) -> Tally:
        prints = list(prints)
        """Counts the entries that have words at all."""
        counted: Counter[str] = Counter()
        documents = 0
        for print_ in prints:
            documents += bool(print_.known)
            counted.update(print_.known)
        ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        runs: Counter[Shingle] = Counter()
        for print_ in prints:
            runs.update(print_.shingles)
        often = sorted((run for run, count in runs.items() if count >= 2), key=lambda run: (-runs[run], run))
        return cls(documents, {word: count for word, count in ranked[:_MOST_WORDS] if count >= _RARE}, frozenset(often[:5000]))

    def to_json(self) -> str:
        """The tally as text, for storing."""
        return json.dumps([self.documents, dict(self.words)], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Tally:
        """What :meth:`to_json` wrote."""
        documents, words = json.loads(text)
        return cls(documents, words)


class Statistics:
    """What is known of words before a day begins; never changed once made."""

    def __init__(self, tallies: Iterable[Tally] = ()) -> None:
        tallies = list(tallies)
        counted: Counter[str] = Counter()
        entries = _PRIOR_ENTRIES
        for tally in tallies:
            entries += tally.documents
            counted.update(tally.words)
        self._weights = _Weights(entries, counted)
        days: Counter[Shingle] = Counter(run for tally in tallies for run in tally.runs)
        self.boilerplate = frozenset(run for run, count in days.items() if count >= 3)

    def weight(self, word: str) -> float:
        """How much a shared word says: about 1 for one that stands everywhere, 4 to 10 for a rare name (IDF)."""
        return self._weights[word]

    def weigh(self, words: Iterable[str]) -> float:
        """The sum of the words' weights."""
        return math.fsum(map(self._weights.__getitem__, words))


class _Weights(dict[str, float]):
    """Computed when asked for first: an entry's words are weighed against each candidate's."""

    def __init__(self, entries: int, counted: Mapping[str, int]) -> None:
        super().__init__()
        self.entries, self.counted = entries, counted

    def __missing__(self, word: str) -> float:
        if len(self) >= _REMEMBERED:
            self.clear()
        prior = _NUMBER_SHARE if word[0].isdigit() else _PRIOR_SHARE[min(len(word), len(_PRIOR_SHARE)) - 1]
        weight = max(_LEAST, math.log(self.entries / (self.counted.get(word, 0) + prior * _PRIOR_ENTRIES)) - 1)
        self[word] = weight
        return weight
