"""Under which keys an entry is found by those that may be the same story: indexed candidates, never all pairs (R9)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from itertools import chain, pairwise

from feedhub.stories.fingerprint import Fingerprint, runs_of
from feedhub.stories.memo import Memo

MOST_KEYS = 20  # of one entry
CROWD = 64  # entries under a key, within the window, beyond which it is boilerplate and finds nobody (R8)
SHORTLIST = 12  # candidates that are compared

_HEADLINE_WORDS = 3  # fewer words or letters make a heading that comes every day
_HEADLINE_LETTERS = 12
_NEIGHBOUR_LETTERS = 4  # of a word that is paired
_PAIRS = 6
_HEAD = 14  # runs at the beginning, which a cut summary still has
_HEAD_RUNS = 3
_RUNS = 7

_WORD = 2**64
_REMEMBERED = 100_000  # words that were hashed


def keys(print_: Fingerprint) -> tuple[int, ...]:
    """Signed 64-bit numbers, at most MOST_KEYS, none twice; the same in every process. None for short text (R8).

    Of the headline: all its words in any order, its letters whatever the spaces, and pairs of neighbours. Of lead and
    text: runs of three words in any order, some of them from the beginning. Which of many is decided by the smallest
    hashes, so that entries which have much in common choose the same ones (Broder's bottom-k sketch).
    """
    lead = _runs(print_.lead)
    text = lead if print_.text == print_.lead else _runs(print_.text)
    chosen = [
        *((_WORDS + sum(_hashes(words))) % _WORD for words in print_.headlines if _is_telling(words)),
        *(_hash("".join(words)) for words in print_.headlines[:1] if _is_telling(words)),
        *(_smallest(_PAIRS, _pairs(print_.headline)) if _is_telling(print_.headline) else ()),
        *_smallest(_HEAD_RUNS, (lead or text)[:_HEAD]),
        *_smallest(_RUNS, lead if text is lead else lead + text),
    ]
    return tuple(number - _WORD if number >= _WORD // 2 else number for number in dict.fromkeys(chosen))[:MOST_KEYS]


def shortlist(found: Iterable[tuple[int, int]]) -> list[int]:
    """The entries to compare with, at most SHORTLIST: most keys shared first, then the lowest entry number.

    `found` holds the rows of the look-up, (key, entry number); the rows of a key with more than CROWD are left out.
    """
    rows = list(found)
    crowds = Counter(key for key, _ in rows)
    shared = Counter(entry for key, entry in rows if crowds[key] <= CROWD)
    return nsmallest(SHORTLIST, shared, key=lambda entry: (-shared[entry], entry))


def _is_telling(words: Sequence[str]) -> bool:
    return len(words) >= _HEADLINE_WORDS and sum(map(len, words)) >= _HEADLINE_LETTERS


def _runs(words: tuple[str, ...]) -> list[int]:
    return [(_RUN + one + two + three) % _WORD for one, two, three in runs_of(_hashes(words))]


def _pairs(words: Iterable[str]) -> list[int]:
    """Neighbours among the longer words, and those with one between, in either order."""
    hashes = _hashes(word for word in words if len(word) >= _NEIGHBOUR_LETTERS)
    neighbours = chain(pairwise(hashes), zip(hashes, hashes[2:], strict=False))
    return [(_PAIR + one + two) % _WORD for one, two in neighbours]


def _smallest(most: int, numbers: Iterable[int]) -> list[int]:
    """The smallest of the numbers, none twice; sooner than nsmallest for so few."""
    return sorted(set(numbers))[:most]


def _hashes(words: Iterable[str]) -> tuple[int, ...]:
    return tuple(map(_HASHES.__getitem__, words))


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(errors="surrogatepass"), digest_size=8).digest(), "big")


_HASHES = Memo(_hash, _REMEMBERED)

# A sum of hashes does not tell in what order the words came; with one of these it tells what kind of key it is.
_WORDS, _RUN, _PAIR = _hash("words"), _hash("run"), _hash("pair")
