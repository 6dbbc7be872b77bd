"""Text folded for comparing, never for showing."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_ALIKE = 0.5


def fold(text: str) -> str:
    """Compatibility forms, case and spacing made equal (Unicode NFKC, casefold)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(text: str) -> tuple[str, ...]:
    """The words of the folded text, in order."""
    return tuple(_WORD.findall(fold(text)))


def overlap(left: str, right: str) -> float:
    """Jaccard similarity of the two texts' word sets, 0 to 1; 0 where either has no word."""
    a, b = set(words(left)), set(words(right))
    return len(a & b) / len(a | b) if a and b else 0.0


def alike(left: str, right: str) -> bool:
    """Whether two headlines say the same thing in mostly the same words."""
    return fold(left) == fold(right) != "" or overlap(left, right) >= _ALIKE
