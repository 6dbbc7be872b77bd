"""Text folded for comparing, never for showing."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_ALIKE = 0.5

# Arabic vowel marks and the stretching line, the joiners and direction marks of Persian, Sorani and Arabic typing, and
# the dot that casefold leaves of a Turkish capital.
_UNHEARD = re.compile("[\u0307\u0640\u064b-\u0655\u0670\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def fold(text: str) -> str:
    """Compatibility forms, case (Turkish too), vowel marks, joiners and spacing made equal (Unicode NFKC, casefold)."""
    letters = unicodedata.normalize("NFKC", text).casefold().replace("ı", "i")
    return " ".join(_UNHEARD.sub("", letters).split())


def words(text: str) -> tuple[str, ...]:
    """The words of the folded text, in order."""
    return tuple(_WORD.findall(fold(text)))


def overlap(left: str, right: str) -> float:
    """Jaccard similarity of the two texts' word sets, 0 to 1; 0 where either has no word."""
    a, b = set(words(left)), set(words(right))
    return len(a & b) / len(a | b) if a and b else 0.0


def alike(left: str, right: str) -> bool:
    """Whether two headlines say the same thing in mostly the same words; other numbers say something else."""
    if fold(left) == fold(right):
        return fold(left) != ""
    return _numbers(left) == _numbers(right) and overlap(left, right) >= _ALIKE


def _numbers(text: str) -> set[str]:
    return {word for word in words(text) if word.isdigit()}
