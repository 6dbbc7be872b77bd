"""What matching needs of one entry's text, computed once (R8, R9)."""

from __future__ import annotations

from dataclasses import dataclass

from feedhub.stories.clean import clean_headline, clean_lead
from feedhub.stories.spelling import plain, skeleton, words_of

Shingle = tuple[str, str, str]  # three words in a row

# What is read of an entry: characters of markup, then words.
_HEADLINE = 1_000
_SUMMARY = 4_000
_CONTENT = 16_000
_HEADLINE_WORDS = 40
_LEAD_WORDS = 120
_TEXT_WORDS = 400


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """An entry's words, folded for matching. Empty where the entry has no text to go by.

    `headlines` are the headline's possible readings, each in words: without what may be the outlet's name first, then
    with it. `lead` is what the feed tells of the article, `text` the article itself, empty where the feed gives
    none. `shingles` are those of lead and text, `known` is every word of it all, `numbers` those that are numbers.
    """

    headlines: tuple[tuple[str, ...], ...]
    lead: tuple[str, ...]
    text: tuple[str, ...]
    shingles: frozenset[Shingle]
    known: frozenset[str]
    numbers: frozenset[str]

    @property
    def headline(self) -> tuple[str, ...]:
        """The headline without what may be the outlet's name."""
        return self.headlines[0] if self.headlines else ()


    def without(self, boilerplate: frozenset[Shingle]) -> Fingerprint:
        if self.shingles.isdisjoint(boilerplate):
            return self
        lead, text = _without(self.lead, boilerplate), _without(self.text, boilerplate)
        known = frozenset((*self.headline, *lead, *text))
        return Fingerprint(self.headlines, lead, text, self.shingles - boilerplate, known, self.numbers)


def _without(words: tuple[str, ...], boilerplate: frozenset[Shingle]) -> tuple[str, ...]:
    gone: set[int] = set()
    for place, run in enumerate(_shingles(words)):
        if run in boilerplate:
            gone |= {place, place + 1, place + 2}
    return tuple(word for place, word in enumerate(words) if place not in gone)


def fingerprint(title: str, summary: str, content: str = "") -> Fingerprint:
    """The fingerprint of an entry: `summary` plain text or HTML, `content` HTML. Never raises; bounded in size."""
    lead = _lead(summary[:_SUMMARY], _LEAD_WORDS)
    text = _lead(content[:_CONTENT], _TEXT_WORDS) if len(content) > len(summary) else ()
    told = {*lead, *text}
    head, tail = (words_of(part) for part in clean_headline(skeleton(plain(title[:_HEADLINE]))))
    # What the text speaks of is no outlet's name: "Five arrested - Kirkuk".
    readings = (head, head + tail) if tail and told.isdisjoint(tail) else (head + tail,)
    headlines = tuple(reading[:_HEADLINE_WORDS] for reading in readings if reading)
    words = [word for part in (headlines[:1], (lead, text)) for words in part for word in words]
    known = frozenset(words)
    numbers = frozenset(word for word in known if word[0].isdigit())
    shingles = frozenset((*_shingles(lead), *_shingles(text)))
    return Fingerprint(headlines, lead, text, shingles, known, numbers)


def _lead(markup: str, most: int) -> tuple[str, ...]:
    return words_of(clean_lead(skeleton(plain(markup)).strip()))[:most]


def _shingles(words: tuple[str, ...]) -> zip[Shingle]:
    return zip(words, words[1:], words[2:], strict=False)
