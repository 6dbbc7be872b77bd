"""What matching needs of one entry's text, computed once (R8, R9)."""

from __future__ import annotations

from dataclasses import dataclass

Shingle = tuple[str, str, str]  # three words in a row


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """An entry's words, folded for matching. Empty where the entry has no text to go by.

    `headlines` are the headline's possible readings, each in words: as it stands first, then without what may be the
    outlet's name. `lead` is what the feed tells of the article, `shingles` those of lead and text, `known` every word
    of it all, `numbers` those among them that are numbers.
    """

    headlines: tuple[tuple[str, ...], ...]
    lead: tuple[str, ...]
    shingles: frozenset[Shingle]
    known: frozenset[str]
    numbers: frozenset[str]


def fingerprint(title: str, summary: str, content: str = "") -> Fingerprint:
    """The fingerprint of an entry: `summary` plain text or HTML, `content` HTML. Never raises; bounded in size."""
    raise NotImplementedError
