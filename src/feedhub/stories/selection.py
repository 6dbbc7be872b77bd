"""Which stories an output holds (R12, R45): what its `match` asks for, held against a story.

A feed's tags and id decide which feeds an output takes from; the language and the words in which a story is shown
decide about the story.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from feedhub.config import Match
from feedhub.config.expressions import REGULAR
from feedhub.config.languages import covers
from feedhub.stories.fold import words

_MOST_SEARCHED = 500  # characters of each text that a regular expression is tried on: its time may grow as their cube
_EXPRESSIONS = 1_000  # compiled and kept


@dataclass(frozen=True, slots=True)
class Wording:
    """A story as readers see it; `sections` are its categories."""

    title: str
    summary: str
    sections: tuple[str, ...]
    language: str | None

    @property
    def texts(self) -> tuple[str, ...]:
        """What words are sought in; none is found across two of them."""
        return self.title, self.summary, *self.sections


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the output holds the story, and the reason in words."""

    selected: bool
    reason: str


def takes_feed(match: Match, feed: str, tags: Collection[str]) -> bool:
    """Whether the output takes stories from the feed of this id, which has these tags."""
    tagged = not match.tags or not set(match.tags).isdisjoint(tags)
    return tagged and (not match.sources or feed in match.sources)


def judge(match: Match, wording: Wording) -> Verdict:
    """Whether the output holds a story that one of its feeds carries and that reads so."""
    if match.languages and not any(covers(wanted, wording.language or "und") for wanted in match.languages):
        return Verdict(False, f"its language is {wording.language or 'not known'}")
    spoken = _Spoken(wording.texts) if match.include or match.exclude else None
    if spoken is None:
        return Verdict(True, "one of the output's feeds carries it")
    if found := spoken.first(match.exclude):
        return Verdict(False, f'excluded by "{found}"')
    if not match.include:
        return Verdict(True, "nothing that is excluded is found in it")
    found = spoken.first(match.include)
    return Verdict(True, f'includes "{found}"') if found else Verdict(False, "nothing that is to be included is found")


class _Spoken:
    """The texts of one story, folded once for all expressions."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [text[:_MOST_SEARCHED] for text in texts]
        self._words = [f" {' '.join(words(text))} " for text in texts]

    def first(self, expressions: Sequence[str]) -> str | None:
        """The first of the expressions that is found."""
        return next((expression for expression in expressions if self._has(expression)), None)

    def _has(self, expression: str) -> bool:
        if expression.startswith(REGULAR):
            pattern = _pattern(expression.removeprefix(REGULAR))
            return any(pattern.search(text) for text in self._texts)
        phrase = _phrase(expression)
        return any(phrase in text for text in self._words)


@lru_cache(_EXPRESSIONS)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(_EXPRESSIONS)
def _phrase(expression: str) -> str:
    return f" {' '.join(words(expression))} "
