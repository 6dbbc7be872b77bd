"""`prune`."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console

from feedhub.cli.reading import read_config
from feedhub.cli.show import console, plural
from feedhub.config.scalars import spell
from feedhub.hub import adopt, open_store
from feedhub.publish.pruning import prune
from feedhub.settings import Settings
from feedhub.store.database import Store
from feedhub.store.lock import hold
from feedhub.store.removal import removed_keys
from feedhub.store.retention import Pruned
from feedhub.store.space import free_space, vacuum


def run_prune(settings: Settings, *, removed: bool, dry_run: bool, smaller: bool) -> None:
    """Take away what is kept no longer, and say what that was. Raises Locked where another feedhub polls."""
    config = read_config(settings.config)
    screen = console()
    store = open_store(settings)
    now = datetime.now(UTC)
    try:
        with hold(store, now):
            with store.writing() as session:
                site = adopt(session, config, None, now)
                forgotten = removed_keys(session, now) if removed else []
                pruned = prune(session, site, now, removed=removed)
                if dry_run:
                    session.rollback()
            would = "would go" if dry_run else "went"
            if forgotten:
                screen.print(
                    f"not listed any more, {would} with all they brought: {', '.join(forgotten)}", markup=False
                )
            screen.print(f"kept for {spell(config.retention)}; {would}: {_told(pruned)}", markup=False)
            if not dry_run:
                _tell_space(store, screen, smaller=smaller)
    finally:
        store.close()


def _told(pruned: Pruned) -> str:
    return ", ".join(
        (
            plural(pruned.stories, "story"),
            f"{plural(pruned.entries, 'entry')} with {_size(pruned.text)} of text",
            plural(pruned.tombstones, "tombstone"),
            plural(pruned.feeds, "removed feed"),
            plural(pruned.polls, "poll note"),
        )
    )


def _tell_space(store: Store, screen: Console, *, smaller: bool) -> None:
    """How much of the file is free for what comes, or went back to the disk."""
    if not store.is_sqlite:
        return
    told = f"is {_size(vacuum(store))} smaller" if smaller else f"has {_size(free_space(store))} free for what comes"
    screen.print(f"the database {told}", markup=False)


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count / 1_000:.1f} kB"
