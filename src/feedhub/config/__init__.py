"""config/feeds.yaml read into frozen values, with every mistake named by file, line and column (R46).

The way: text -> :mod:`.source` (plain values with marks) -> :mod:`.variables` (``${NAME}``) -> :mod:`.schema` (shape
and scalars) -> :mod:`.checks` (what one key alone cannot tell) -> :mod:`.build` -> :mod:`.values`. On the side,
:mod:`.messages` words the mistakes.
"""

from feedhub.config.load import load
from feedhub.config.problems import ConfigError, Problem
from feedhub.config.values import (
    MOST_STORIES,
    Config,
    DedupConfig,
    DedupMode,
    FeedConfig,
    HostsConfig,
    Match,
    OutputConfig,
    SiteConfig,
)

__all__ = [
    "MOST_STORIES",
    "Config",
    "ConfigError",
    "DedupConfig",
    "DedupMode",
    "FeedConfig",
    "HostsConfig",
    "Match",
    "OutputConfig",
    "Problem",
    "SiteConfig",
    "load",
]
