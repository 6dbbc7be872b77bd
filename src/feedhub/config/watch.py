"""feeds.yaml under a running service: read again when its content changes, and kept as it was where it has mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from feedhub.config.load import parsed, read
from feedhub.config.problems import ConfigError, Problem

_Content = bytes | tuple[Problem, ...]
"""What the file holds, or why it cannot be read."""


class ConfigFile:
    """The configuration at `path`: its last good state, and the mistakes in its present one (R46).

    The file is known by its content alone: a bind mount keeps it, an editor exchanges it, and a ConfigMap exchanges its
    folder. Content counts once two looks agree, so that a file which is being written is not taken for a short one.
    Raises ConfigError where it cannot be used to begin with.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path, self._environ = path, environ
        self._judged: _Content = (data := read(path))
        self._seen: _Content = data
        self.config = parsed(data, path, environ)
        self.mistakes: tuple[Problem, ...] = ()

    def look(self) -> bool:
        """Look at the file; True if `config` or `mistakes` is another now."""
        content = self._content()
        settled, self._seen = content == self._seen, content
        if not settled or content == self._judged:
            return False
        self._judged = content
        before = self.config, self.mistakes
        self.mistakes = self._judge(content)
        return before != (self.config, self.mistakes)

    def _content(self) -> _Content:
        try:
            return read(self._path)
        except ConfigError as error:
            return error.problems

    def _judge(self, content: _Content) -> tuple[Problem, ...]:
        """The mistakes in this content; without any it is the configuration from now on."""
        if not isinstance(content, bytes):
            return content
        try:
            self.config = parsed(content, self._path, self._environ)
        except ConfigError as error:
            return error.problems
        return ()
