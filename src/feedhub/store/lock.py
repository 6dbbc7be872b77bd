"""One feedhub polls at a time: who comes second is told who holds the lock, and since when."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from feedhub.store.database import Store

_KEY = 0x66656564706F6C6C  # PostgreSQL advisory lock of the polling process


class Locked(Exception):
    """Another feedhub polls this database; the message says which."""


@contextmanager
def hold(store: Store, now: datetime) -> Iterator[None]:
    """Hold the lock, which dies with the process that holds it. Raises Locked where another holds it."""
    with _hold_file(store, now) if store.is_sqlite else _hold_advisory(store):
        yield


@contextmanager
def _hold_file(store: Store, now: datetime) -> Iterator[None]:
    path = Path(f"{store.url.database}.lock")
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise Locked(f"another feedhub polls {store.name}: {file.read().strip()}") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S} UTC\n")
        file.flush()
        yield


@contextmanager
def _hold_advisory(store: Store) -> Iterator[None]:
    with store.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar():
            holder = connection.execute(text(_HOLDER), {"high": _KEY >> 32, "low": _KEY & 0xFFFFFFFF}).first()
            who = f"{holder.host}, since {holder.since:%Y-%m-%d %H:%M:%S} UTC" if holder else "it has just ended"
            raise Locked(f"another feedhub polls {store.name}: {who}")
        yield


_HOLDER = """
SELECT coalesce(host(client_addr), 'this host') || ', database process ' || activity.pid AS host,
       backend_start AT TIME ZONE 'UTC' AS since
FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
WHERE locktype = 'advisory' AND granted AND classid::bigint = :high AND objid::bigint = :low
"""
