"""A copy of the database while it is in use: SQLite's online backup, which sees one state of it all."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from feedhub.store.database import Store, StoreError

_BUSY = 30.0  # seconds to wait for another process's lock


def back_up(store: Store, target: Path, *, force: bool) -> int:
    """Write a copy to `target`, checked and in one step; returns its size in bytes. Nobody who writes waits for it.

    `store` need not be open. `force` permits replacing a file, never the database itself, nor what is no file, such as
    a device. Raises StoreError, OSError;
    then nothing has changed.
    """
    source = _file_of(store, target)
    if target.exists() and not target.is_file():
        raise StoreError(f"{target} is no file; name one")
    if target.exists() and not force:
        raise StoreError(f"{target} is there already; name another file, or replace it with --force")
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            _copy(source, Path(file.name))
            os.fsync(file.fileno())
            size = os.stat(file.name).st_size
            os.replace(file.name, target)
        except sqlite3.Error as error:
            os.unlink(file.name)
            raise StoreError(f"no backup of {source}: {error}") from error
        except BaseException:
            os.unlink(file.name)
            raise
    sync_folder(target.parent)
    return size


def _file_of(store: Store, target: Path) -> Path:
    if not store.is_sqlite:
        address = URL.create("postgresql", store.url.username, None, store.url.host, store.url.port, store.url.database)
        dump = f"pg_dump --format=custom --file={target} {address.render_as_string()}"
        raise StoreError(f"the database is PostgreSQL's, which has its own way: {dump}")
    source = Path(store.url.database or "")
    if not source.is_file():
        raise StoreError(f"there is no database at {source} to back up")
    if target.exists() and target.samefile(source):
        raise StoreError(f"{target} is the database itself; name another file")
    return source


def _copy(source: Path, target: Path) -> None:
    """In one step: a backup in several would begin anew with each write of another process.

    The copy is no longer in WAL mode: it is one file. Raises sqlite3.Error, also for a copy that is damaged.
    """
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", timeout=_BUSY, uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        faults = [row[0] for row in copy.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
        faults += [f"a row of {row[0]} refers to nothing" for row in copy.execute("PRAGMA foreign_key_check")]
        if faults:
            raise sqlite3.DatabaseError(f"it is damaged ({' '.join(faults[0].split())})")


def sync_folder(folder: Path) -> None:
    """The new name is to survive a power failure as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
