"""The filters that the front page offers: tags and languages, each a link to a selection (R45)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from feedhub.config import Match
from feedhub.publish.query import spell_query

# What a language calls itself; of others the tag is shown.
_OWN_NAMES = {
    "ar": "العربية",
    "ckb": "کوردی",
    "de": "Deutsch",
    "en": "English",
    "fa": "فارسی",
    "fr": "Français",
    "he": "עברית",
    "hy": "Հայերեն",
    "kmr": "Kurmancî",
    "ku": "Kurdî",
    "ru": "Русский",
    "syr": "ܣܘܪܝܝܐ",
    "tr": "Türkçe",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that narrows the page, or widens it again where it is `chosen`. `query` may be empty: everything.

    `language` is that of the label, None where it is not known.
    """

    label: str
    query: str
    chosen: bool
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """The choices of one kind, of which one holds at a time."""

    title: str
    choices: tuple[Choice, ...]


def filters(match: Match, tags: Iterable[str], languages: Iterable[str | None]) -> list[Filter]:
    """What can be chosen while `match` holds, kinds that leave no choice left out.

    `languages` are those of the stories on the whole page, one each. Sources are offered only where the address names
    some, so that they can be let go.
    """
    spoken = Counter(language.partition("-")[0] for language in languages if language)
    by_use = sorted(spoken, key=lambda language: (-spoken[language], language))
    found = [
        Filter("Topic", tuple(_choice(match, "tags", tag) for tag in _with(match.tags, tags))),
        Filter("Language", tuple(_choice(match, "languages", tag) for tag in _with(match.languages, by_use))),
        Filter("Newsroom", tuple(_choice(match, "sources", source) for source in match.sources)),
    ]
    return [one for one in found if len(one.choices) > 1 or any(choice.chosen for choice in one.choices)]


def _choice(match: Match, key: str, value: str) -> Choice:
    """Choosing replaces what was chosen of its kind; choosing it again lets it go."""
    held: tuple[str, ...] = getattr(match, key)
    chosen = value in held
    left = tuple(other for other in held if other != value) if chosen else (value,)
    query = spell_query(replace(match, **{key: left}))
    if key != "languages":
        return Choice(value, query, chosen)
    name = _OWN_NAMES.get(value.lower())
    return Choice(name or value, query, chosen, value if name else None)


def _with(chosen: Iterable[str], offered: Iterable[str]) -> list[str]:
    """What is chosen comes first: on a phone the others may lie beyond the screen."""
    return list(dict.fromkeys([*chosen, *offered]))
