"""A selection made in an address: `/feed.atom?tag=kurdistan&lang=ckb&lang=kmr` (R45)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from feedhub.config import Config, Match, OutputConfig
from feedhub.config.scalars import language_tag

_MOST = 10  # values in one address
PARAMETERS = ("lang", "source", "tag")


@dataclass(frozen=True, slots=True)
class BadQuery:
    """A query that selects nothing sensible: the parameter, and what is wrong with it."""

    parameter: str
    message: str

    def __str__(self) -> str:
        return f"{self.parameter}: {self.message}"


def read_query(pairs: Sequence[tuple[str, str]], config: Config) -> Match | BadQuery:
    """What the names and values of a query select from `all`: any of the values of each name, all of the names."""
    found: dict[str, set[str]] = {name: set() for name in PARAMETERS}
    for number, (name, value) in enumerate(pairs):
        if name not in found:
            return BadQuery(name, f"no such parameter; there are {', '.join(PARAMETERS)}")
        if number == _MOST:
            return BadQuery(name, f"more than {_MOST} values")
        known = _KNOWN[name](value, config)
        if known is None:
            return BadQuery(name, _UNKNOWN[name].format(value[:60]))
        found[name].add(known)
    languages, sources, tags = (tuple(sorted(found[name])) for name in PARAMETERS)
    return Match(languages=languages, sources=sources, tags=tags)


def spell_query(match: Match) -> str:
    """The one query for a selection, whatever the order in which it was asked for; empty for everything."""
    values = zip(PARAMETERS, (match.languages, match.sources, match.tags), strict=True)
    return urlencode([(name, value) for name, words in values for value in words])


def selection(everything: OutputConfig, match: Match) -> OutputConfig:
    """The output `all`, cut down to a selection."""
    words = ", ".join([*match.tags, *match.sources, *match.languages])
    return replace(everything, match=match, title=f"{everything.title} ({words})")


def selection_id(output_id: str, query: str) -> str:
    """The permanent id of a selection: from the id of `all` and the query as :func:`spell_query` has it."""
    return uuid.uuid5(uuid.UUID(output_id), query).urn


def _tag(value: str, config: Config) -> str | None:
    return value if any(value in feed.tags for feed in config.feeds) else None


def _source(value: str, config: Config) -> str | None:
    return value if any(value == feed.id for feed in config.feeds) else None


def _language(value: str, _config: Config) -> str | None:
    return language_tag(value)


_KNOWN: dict[str, Callable[[str, Config], str | None]] = {"lang": _language, "source": _source, "tag": _tag}
_UNKNOWN = {
    "lang": 'expected a language tag such as ar or ckb, not "{}"',
    "source": 'no feed has the id "{}"',
    "tag": 'no feed has the tag "{}"',
}
