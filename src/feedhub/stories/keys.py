"""Under which keys an entry is found by those that may be the same story: indexed candidates, never all pairs (R9)."""

from __future__ import annotations

from collections.abc import Iterable

from feedhub.stories.fingerprint import Fingerprint

MOST_KEYS = 20  # of one entry
CROWD = 64  # entries under a key, within the window, beyond which it is boilerplate and finds nobody (R8)
SHORTLIST = 12  # candidates that are compared


def keys(print_: Fingerprint) -> tuple[int, ...]:
    """Signed 64-bit numbers, at most MOST_KEYS, none twice; the same in every process. None for short text (R8)."""
    raise NotImplementedError


def shortlist(found: Iterable[tuple[int, int]]) -> list[int]:
    """The entries to compare with, at most SHORTLIST: most keys shared first, then the lowest entry number.

    `found` holds the rows of the look-up, (key, entry number); the rows of a key with more than CROWD are to be left
    out, here too.
    """
    raise NotImplementedError
