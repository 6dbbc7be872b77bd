"""What a shell is told for the TAB key."""

from __future__ import annotations

from pathlib import Path

import typer

CONFIG = Path("config/feeds.yaml")


def feed_ids(context: typer.Context, incomplete: str) -> list[str]:
    """The ids of the listed feeds that begin so; none while feeds.yaml has mistakes."""
    from feedhub.cli.reading import read_config
    from feedhub.config import ConfigError

    try:
        config = read_config(Path(context.params.get("config") or CONFIG))
    except ConfigError:
        return []
    return [feed.id for feed in config.feeds if feed.id.startswith(incomplete)]
