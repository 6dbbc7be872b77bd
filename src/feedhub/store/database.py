"""Where the tables live: SQLite without any set-up, or PostgreSQL. Reads run in threads, writes through one writer."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Engine, Table, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlmodel import Session

P = ParamSpec("P")
T = TypeVar("T")

SQLITE_FILE = "feedhub.db"  # in the data folder
_READERS = 4
_PARAMETERS = 500  # in one IN list
_DRIVERS = {"sqlite": "sqlite"} | dict.fromkeys(("postgresql", "postgres", "postgresql+psycopg"), "postgresql+psycopg")
_WRITERS_CACHE = 65_536  # KiB of pages that SQLite's writer keeps: about a day's keys of a large hub
_CHECKPOINT = 10_000  # pages between two checkpoints: keys are written all over a day's part, and often to a page twice
_BUSY_TIMEOUT = 30_000  # ms a writer waits for another process's transaction
_WRITING = 0x6665656477726974  # PostgreSQL advisory lock: one writer at a time, as SQLite has it


class StoreError(Exception):
    """The database cannot be used; the message is one sentence for the operator, without the password."""


class Store:
    """The database, opened and migrated.

    `await store.read(query, ...)` and `await store.write(change, ...)` call ``query(session, ...)`` in one transaction;
    :meth:`reading` and :meth:`writing` are the same for code without an event loop. On both databases a reader sees one
    state of it all, whoever writes meanwhile, and writers, of any process, take turns.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
        except (ArgumentError, ValueError):
            raise StoreError(
                "FEEDHUB_DATABASE_URL is not a database address such as postgresql://user@host/name"
            ) from None
        driver = _DRIVERS.get(self.url.drivername)
        if driver is None:
            raise StoreError(f"{self.url.drivername} is no database feedhub knows; use sqlite or postgresql")
        self.url = self.url.set(drivername=driver)
        if self.is_sqlite:
            if self.url.database in (None, "", ":memory:"):
                raise StoreError("a database in memory is gone with its connection; name a file: sqlite:///feedhub.db")
            self._reader = _sqlite(self.url, "DEFERRED", "query_only=ON")
            pages = (f"cache_size=-{_WRITERS_CACHE}", f"wal_autocheckpoint={_CHECKPOINT}")
            self._writer = _sqlite(self.url, "IMMEDIATE", *pages)
        else:
            as_utf8 = {"client_encoding": "utf8"}  # else the encoding of the server, which need not be UTF8
            self._writer = create_engine(self.url, connect_args=as_utf8, pool_pre_ping=True, pool_size=_READERS + 1)
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
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
        except (StoreError, DBAPIError, OSError) as error:
            store.close()
            raise StoreError(f"the database {store.name} cannot be opened: {_reason(error)}") from error
        return store

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """The address without its password, and without options, which may hold one too."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    @property
    def engine(self) -> Engine:
        """The writing engine, for locks and migrations."""
        return self._writer

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.explained(), Session(self._reader) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.explained(), Session(self._writer) as session, session.begin():
            if not self.is_sqlite:
                session.execute(select(func.pg_advisory_xact_lock(_WRITING)))
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

    @contextmanager
    def explained(self) -> Iterator[None]:
        """A full disk, a damaged file or a server that is gone becomes a StoreError, without the statement.

        DatabaseError's other subclasses, such as IntegrityError, are bugs and stay what they are.
        """
        try:
            yield
        except DatabaseError as error:
            if type(error) not in (DatabaseError, OperationalError):
                raise
            raise StoreError(f"the database {self.name} fails: {_reason(error)}") from error

    def close(self) -> None:
        self._reads.shutdown()
        self._writes.shutdown()
        self._reader.dispose()
        self._writer.dispose()


def sqlite_url(folder: Path) -> str:
    """The address of the database in a data folder."""
    return URL.create("sqlite", database=str(folder / SQLITE_FILE)).render_as_string()


def hashed(text: str) -> int:
    """A 64-bit key for an index, signed as both databases store it."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in pieces that fit an IN list in every database."""
    rest = iter(values)
    while chunk := list(islice(rest, _PARAMETERS)):
        yield chunk


def store_rows(session: Session, table: Table, rows: Sequence[tuple[int | str, ...]]) -> None:
    """Insert many small rows, each with all columns of the table in their order, as the driver takes them.

    For numbers and text only: SQLAlchemy, which knows the other types, takes longer for such a row than the database.
    """
    connection = session.connection()
    place = "?" if connection.dialect.name == "sqlite" else "%s"
    names, places = ", ".join(table.columns.keys()), ", ".join([place] * len(table.columns))
    insert = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 - names of the schema and placeholders
    connection.exec_driver_sql(insert, list(rows))


def _reason(error: Exception) -> str:
    """The driver's own words, on one line."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def _sqlite(url: URL, begin: str, *pragmas: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", partial(_prepare, pragmas))
    event.listen(engine, "begin", partial(_begin, begin))
    return engine


def _prepare(pragmas: Iterable[str], connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT}")
    _use_wal(connection)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", *pragmas):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: Any) -> None:
    """Readers and a writer side by side. The file remembers it; while another process sets it, SQLite does not wait."""
    deadline = time.monotonic() + _BUSY_TIMEOUT / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(kind: str, connection: Any) -> None:
    connection.exec_driver_sql(f"BEGIN {kind}")
