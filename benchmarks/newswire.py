"""News without meaning: made-up words as common and as rare as real ones, in two scripts, some of it copied."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

_LETTERS = {"ar": "ابتثجحخدرزسشصطعفقكلمنهوي", "en": "abcdefghiklmnoprstuvwy"}
_WORDS = 30_000  # of each language
_COPIED = 0.3  # of the articles
_REMEMBERED = 3_000  # articles that are still copied


@dataclass(frozen=True, slots=True)
class Article:
    """A headline of about nine words over a lead of about thirty-five; `copied` tells another's, lightly edited."""

    number: int
    language: str
    title: str
    lead: str
    copied: bool = False


def articles(seed: int = 1) -> Iterator[Article]:
    """Endless news, the same for the same seed."""
    chance = random.Random(seed)
    vocabularies = {language: _Vocabulary(chance, letters) for language, letters in _LETTERS.items()}
    recent: deque[Article] = deque(maxlen=_REMEMBERED)
    number = 0
    while True:
        number += 1
        if recent and chance.random() < _COPIED:
            yield _copy(chance, chance.choice(recent), number)
            continue
        language = "ar" if chance.random() < 0.6 else "en"
        words = vocabularies[language]
        article = Article(number, language, words.some(chance.randint(6, 12)), words.some(chance.randint(25, 45)) + ".")
        recent.append(article)
        yield article


class _Vocabulary:
    """Words of which the n-th is about n times as rare as the first (Zipf)."""

    def __init__(self, chance: random.Random, letters: str) -> None:
        self._chance = chance
        self._words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(_WORDS)]
        self._weights = list(accumulate(1 / (place + 3) for place in range(_WORDS)))

    def some(self, count: int) -> str:
        return " ".join(self._chance.choices(self._words, cum_weights=self._weights, k=count))


def _copy(chance: random.Random, original: Article, number: int) -> Article:
    """As another outlet has it: cut at the end, without a word of the lead, now and then with an urgency in front."""
    lead = original.lead.split()[: chance.randint(20, 45)]
    del lead[chance.randrange(len(lead))]
    title = ("Breaking: " if original.language == "en" else "عاجل: ") if chance.random() < 0.3 else ""
    return Article(number, original.language, title + original.title, " ".join(lead), copied=True)
