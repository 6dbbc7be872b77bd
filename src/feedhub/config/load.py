"""feeds.yaml -> Config."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from feedhub.config import build
from feedhub.config.checks import Known, check, languages_of, tags_of, texts_in
from feedhub.config.messages import finding
from feedhub.config.problems import ConfigError, Finding, Path, Problem
from feedhub.config.schema import File
from feedhub.config.source import Mark, Plain, Source, mark_at, parse
from feedhub.config.urls import feed_id
from feedhub.config.values import Config
from feedhub.config.variables import Substitution

_EMPTY: Mapping[Path, Plain] = {
    ("feeds",): {},
    ("outputs",): {},
    ("dedup", "merge"): [],
    ("dedup", "never_merge"): [],
}
"""The lists whose elements mistakes are told of by their place, and what stands in for an element that is wrong."""


def load(path: FilePath, environ: Mapping[str, str]) -> Config:
    """Read the configuration. Raises ConfigError with all mistakes at once, in the order of the file (R46)."""
    return parsed(read(path), path, environ)


def parsed(data: bytes, path: FilePath, environ: Mapping[str, str]) -> Config:
    """The configuration that the file at `path` holds as `data`. Raises ConfigError as :func:`load` does."""
    source = parse(_decoded(data, path), str(path))
    if not isinstance(source.value, dict):
        raise ConfigError(source.problems or [_not_a_mapping(source)])
    filled = Substitution(environ)
    tree = {key: _spread(key, filled.fill(value, (key,))) for key, value in source.value.items()}
    unread = source.broken.union(found.path for found in filled.findings)
    file, wrong = _examine(tree, source, unread)
    problems = [*source.problems, *map(source.problem, [*filled.findings, *wrong])]
    if problems:
        raise ConfigError(problems)
    return build.config(file, source, frozenset(filled.secrets))


def _examine(tree: dict[str, Plain], source: Source, unread: frozenset[Path]) -> tuple[File, list[Finding]]:
    """The file and its mistakes. What follows from a mistake that is told already is not told again."""
    file, errors = _validate(tree)
    wrong = [found for found in (finding(error, source) for error in errors) if not _within(found.path, unread)]
    bad = unread.union(found.path for found in wrong)
    known = Known(tags_of(file), build.feed_ids(file, source), languages_of(file))
    if any(path[0] in ("feeds", "defaults") for path in bad):
        texts = texts_in([tree.get("feeds"), tree.get("defaults")])
        known = Known(known.tags | texts, known.sources | texts | frozenset(map(feed_id, texts)), None)
    wrong += [found for found in check(file, source, known) if not _within(found.path, bad)]
    if "feeds" not in tree and not any(len(path) == 1 for path in bad):
        wrong.append(Finding((), 'feeds is missing; list at least one URL under "feeds:"'))
    return file, wrong


def read(path: FilePath) -> bytes:
    """The file's content. Raises ConfigError where it cannot be had."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _unreadable(path, Mark(1, 1), "no such file; create it, or name another with --config") from None
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise _unreadable(path, Mark(1, 1), f"cannot be read: {reason}") from None


def _decoded(data: bytes, path: FilePath) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mark = mark_at(data[: error.start].decode("utf-8-sig"))
        raise _unreadable(path, mark, "not UTF-8; save the file in UTF-8") from None


def _unreadable(path: FilePath, mark: Mark, message: str) -> ConfigError:
    return ConfigError([Problem(str(path), mark.line, mark.column, message)])


def _not_a_mapping(source: Source) -> Problem:
    message = 'expected keys at the top, such as "feeds:", not a list; put the list under "feeds:"'
    if source.value is None:
        message = 'nothing is configured; list at least one URL under "feeds:"'
    elif not isinstance(source.value, list):
        message = 'expected keys at the top, such as "feeds:", not plain text'
    return source.problem(Finding((), message))


def _spread(key: str, value: Plain) -> Plain:
    """A bare URL among the feeds is short for `url:`."""
    if key == "feeds" and isinstance(value, list):
        return [{"url": feed} if isinstance(feed, str) else feed for feed in value]
    return value


def _validate(tree: dict[str, Plain]) -> tuple[File, list[ErrorDetails]]:
    """The file, and pydantic's errors in it; what they are about is left out of it, so that the rest can be checked."""
    try:
        return File.model_validate(tree), []
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        bad = {_place(details["loc"]) for details in errors}
        return File.model_validate(_without(tree, bad, ())), errors


def _place(path: Path) -> Path:
    """pydantic marks a wrong key of a mapping by a last step of its own."""
    return path[:-1] if path[-1] == "[key]" else path


def _without(value: Plain, bad: Collection[Path], path: Path) -> Any:
    """`value` without what is at the `bad` paths; a bad feed, output or group becomes an empty one: no index moves."""
    match value:
        case dict():
            return {k: _without(child, bad, (*path, k)) for k, child in value.items() if (*path, k) not in bad}
        case list() if path in _EMPTY:
            empty = _EMPTY[path]
            return [empty if (*path, i) in bad else _without(child, bad, (*path, i)) for i, child in enumerate(value)]
        case list():
            return [_without(child, bad, (*path, i)) for i, child in enumerate(value) if (*path, i) not in bad]
    return value


def _within(path: Path, bad: Collection[Path]) -> bool:
    return any(path[:length] in bad for length in range(len(path) + 1))
