"""`${NAME}` in any text of the file stands for an environment variable."""

from __future__ import annotations

import re
from collections.abc import Mapping

from feedhub.config.problems import Finding, Path
from feedhub.config.source import Plain

_VARIABLE = re.compile(r"\$\{([^{}]*)(\}?)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class Substitution:
    """Replaces variables and remembers what it put in (`secrets`) and what it could not (`findings`)."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.secrets: set[str] = set()
        self.findings: list[Finding] = []

    def fill(self, value: Plain, path: Path = ()) -> Plain:
        """`value` with every variable replaced; keys stay as they are."""
        match value:
            case dict():
                return {key: self.fill(child, (*path, key)) for key, child in value.items()}
            case list():
                return [self.fill(child, (*path, index)) for index, child in enumerate(value)]
            case str():
                return _VARIABLE.sub(lambda found: self.look_up(found, path), value)
        return value

    def look_up(self, found: re.Match[str], path: Path) -> str:
        name, end = found.groups()
        if not end or not _NAME.fullmatch(name):
            message = f"expected ${{NAME}} with the name of an environment variable, not {found[0]}"
        elif name not in self.environ:
            message = f"the environment variable {name} is not set"
        else:
            if secret := self.environ[name]:
                self.secrets.add(secret)
            return self.environ[name]
        self.findings.append(Finding(path, message))
        return ""
