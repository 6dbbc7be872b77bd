"""A look at the database without changing it: can it be reached and written, and what will the next start do to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from feedhub.store.database import Store, StoreError
from feedhub.store.migrate import HEAD, current
from feedhub.store.overrides import Groups, unknown
from feedhub.store.tables import FeedRow

_REVISIONS = Path(__file__).parent / "migrations" / "versions"


@dataclass(frozen=True, slots=True)
class Checkup:
    """`revision` is what the tables are at, None where there are none yet; `last_poll` is the latest of any feed.

    `unknown` are the names in `merge` and `never_merge` that stand for nothing here.
    """

    name: str
    revision: str | None
    last_poll: datetime | None = None
    unknown: tuple[str, ...] = ()

    @property
    def outlook(self) -> str:
        """What the next start will do about the tables."""
        if self.revision is None:
            return "no tables yet; the first start makes them"
        return "its tables are up to date" if self.revision == HEAD else "the next start brings its tables up to date"


def check_up(url: str, groups: Groups = ()) -> Checkup:
    """Reach the database at `url` and try to write, taking it back. Raises StoreError with what is wrong.

    `groups` are those of `merge` and `never_merge`.

    An SQLite file that is not there yet is not made.
    """
    store = Store(url)
    try:
        if store.is_sqlite and not Path(store.url.database or "").exists():
            return Checkup(store.name, None)
        with store.explained(), _taken_back(store) as connection:
            _try_to_write(connection, store)
            revision = current(connection)
            if revision is not None and revision not in _known():
                raise StoreError(f"a newer feedhub has changed the tables of {store.name} (to {revision}); use that")
            if revision != HEAD:
                return Checkup(store.name, revision)
            return Checkup(store.name, revision, _last_poll(connection), tuple(unknown(Session(connection), groups)))
    finally:
        store.close()


def _try_to_write(connection: Connection, store: Store) -> None:
    """A table, as migrations make. What a missing right is called differs from server to server."""
    try:
        connection.execute(text("CREATE TABLE feedhub_checkup (tried INTEGER)"))
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise StoreError(f"the database {store.name} cannot be written: {reason}") from error


@contextmanager
def _taken_back(store: Store) -> Iterator[Connection]:
    with store.engine.connect() as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


def _known() -> frozenset[str]:
    return frozenset(path.name.partition("_")[0] for path in _REVISIONS.glob("*.py"))


def _last_poll(connection: Connection) -> datetime | None:
    moment = connection.execute(select(func.max(FeedRow.last_poll_at))).scalar()
    return moment.astimezone(UTC) if moment else None
