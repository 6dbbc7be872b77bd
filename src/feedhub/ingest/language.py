"""The language and direction of an entry (R36): configured, else declared, else detected.

Detection knows the region's languages by script, letters and frequent words. It says nothing rather than guess: a wrong
language breaks fonts and hyphenation, a missing one nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter

from feedhub.ingest.tags import canonical_tag, primary, script_of
from feedhub.ingest.words import FREQUENT, LETTERS, MARKS
from feedhub.models import Direction, ParsedFeed, ParsedItem

_SAMPLE = 4_000  # characters
_FEWEST = 10  # letters that make a script the text's own: below, it may be a name
_SCRIPTS = {
    "Arab": re.compile(
        "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"
    ),
    "Latn": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "Hebr": re.compile("[\u05d0-\u05ea]"),
    "Cyrl": re.compile("[\u0400-\u052f]"),
    "Grek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "Armn": re.compile("[\u0531-\u0587]"),
    "Geor": re.compile("[\u10a0-\u10ff\u1c90-\u1cbf]"),
    "Hang": re.compile("[\u1100-\u11ff\uac00-\ud7af]"),
    "Kana": re.compile("[\u3041-\u30ff]"),
    "Hani": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
}
_ONE_LANGUAGE = {"Hebr": "he", "Grek": "el", "Armn": "hy", "Geor": "ka", "Hang": "ko", "Jpan": "ja", "Hani": "zh"}
_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo"})
_WORD = re.compile(r"[^\W\d_]+")
# What publishing systems declare when nobody has told them, and neighbours in one script that are taken for each other.
_OFTEN_WRONG = frozenset({"en", "ar", "fa", "ur", "ckb", "ps"})


def detect(text: str) -> str | None:
    """The language of `text` as a tag without region, None when unsure."""
    sample = text[:_SAMPLE]
    match _script(sample, fewest=3):
        case "Arab" | "Cyrl" as script:
            return _by_letters(Counter(sample), script) or _by_words(sample, script)
        case "Latn":
            return _by_words(sample, "Latn")
        case str() as script:
            return _ONE_LANGUAGE.get(script)
        case None:
            return None


def choose_language(configured: str | None, item: ParsedItem, feed: ParsedFeed, text: str) -> str | None:
    """The entry's canonical tag: the operator's word, else the publisher's unless `text` contradicts it, else detected.

    Publishing systems declare `en-US` over any language, and Arab newsrooms' `ar` over their Kurdish pages.
    """
    if tag := _in_its_script(canonical_tag(configured), text):
        return tag
    texts = (item.content, item.title, item.summary)
    candidates = (item.language, *(part.language for part in texts if part), feed.language)
    declared = _in_its_script(next(filter(None, map(canonical_tag, candidates)), None), text)
    found = detect(text)
    return declared if declared and not _contradicts(text, found, declared) else found


def direction(language: str | None, text: str) -> Direction:
    """The direction of the language's script, else of the script that most of `text` is in."""
    script = (script_of(language) if language else None) or _script(text[:_SAMPLE], fewest=1)
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"


def _contradicts(text: str, found: str | None, declared: str) -> bool:
    written, expected = _script(text[:_SAMPLE], _FEWEST), script_of(declared)
    if written and expected and written != expected and {written, expected} != {"Hani", "Jpan"}:
        return True
    return found is not None and found != primary(declared) and primary(declared) in _OFTEN_WRONG


def _in_its_script(tag: str | None, text: str) -> str | None:
    """`tag`, with Kurdish as the Kurdish that is written in the script of `text`."""
    if tag is None or primary(tag) != "ku":
        return tag
    return "ckb" if _script(text[:_SAMPLE], fewest=1) == "Arab" else "kmr"


def _script(text: str, fewest: int) -> str | None:
    """The script of most letters of `text`, None where fewer than `fewest` are in it. Kana with Han is `Jpan`."""
    letters = dict.fromkeys((*_SCRIPTS, "Jpan"), 0)
    for character, count in Counter(text).items():
        if script := _script_of(character):
            letters[script] += count
    if letters["Kana"] * 10 > letters["Hani"]:
        letters["Jpan"] = letters["Kana"] + letters["Hani"]
    script = max(letters, key=letters.__getitem__)
    return script if letters[script] >= fewest else None


@lru_cache(maxsize=10_000)
def _script_of(character: str) -> str | None:
    return next((name for name, pattern in _SCRIPTS.items() if pattern.match(character)), None)


def _by_letters(letters: Mapping[str, int], script: str) -> str | None:
    """The language whose own letters are among `letters`, where they are more than a name's worth."""
    total = sum(count for character, count in letters.items() if _script_of(character) == script)
    own = {language: sum(letters.get(one, 0) for one in its) for language, its in LETTERS[script].items()}
    (language, count), (_, next_count) = _two_highest(own)
    return language if count >= 2 and count / total >= 0.02 and count > 1.5 * next_count else None


def _by_words(text: str, script: str) -> str | None:
    """The language whose frequent words and marked letters fill most of `text`."""
    words = _WORD.findall(text.casefold())
    apart = " ".join(words)
    scores = {language: _marks(apart, language) for language in FREQUENT[script]}
    for word in words:
        for language in _SPEAKERS[script].get(word, ()):
            scores[language] += 1
    (language, score), (_, next_score) = _two_highest(scores)
    return language if score >= 2 and score / len(words) >= 0.1 and score > 1.3 * next_score else None


def _two_highest(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=itemgetter(1), reverse=True)[:2]


def _marks(apart: str, language: str) -> float:
    return len(MARKS[language].findall(apart)) / 2 if language in MARKS else 0


_SPEAKERS = {
    script: {
        word: tuple(language for language, frequent in languages.items() if word in frequent)
        for word in frozenset().union(*languages.values())
    }
    for script, languages in FREQUENT.items()
}
