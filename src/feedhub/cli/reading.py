"""The configuration read for a command."""

from __future__ import annotations

import os
from pathlib import Path

from feedhub.config import Config, build, load
from feedhub.config.schema import File
from feedhub.config.source import Source


def read_config(path: Path) -> Config:
    """The configuration at `path`, with this process's environment; raises ConfigError."""
    return load(path, os.environ)


def config_if_any(path: Path) -> Config:
    """The configuration at `path`, or where there is no file the one that says nothing; raises ConfigError."""
    if path.exists():
        return read_config(path)
    return build.config(File(), Source(str(path), {}, {}, {}), frozenset())
