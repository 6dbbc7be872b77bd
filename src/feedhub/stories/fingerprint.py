"""What matching needs of one entry's text, computed once (R8, R9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from feedhub.stories.clean import clean_headline, clean_lead
from feedhub.stories.memo import Memo
from feedhub.stories.spelling import plain, skeleton, words_of

Run = tuple[str, str, str]  # three words in a row
_Word = TypeVar("_Word", str, int)


# What is read of an entry: characters of markup, then words.
_HEADLINE = 1_000
_SUMMARY = 4_000
_CONTENT = 16_000
_HEADLINE_WORDS = 40
_LEAD_WORDS = 120
_TEXT_WORDS = 400

_REMEMBERED = 50_000  # words that were folded


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """An entry's words, folded for matching; empty where there are none.

    `headlines` are the headline's possible readings: without what may be the outlet's name first, then with it. `lead`
    is what the feed tells of the article, `text` the article itself where the feed gives more of it. `runs` are those
    of lead and text, as :func:`hashed_runs` has them, `known` the words of all three, `numbers` those of them that are
    numbers.
    """

    headlines: tuple[tuple[str, ...], ...]
    lead: tuple[str, ...]
    text: tuple[str, ...]
    runs: frozenset[int]
    known: frozenset[str]
    numbers: frozenset[str]

    @property
    def headline(self) -> tuple[str, ...]:
        """The headline without what may be the outlet's name."""
        return self.headlines[0] if self.headlines else ()

    @property
    def body(self) -> tuple[str, ...]:
        """The lead, or the text where there is no lead."""
        return self.lead or self.text

    @property
    def spoken(self) -> tuple[str, ...]:
        """The words of lead and text, some of them twice."""
        return self.lead if self.text == self.lead else self.lead + self.text

    def without(self, boilerplate: frozenset[int]) -> Fingerprint:
        """The same without the runs of words that stand under many headlines (R8)."""
        if self.runs.isdisjoint(boilerplate):
            return self
        lead, text = _without(self.lead, boilerplate), _without(self.text, boilerplate)
        known = frozenset(chain(lead, text, *self.headlines))
        return replace(self, lead=lead, text=text, runs=self.runs - boilerplate, known=known)


def fingerprint(title: str, summary: str, content: str = "") -> Fingerprint:
    """The fingerprint of an entry, `title` and `summary` plain text or HTML, `content` HTML; bounded in cost."""
    told = plain(summary[:_SUMMARY]).split()
    whole = plain(content[:_CONTENT]).split() if len(content) > len(summary) else []
    body = _body(told)
    lead, text = body[:_LEAD_WORDS], (body if whole == told else _body(whole))[:_TEXT_WORDS]
    head, tail = map(_words, clean_headline(_folded(plain(title[:_HEADLINE]).split())))
    # What the text speaks of is no outlet's name: "Five arrested - Kirkuk".
    readings = (head, head + tail) if tail and {*lead, *text}.isdisjoint(tail) else (head + tail,)
    headlines = tuple(reading[:_HEADLINE_WORDS] for reading in readings if reading)
    article = text if text != lead else ()
    known = frozenset(chain(lead, article, *headlines))
    return Fingerprint(
        headlines=headlines,
        lead=lead,
        text=text,
        runs=frozenset(chain(hashed_runs(lead), hashed_runs(article))),
        known=known,
        numbers=frozenset([word for word in known if word[-1].isdigit()]),
    )


def runs_of(words: tuple[_Word, ...]) -> Iterable[tuple[_Word, _Word, _Word]]:
    """The words by threes, each beginning one later."""
    return zip(words, words[1:], words[2:], strict=False)


def hashed_runs(words: tuple[str, ...]) -> Iterable[int]:
    """The runs of the words as numbers, smaller and sooner compared; they mean nothing to another process."""
    return map(hash, runs_of(words))


def _body(tokens: Sequence[str]) -> tuple[str, ...]:
    return _words(clean_lead(_folded(tokens)))


def _folded(tokens: Sequence[str]) -> str:
    return " ".join(filter(None, map(_FOLDED.__getitem__, tokens)))


def _words(folded: str) -> tuple[str, ...]:
    return tuple(chain.from_iterable(map(_WORDS.__getitem__, folded.split())))


# No rule of spelling looks across a space.
_FOLDED = Memo(lambda token: " ".join(skeleton(token).split()), _REMEMBERED)
_WORDS = Memo(words_of, _REMEMBERED)


def _without(words: tuple[str, ...], boilerplate: frozenset[int]) -> tuple[str, ...]:
    gone: set[int] = set()
    for place, run in enumerate(hashed_runs(words)):
        if run in boilerplate:
            gone.update((place, place + 1, place + 2))
    return tuple([word for place, word in enumerate(words) if place not in gone]) if gone else words
