"""Where the tables live: SQLite without any set-up, or PostgreSQL. Reads run in threads, writes through one writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

P = ParamSpec("P")
T = TypeVar("T")

_READERS = 4
_BUSY_TIMEOUT = 30_000  # ms a writer waits for another process's transaction


class StoreError(Exception):
    """The database cannot be used; the message is one sentence for the operator, without the password."""


class Store:
    """The database, opened and migrated.

    `await store.read(query, ...)` and `await store.write(change, ...)` call ``query(session, ...)`` in one transaction;
    :meth:`reading` and :meth:`writing` are the same for code without an event loop.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
        except ArgumentError:
            raise StoreError(
                "FEEDHUB_DATABASE_URL is not a database address such as postgresql://user@host/name"
            ) from None
        if self.url.drivername in ("postgresql", "postgres"):
            self.url = self.url.set(drivername="postgresql+psycopg")
        if self.is_sqlite:
            self._reader, self._writer = _sqlite(self.url, "DEFERRED"), _sqlite(self.url, "IMMEDIATE")
        elif self.url.drivername == "postgresql+psycopg":
            self._writer = self._reader = create_engine(self.url, pool_pre_ping=True, pool_size=_READERS + 1)
        else:
            raise StoreError(f"{self.url.drivername} is no database feedhub knows; use sqlite or postgresql")
        self._reads = ThreadPoolExecutor(_READERS, thread_name_prefix="store-read")
        self._writes = ThreadPoolExecutor(1, thread_name_prefix="store-write")

    @classmethod
    def open(cls, url: str) -> Store:
        """Open the database at `url` and bring its tables up to date; raises StoreError where that is impossible."""
        from feedhub.store.migrate import migrate

        store = cls(url)
        try:
            if store.is_sqlite and store.url.database:
                Path(store.url.database).parent.mkdir(parents=True, exist_ok=True)
            migrate(store._writer)
        except (DBAPIError, OSError) as error:
            store.close()
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise StoreError(f"the database {store.name} cannot be opened: {reason}") from error
        return store

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """The address without its password."""
        return self.url.render_as_string(hide_password=True)

    @property
    def engine(self) -> Engine:
        """The writing engine, for locks and migrations."""
        return self._writer

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self._reader) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self._writer) as session, session.begin():
            yield session

    async def read(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def run() -> T:
            with self.reading() as session:
                return query(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._reads, run)

    async def write(self, change: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def run() -> T:
            with self.writing() as session:
                return change(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._writes, run)

    def close(self) -> None:
        self._reads.shutdown()
        self._writes.shutdown()
        self._reader.dispose()
        self._writer.dispose()


def sqlite_url(folder: Path) -> str:
    """The address of the database in a data folder."""
    return f"sqlite:///{folder / 'feedhub.db'}"


def _sqlite(url: Any, begin: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", partial(_begin, begin))
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={_BUSY_TIMEOUT}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(kind: str, connection: Any) -> None:
    connection.exec_driver_sql(f"BEGIN {kind}")
