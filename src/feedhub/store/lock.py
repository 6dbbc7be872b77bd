"""One feedhub polls at a time: who comes second is told who holds the lock, and since when."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from feedhub.store.database import Store

_KEY = 0x66656564706F6C6C  # PostgreSQL advisory lock of the polling process


class Locked(Exception):
    """Another feedhub polls this database; the message says which."""


Keep = Callable[[], None]
"""Makes sure, before each pass, that the lock is held still. Raises Locked or StoreError where it is not."""


@contextmanager
def hold(store: Store, now: datetime) -> Iterator[Keep]:
    """Hold the lock, which dies with the process that holds it. Raises Locked where another holds it."""
    me = f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S} UTC"
    with _hold_file(store, me) if store.is_sqlite else _hold_advisory(store, me) as keep:
        yield keep


def held_for_good() -> None:
    """The `Keep` of a lock that cannot be lost."""


@contextmanager
def _hold_file(store: Store, me: str) -> Iterator[Keep]:
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
        yield held_for_good


@contextmanager
def _hold_advisory(store: Store, me: str) -> Iterator[Keep]:
    lock = _AdvisoryLock(store, me)
    try:
        lock.keep()
        yield lock.keep
    finally:
        lock.release()


class _AdvisoryLock:
    """PostgreSQL's, held by a connection: lost with it, when the server restarts or the network fails.

    The holder's name stands in the connection's `application_name`, which holds 63 bytes and all may read.
    """

    def __init__(self, store: Store, me: str) -> None:
        self._store, self._me = store, me
        self._connection: Connection | None = None

    def keep(self) -> None:
        if not self._is_held():
            with self._store.explained():
                self._take()

    def release(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _is_held(self) -> bool:
        try:
            return bool(self._connection and self._connection.execute(text("SELECT true")).scalar())
        except DBAPIError:
            self.release()
            return False

    def _take(self) -> None:
        with ExitStack() as undo:
            connection = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            undo.callback(connection.close)
            connection.detach()  # not back to the pool, where it would go on holding
            connection.execute(text("SELECT set_config('application_name', :me, false)"), {"me": f"feedhub {self._me}"})
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar():
                holder = connection.execute(text(_HOLDER), {"high": _KEY >> 32, "low": _KEY & 0xFFFFFFFF}).scalar()
                raise Locked(f"another feedhub polls {self._store.name}: {holder or 'it has just ended'}")
            self._connection = connection
            undo.pop_all()


_HOLDER = """
SELECT substr(application_name, 9) || coalesce(', from ' || host(client_addr), '')
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND classid::bigint = :high AND objid::bigint = :low
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
