"""The tables made and kept up to date at every start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from feedhub.store import migrate as migrations
from feedhub.store.database import Store, StoreError
from feedhub.store.migrate import HEAD, current, migrate

_FILES = Path(migrations.__file__).parent / "migrations"


def test_the_migrations_make_the_tables_of_the_program(store: Store) -> None:
    """An empty database brought up to date has what `tables` says: columns, types, keys and indexes."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_comparison_sees_a_difference(store: Store) -> None:
    """What the test above relies on."""
    with store.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_entries_seen"))
        connection.execute(text("ALTER TABLE feeds DROP COLUMN message"))
        context = MigrationContext.configure(connection)
        found = {difference[0] for difference in compare_metadata(context, SQLModel.metadata)}
    assert found == {"add_column", "add_index"}


def test_unmatched_entries_are_indexed_as_they_are_asked_for(store: Store) -> None:
    """The comparison does not look at the conditions of partial indexes; SQLite compares them as text."""
    indexes = inspect(store.engine).get_indexes("entries")
    (options,) = (index["dialect_options"] for index in indexes if index["name"] == "ix_entries_pending")
    condition = "pending = 1" if store.is_sqlite else "pending"
    assert str(options[f"{store.engine.dialect.name}_where"]) == condition


def test_the_head_is_the_newest_file() -> None:
    """`HEAD` spares the import of Alembic at every start, and must not fall behind."""
    assert ScriptDirectory(str(_FILES)).get_heads() == [HEAD]


def test_migrating_again_changes_nothing(store: Store) -> None:
    """What is there stays."""
    with store.engine.begin() as connection:
        connection.execute(text("CREATE TABLE witness (id INTEGER)"))
    migrate(store.engine)
    with store.engine.connect() as connection:
        assert current(connection) == HEAD
        assert inspect(connection).has_table("witness")


def test_opening_again_finds_the_tables(database_url: str) -> None:
    """A second start is no first start."""
    for _ in range(2):
        Store.open(database_url).close()


def test_a_database_of_a_newer_feedhub_is_left_alone(database_url: str) -> None:
    """After a step back to an older version: one sentence, and nothing is changed."""
    store = Store.open(database_url)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match=r"a newer feedhub has changed its tables .*9999"):
        Store.open(database_url)


def test_a_migration_that_breaks_off_leaves_nothing_behind(database_url: str) -> None:
    """R51: all migrations are one transaction on both databases; the next start begins where this one did."""
    store = Store(database_url)
    if store.is_sqlite:
        Path(store.url.database or "").parent.mkdir()
    with store.engine.begin() as connection:
        connection.execute(text("CREATE TABLE sequence (id INTEGER)"))  # in the way of the last table
    with pytest.raises(StoreError, match=r"sequence.* already exists"):
        Store.open(database_url)
    assert inspect(store.engine).get_table_names() == ["sequence"]
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE sequence"))
    store.close()
    Store.open(database_url).close()


_OPEN = """
import sys, time
from feedhub.store.database import Store
from feedhub.store import migrate
import alembic.command
print("ready", flush=True)
sys.stdin.readline()
Store.open(sys.argv[1]).close()
"""


def test_r49_processes_that_open_a_new_database_at_once_all_succeed(database_url: str) -> None:
    """R49: `serve` and `poll` started together on a new machine: one makes the tables, the others wait."""
    command = [sys.executable, "-W", "error", "-c", _OPEN, database_url]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")


def test_outputs_with_stories_remember_the_last_number_they_gave(database_url: str) -> None:
    """A database from before has numbers; an output without any begins with the first."""
    store = Store(database_url)
    if store.is_sqlite:
        Path(store.url.database or "").parent.mkdir()
    with store.engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(_FILES))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        moment = "2026-11-22 12:00:00+00:00"
        for number in (1, 2):
            connection.execute(text(f"INSERT INTO outputs VALUES ({number}, 'o{number}', 'urn:{number}', '{moment}')"))
            dates = ", ".join([f"'{moment}'"] * 3)
            connection.execute(text(f"INSERT INTO stories VALUES ({number}, 'urn:{number}', {dates})"))
            connection.execute(text(f"INSERT INTO sequence VALUES (1, {number + 6}, {number})"))
    Store.open(database_url).close()
    with store.engine.connect() as connection:
        found = connection.execute(text("SELECT name, last_number FROM outputs ORDER BY name")).all()
        assert [tuple(row) for row in found] == [("o1", 8), ("o2", 0)]
    store.close()
