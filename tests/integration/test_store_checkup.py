"""A look at the database, on each kind: what the next start would do, and nothing done."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from feedhub.store.checkup import check_up
from feedhub.store.database import Store, StoreError
from feedhub.store.migrate import HEAD
from support import postgres


def test_a_database_without_tables_is_left_without(database_url: str) -> None:
    """The first start makes them."""
    found = check_up(database_url)
    assert (found.revision, found.last_poll) == (None, None)
    assert found.outlook == "no tables yet; the first start makes them"
    store = Store(database_url)
    if not store.is_sqlite:
        assert inspect(store.engine).get_table_names() == []
    store.close()


def test_a_database_at_work_is_up_to_date_and_unchanged(store: Store, database_url: str) -> None:
    """While another connection reads it."""
    before = inspect(store.engine).get_table_names()
    with store.reading():
        found = check_up(database_url)
    assert (found.revision, found.outlook) == (HEAD, "its tables are up to date")
    assert inspect(store.engine).get_table_names() == before


def test_tables_of_an_unknown_revision_are_a_newer_feedhubs(store: Store, database_url: str) -> None:
    """This one would not start on them."""
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="a newer feedhub has changed the tables"):
        check_up(database_url)


def test_a_server_that_gives_no_right_to_write_is_told(postgres_server: str) -> None:
    """By the server's own word, for a reader and for a server that only follows another."""
    with postgres.database(postgres_server) as url:
        store = Store.open(url)
        with store.engine.begin() as connection:
            connection.execute(text("CREATE ROLE reader LOGIN"))
        reader = store.url.set(username="reader").render_as_string(hide_password=False)
        with pytest.raises(StoreError, match=r"cannot be written: permission denied for schema public$"):
            check_up(reader)
        with store.engine.begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{store.url.database}" SET default_transaction_read_only = on'))
        with pytest.raises(StoreError, match=r"cannot be written: cannot execute CREATE TABLE in a read-only trans"):
            check_up(url)
        store.close()
        drop = Store(postgres_server)
        with drop.engine.begin() as connection:
            connection.execute(text("DROP ROLE reader"))
        drop.close()
