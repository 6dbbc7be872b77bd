"""What can be wrong with a configuration, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The way to a value from the top of the file: ``("feeds", 0, "url")``."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake or warning. `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ConfigError(Exception):
    """The configuration cannot be used. `problems` holds all that is wrong with it, in the order of the file (R46)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake known by its path; :meth:`feedhub.config.source.Source.problem` gives it its line.

    `at_key` points at the key instead of its value.
    """

    path: Path
    message: str
    at_key: bool = False


def spell_path(path: Path) -> str:
    """`("outputs", 0, "max_age")` -> `outputs[0].max_age`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def spell_pattern(path: Path) -> str:
    """`("outputs", 0, "max_age")` -> `outputs[].max_age`: the same for every element of a list."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
