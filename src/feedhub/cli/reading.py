"""The configuration read for a command."""

from __future__ import annotations

import os
from pathlib import Path

from feedhub.config import Config, load


def read_config(path: Path) -> Config:
    """The configuration at `path`, with this process's environment; raises ConfigError."""
    return load(path, os.environ)
