"""How common words are, frozen for a day, so that order, workers and restarts do not matter (R7).

A day's :class:`Tally` is made once the day is over, of at most SAMPLE of the entries first seen in it (UTC): those with
the smallest item keys, which are hashes, so that it is a fair sample and the same in whatever order they came. An entry
is matched with the :class:`Statistics` of the tallies of the WINDOW days before the day of its `first_seen`. On the
first day of a hub there are none, and what is usual in any language has to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from feedhub.stories.fingerprint import Fingerprint

SAMPLE = 4_000  # entries of a day
WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tally:
    """In how many of `documents` entries of one day a word stands. Rare ones are left out, which bounds the size."""

    documents: int
    words: dict[str, int]

    @classmethod
    def of(cls, prints: Iterable[Fingerprint]) -> Tally:
        raise NotImplementedError

    def to_json(self) -> str:
        """The tally as text, for storing."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, text: str) -> Tally:
        raise NotImplementedError


class Statistics:
    """What is known of words before a day begins; never changed once made."""

    def __init__(self, tallies: Iterable[Tally] = ()) -> None:
        raise NotImplementedError

    def weight(self, word: str) -> float:
        """How much a shared word says: 0 for one that stands everywhere, about 10 for a rare name."""
        raise NotImplementedError
