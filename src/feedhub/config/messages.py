"""pydantic's errors and near misses, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from feedhub.config.problems import Finding, Path, spell_pattern
from feedhub.config.schema import SECTIONS
from feedhub.config.source import Plain, Source
from feedhub.config.urls import without_user

_CONTAINERS = {"tuple_type": "a list, such as [iraq, baghdad]", "dict_type": "keys with values"}
_PLACES = {
    "feeds": "a list of feeds",
    "feeds[]": "a URL, or keys such as url and tags",
    "feeds[].select": "selectors such as item, link and title",
    "dedup.merge": "a list of groups, such as [[URL, URL]]",
    "dedup.merge[]": "a group in brackets, such as [URL, URL]",
    "dedup.never_merge": "a list of groups, such as [[URL, URL]]",
    "dedup.never_merge[]": "a group in brackets, such as [URL, URL]",
    "outputs": "a list of outputs",
    "outputs[]": "keys such as id, title and match",
}


def finding(error: ErrorDetails, source: Source) -> Finding:
    """One of pydantic's errors, with the value as the file has it: a variable's name, never what it stood for."""
    path: Path = error["loc"]
    if error["type"] == "extra_forbidden":
        return _unknown_key(path)
    at_key = path[-1] == "[key]"
    if at_key:
        return Finding(path[:-1], f"expected {_expected(error)}", at_key=True)
    value = source.text(path)
    pattern = spell_pattern(path)
    expected = f"expected {_PLACES.get(pattern) or _expected(error)}"
    return Finding(path, expected if "headers" in path[:-1] else f"{expected}, not {_shown(value)}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The known word nearest to a misspelt one, as the end of a message; empty where none is near."""
    near = get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.7)
    return f'; did you mean "{near[0]}"?' if near else ""


def _unknown_key(path: Path) -> Finding:
    own = SECTIONS[spell_pattern(path[:-1])].model_fields.keys()
    hint = did_you_mean(str(path[-1]), own) or f"; known here: {', '.join(own)}"
    return Finding(path, f"unknown key{hint}", at_key=True)


def _expected(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return _CONTAINERS.get(error["type"], "keys with values")


def _shown(value: Plain) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            text = re.sub(r"\s+", " ", without_user(value))
            return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'
        case list():
            return "a list"
    return "keys with values"
