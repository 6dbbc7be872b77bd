"""Room within SQLite's file: deleted rows leave pages for what comes; `vacuum` gives them back to the disk."""

from __future__ import annotations

from sqlalchemy import Connection, text

from feedhub.store.database import Store


def free_space(store: Store) -> int:
    """Bytes that are free within the file; 0 for PostgreSQL, whose autovacuum sees to it."""
    if not store.is_sqlite:
        return 0
    with store.explained(), store.engine.connect() as connection:
        return _pragma(connection, "freelist_count") * _pragma(connection, "page_size")


def vacuum(store: Store) -> int:
    """Write the file anew without what is free in it; returns how many bytes smaller it is. Writers wait meanwhile.

    It needs as much room again on the disk. PostgreSQL is left to itself.
    """
    freed = free_space(store)
    if freed:
        with store.explained(), store.engine.connect() as connection:
            plain = connection.connection.driver_connection  # SQLAlchemy begins a transaction, which VACUUM refuses
            if plain is not None:
                plain.execute("VACUUM")
                plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return freed


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
