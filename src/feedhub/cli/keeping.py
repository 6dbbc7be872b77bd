"""`backup`."""

from __future__ import annotations

from pathlib import Path

from feedhub.cli.show import console
from feedhub.settings import Settings
from feedhub.store.backup import back_up
from feedhub.store.database import Store, sqlite_url


def run_backup(settings: Settings, target: Path, *, force: bool) -> None:
    """Copy the database and say so; raises StoreError."""
    store = Store(settings.database or sqlite_url(settings.data))
    try:
        size = back_up(store, target, force=force)
    finally:
        store.close()
    console().print(f"{target}: {size / 1_000_000:.1f} MB, checked", markup=False)
