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
    me = f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S} UTC"
    with _hold_file(store, me) if store.is_sqlite else _hold_advisory(store, me):
        yield


@contextmanager
def _hold_file(store: Store, me: str) -> Iterator[None]:
    path = Path(f"{store.url.database}.lock")
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise Locked(f"another feedhub polls {store.name}: {file.read().strip()}") from None
        file.truncate(0)
        file.write(f"{me}\n")
        file.flush()
        yield


@contextmanager
def _hold_advisory(store: Store, me: str) -> Iterator[None]:
    """The holder's name stands in its connection's `application_name`, which holds 63 bytes and all may read."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # not back to the pool, where it would go on holding
        connection.execute(text("SELECT set_config('application_name', :me, false)"), {"me": f"feedhub {me}"})
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar():
            holder = connection.execute(text(_HOLDER), {"high": _KEY >> 32, "low": _KEY & 0xFFFFFFFF}).scalar()
            raise Locked(f"another feedhub polls {store.name}: {holder or 'it has just ended'}")
        yield


_HOLDER = """
SELECT substr(application_name, 9) || coalesce(', from ' || host(client_addr), '')
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND classid::bigint = :high AND objid::bigint = :low
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
