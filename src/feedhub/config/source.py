"""YAML text -> plain values, and where each of them stands.

PyYAML reads YAML 1.1, where `off` is False, `1:30` is 90 and the last of two equal keys wins. The loader here resolves
scalars by the core schema of YAML 1.2 (section 10.3.2) and reports equal keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import yaml

from feedhub.config.problems import ConfigError, Finding, Path, Problem, spell_path

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

_TAG = "tag:yaml.org,2002:"
_CORE_SCHEMA = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}
_MOST_REPEATED = 100_000  # values that aliases stand for
# PyYAML's words for the mistakes that are made most, and what to do about them.
_SYNTAX_HINTS = {
    "mapping values are not allowed here": 'unexpected ":"; put quotes around text that holds ": ", and check the '
    "indentation",
    "found character '\\t' that cannot start any token": "a tab; indent with spaces",
    "could not find expected ':'": 'expected ":" after a key',
    "expected <block end>, but found": "the indentation does not fit the lines above",
    "found unexpected end of stream": "a quote is never closed",
    "expected ',' or ']'": 'a list opened with "[" is never closed, or a comma is missing',
    "expected ',' or '}'": 'a mapping opened with "{" is never closed, or a comma is missing',
    "expected a single document": 'more than one document; take the "---" out',
    "found undefined alias": "the alias after * is nowhere defined with &",
}


class _CoreLoader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own name for its table; none of YAML 1.1 is taken over


for _name, _pattern in _CORE_SCHEMA.items():
    _CoreLoader.add_implicit_resolver(_TAG + _name, re.compile(rf"(?:{_pattern})\Z"), None)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """The file as plain values. Of a key that stands twice the first value holds.

    `problems` is what is wrong with the YAML itself; `broken` are the paths whose value could not be read.
    """

    file: str
    value: Plain
    values: Mapping[Path, Mark]
    keys: Mapping[Path, Mark]
    problems: tuple[Problem, ...] = ()
    broken: frozenset[Path] = frozenset()

    def mark(self, path: Path, *, at_key: bool = False) -> Mark:
        """Where `path` stands; of what is not there, where the nearest thing around it stands."""
        if at_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Mark(1, 1))

    def text(self, path: Path) -> Plain:
        """The value at `path` as the file has it; below a scalar, that scalar (a bare URL stands for its feed)."""
        value = self.value
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int):
                value = value[step]
        return value

    def problem(self, finding: Finding) -> Problem:
        return _problem(self.file, self.mark(finding.path, at_key=finding.at_key), finding.path, finding.message)


def _problem(file: str, mark: Mark, path: Path, message: str) -> Problem:
    where = f"{spell_path(path)}: " if path else ""
    return Problem(file, mark.line, mark.column, where + message)


def parse(text: str, file: str) -> Source:
    """Read one YAML document. Raises ConfigError where it is not YAML; an empty one has the value None."""
    walk = _Walk(file)
    try:
        node = yaml.compose(text, Loader=_CoreLoader)
        value = None if node is None else walk.plain(node, ())
    except yaml.MarkedYAMLError as error:
        found = error.problem_mark or error.context_mark
        mark = Mark(found.line + 1, found.column + 1) if found else Mark(1, 1)
        raise ConfigError([_problem(file, mark, (), f"not YAML: {_explain(error)}")]) from None
    except yaml.reader.ReaderError as error:
        mark = mark_at(text[: error.position])
        raise ConfigError([_problem(file, mark, (), "not YAML: a control character; take it out")]) from None
    except RecursionError:
        raise ConfigError([_problem(file, Mark(1, 1), (), "nested too deeply to be a configuration")]) from None
    return Source(file, value, walk.values, walk.keys, tuple(walk.problems), frozenset(walk.broken))


def mark_at(before: str) -> Mark:
    """The place that follows the text `before`."""
    return Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _explain(error: yaml.MarkedYAMLError) -> str:
    words = error.problem or error.context or "unreadable"
    for start, hint in _SYNTAX_HINTS.items():
        if words.startswith(start) or (error.context or "").startswith(start):
            return hint
    return words


class _Walk:
    """Turns nodes into plain values, and notes on the way where each stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[Path, Mark] = {}
        self.keys: dict[Path, Mark] = {}
        self.problems: list[Problem] = []
        self.broken: set[Path] = set()
        self.seen: set[int] = set()  # the nodes met so far; one met again stands behind an alias
        self.repeated = 0
        self.around: set[int] = set()  # the nodes around the present one: an alias to one of them would never end

    def plain(self, node: yaml.Node, path: Path) -> Plain:
        self.values[path] = _mark(node)
        self.count(node, path)
        if id(node) in self.around:
            return self.refuse(path, "an alias to something it is itself a part of")
        self.around.add(id(node))
        try:
            return self.value(node, path)
        finally:
            self.around.remove(id(node))

    def count(self, node: yaml.Node, path: Path) -> None:
        """Aliases to lists of aliases to lists make a file of ten lines endless."""
        self.repeated += id(node) in self.seen
        self.seen.add(id(node))
        if self.repeated > _MOST_REPEATED:
            message = f"aliases stand for more than {_MOST_REPEATED:,} values up to here; write out what is meant"
            raise ConfigError([_problem(self.file, self.values[path[:1]], path[:1], message)])

    def value(self, node: yaml.Node, path: Path) -> Plain:
        match node:
            case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
                return self.mapping(node, path)
            case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
                return [self.plain(child, (*path, index)) for index, child in enumerate(node.value)]
            case yaml.ScalarNode(tag=tag) if (kind := tag.removeprefix(_TAG)) in _SCALARS:
                try:
                    return _SCALARS[kind](node.value)
                except ValueError:
                    return self.refuse(path, f"{node.value[:40]!r} is not of the type !!{kind}")
        return self.refuse(path, f"the type {node.tag.replace(_TAG, '!!')} means nothing here; take it out")

    def mapping(self, node: yaml.MappingNode, path: Path) -> Plain:
        found: dict[str, Plain] = {}
        for key, value in node.value:
            here = (*path, str(key.value))
            if not isinstance(key, yaml.ScalarNode):
                self.problem(_mark(key), path, "expected a word as key, not a list or a mapping")
            elif key.value in found:
                line = self.keys[here].line
                self.problem(_mark(key), here, f"the key is on line {line} already; keep one of them")
            else:
                self.keys[here] = _mark(key)
                found[key.value] = self.plain(value, here)
        return found

    def refuse(self, path: Path, message: str) -> Plain:
        self.broken.add(path)
        self.problem(self.values[path], path, message)
        return None

    def problem(self, mark: Mark, path: Path, message: str) -> None:
        self.problems.append(_problem(self.file, mark, path, message))


def _mark(node: yaml.Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)


def _whole(text: str) -> int:
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


def _decimal(text: str) -> float:
    return float(re.sub(r"\.(?=inf|nan)", "", text.lower()))


_SCALARS: dict[str, Callable[[str], Plain]] = {
    "null": lambda text: None,
    "bool": lambda text: text.lower() == "true",
    "int": _whole,
    "float": _decimal,
    "str": str,
}
