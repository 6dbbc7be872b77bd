"""Under which keys an entry is found by those that may be the same story: indexed candidates, never all pairs (R9)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from zlib import crc32

from feedhub.stories.fingerprint import Fingerprint

MOST_KEYS = 20  # of one entry
CROWD = 64  # entries under a key, within the window, beyond which it is boilerplate and finds nobody (R8)
SHORTLIST = 12  # candidates that are compared

_HEADLINE_LETTERS = 12  # fewer make a heading that comes every day
_RUN_LETTERS = 9
_PAIRS = 6
_HEAD = 14  # words of a lead that a cut summary still has
_HEAD_RUNS = 3
_RUNS = 7


def keys(print_: Fingerprint) -> tuple[int, ...]:
    """Signed 64-bit numbers, at most MOST_KEYS, none twice; the same in every process. None for short text (R8).

    Of the headline: all its words in any order, its letters without the spaces, and pairs of neighbours. Of lead and
    text: runs of three words, some of them from the beginning. Which of many is decided by the smallest hashes, so
    that two entries that have much in common choose the same ones (Broder's bottom-k sketch).
    """
    runs = [" ".join(sorted(run)) for run in _runs(print_.lead)]
    runs_of_text = [" ".join(sorted(run)) for run in _runs(print_.text)]
    chosen = [
        *(f"words {' '.join(sorted(words))}" for words in print_.headlines[:2] if _is_telling(words)),
        *(f"letters {''.join(words)}" for words in print_.headlines[:1] if _is_telling(words)),
        *_smallest(_PAIRS, {"pair " + pair for pair in _pairs(print_.headline)}),
        *_smallest(_HEAD_RUNS, set(runs[:_HEAD] or runs_of_text[:_HEAD])),
        *_smallest(_RUNS, {*runs, *runs_of_text}),
    ]
    return tuple(map(_number, dict.fromkeys(chosen)))[:MOST_KEYS]


def shortlist(found: Iterable[tuple[int, int]]) -> list[int]:
    """The entries to compare with, at most SHORTLIST: most keys shared first, then the lowest entry number.

    `found` holds the rows of the look-up, (key, entry number); the rows of a key with more than CROWD are left out.
    """
    rows = list(found)
    crowds = Counter(key for key, _ in rows)
    shared = Counter(entry for key, entry in rows if crowds[key] <= CROWD)
    return sorted(shared, key=lambda entry: (-shared[entry], entry))[:SHORTLIST]


def _is_telling(words: tuple[str, ...]) -> bool:
    return len(words) >= 3 and sum(map(len, words)) >= _HEADLINE_LETTERS


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for run in zip(words, words[1:], words[2:], strict=False):
        if len(run[0]) + len(run[1]) + len(run[2]) >= _RUN_LETTERS:
            yield run


def _pairs(words: tuple[str, ...]) -> Iterator[str]:
    """Neighbours, and words with one between, in either order."""
    for gap in (1, 2):
        for one, two in zip(words, words[gap:], strict=False):
            if len(one) + len(two) >= _RUN_LETTERS - 2:
                yield f"{one} {two}" if one < two else f"{two} {one}"


def _smallest(count: int, texts: set[str]) -> list[str]:
    hashed = sorted((crc32(text.encode(errors="surrogatepass")), text) for text in texts)
    return [text for _, text in hashed[:count]]


def _number(text: str) -> int:
    digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
