"""What matching needs of one entry's text, computed once (R8, R9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from feedhub.stories.clean import clean_headline, clean_lead
from feedhub.stories.spelling import plain, skeleton, words_of

Run = tuple[str, str, str]  # three words in a row

# What is read of an entry: characters of markup, then words.
_HEADLINE = 1_000
_SUMMARY = 4_000
_CONTENT = 16_000
_HEADLINE_WORDS = 40
_LEAD_WORDS = 120
_TEXT_WORDS = 400


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """An entry's words, folded for matching; empty where there are none.

    `headlines` are the headline's possible readings: without what may be the outlet's name first, then with it. `lead`
    is what the feed tells of the article, `text` the article itself where the feed gives more of it. `runs` are those
    of lead and text, `spoken` their words, `known` these and the headlines', `numbers` those of them that are numbers.
    """

    headlines: tuple[tuple[str, ...], ...]
    lead: tuple[str, ...]
    text: tuple[str, ...]
    runs: frozenset[Run]
    spoken: frozenset[str]
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

    def without(self, boilerplate: frozenset[Run]) -> Fingerprint:
        """The same without the runs of words that stand under many headlines (R8)."""
        if self.runs.isdisjoint(boilerplate):
            return self
        lead, text = _without(self.lead, boilerplate), _without(self.text, boilerplate)
        spoken = frozenset((*lead, *text))
        known = spoken.union(*self.headlines)
        return replace(self, lead=lead, text=text, runs=self.runs - boilerplate, spoken=spoken, known=known)


def fingerprint(title: str, summary: str, content: str = "") -> Fingerprint:
    """The fingerprint of an entry, `title` and `summary` plain text or HTML, `content` HTML; bounded in cost."""
    told = _spaced(summary[:_SUMMARY])
    whole = _spaced(content[:_CONTENT]) if len(content) > len(summary) else ""
    body = _body(told)
    lead, text = body[:_LEAD_WORDS], (body if whole == told else _body(whole))[:_TEXT_WORDS]
    head, tail = (words_of(part) for part in clean_headline(_folded(_spaced(title[:_HEADLINE]))))
    spoken = frozenset((*lead, *text))
    # What the text speaks of is no outlet's name: "Five arrested - Kirkuk".
    readings = (head, head + tail) if tail and spoken.isdisjoint(tail) else (head + tail,)
    headlines = tuple(reading[:_HEADLINE_WORDS] for reading in readings if reading)
    known = spoken.union(*headlines)
    return Fingerprint(
        headlines=headlines,
        lead=lead,
        text=text,
        runs=frozenset(chain(runs_of(lead), runs_of(text) if text != lead else ())),
        spoken=spoken,
        known=known,
        numbers=frozenset(word for word in known if word[-1].isdigit()),
    )


def runs_of(words: tuple[str, ...]) -> Iterable[Run]:
    """The words by threes, each beginning one later."""
    return zip(words, words[1:], words[2:], strict=False)


def _body(text: str) -> tuple[str, ...]:
    return words_of(clean_lead(_folded(text)))


def _folded(text: str) -> str:
    return " ".join(skeleton(text).split())


def _spaced(markup: str) -> str:
    return " ".join(plain(markup).split())


def _without(words: tuple[str, ...], boilerplate: frozenset[Run]) -> tuple[str, ...]:
    gone: set[int] = set()
    for place, run in enumerate(runs_of(words)):
        if run in boilerplate:
            gone.update((place, place + 1, place + 2))
    return tuple(word for place, word in enumerate(words) if place not in gone)
