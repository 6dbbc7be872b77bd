"""The tables made and kept up to date at every start."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, text
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel, select

from feedhub.models import Cadence
from feedhub.store import feeds
from feedhub.store import migrate as migrations
from feedhub.store.database import Store, StoreError
from feedhub.store.migrate import HEAD, current, migrate
from feedhub.store.polls import record
from feedhub.store.tables import EntryRow, FeedRow, HubRow, OutputRow, StoryRow
from support.ledger import TWO_FEEDS, Ledger
from support.polls import NOON, QUARTER, a_poll, at

_VALUES = {"id": 1, "key": "tigris", "revision": 7, "failures": 0, "unreachable": False, "renamed": False}
_MINUTES = {"one": "00", "two": "30", "edited": "45"}
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


def test_some_entries_are_indexed_as_they_are_asked_for(store: Store) -> None:
    """The comparison does not look at the conditions of partial indexes; SQLite compares them as text."""
    where = f"{store.engine.dialect.name}_where"
    indexes = inspect(store.engine).get_indexes("entries")
    conditions = {index["name"]: str(index.get("dialect_options", {}).get(where, "")) for index in indexes}
    assert conditions["ix_entries_pending"] == ("pending = 1" if store.is_sqlite else "pending")
    for part in ("linked_id", "own_id"):
        assert conditions[f"ix_entries_{part}"].strip("()") == f"{part} IS NOT NULL"


def test_the_head_is_the_newest_file() -> None:
    """`HEAD` spares the import of Alembic at every start, and must not fall behind."""
    assert ScriptDirectory(str(_FILES)).get_heads() == [HEAD]


def test_hosts_and_moves_come_to_a_database_with_feeds_in_it(database_url: str) -> None:
    """A database of the first schema keeps its rows; nothing is known of moves, and no process is thought to poll."""
    store = Store(database_url)
    if store.is_sqlite:
        Path(store.url.database or "").parent.mkdir()
    config = Config()
    config.set_main_option("script_location", str(_FILES))
    now = "2026-11-22 12:00:00.000000" if store.is_sqlite else "2026-11-22 12:00:00+00"
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table in ("feeds", "hub"):
            columns = [column for column in inspect(connection).get_columns(table) if not column["nullable"]]
            names = [column["name"] for column in columns if (table, column["name"]) != ("feeds", "id")]
            values = {name: _VALUES.get(name, now if name.endswith("_at") else "") for name in names}
            inserted = f"INSERT INTO {table} ({', '.join(names)}) VALUES (:{', :'.join(names)})"
            connection.execute(text(inserted), values)
    store.close()
    opened = Store.open(database_url)
    with opened.reading() as session:
        (feed,) = session.exec(select(FeedRow)).all()
        (hub,) = session.exec(select(HubRow)).all()
        assert (feed.key, feed.document_url, feed.permanent_polls, feed.adopted_at) == ("tigris", None, None, None)
        assert (hub.revision, hub.polling_since) == (7, None)
    opened.close()


def test_matching_by_text_comes_to_a_hub_that_has_stories(database_url: str) -> None:
    """What was matched before keeps its story, rule and evidence; scores and homes are unknown, not wrong."""
    fill(
        database_url,
        "0001",
        "INSERT INTO feeds (id, key, url, created_at, title, link, format, state, message, failures, identity,"
        " identity_reason, next_reason) VALUES (1, 'tigris', 'u', :now, '', '', '', 'ok', '', 0, '', '', '')",
        "INSERT INTO stories (id, urn, published, updated, touched) VALUES (1, 'urn:uuid:1', :now, :now, :now)",
        "INSERT INTO entries (id, feed_id, key, guid, link, title, summary, content, author, categories, direction,"
        " enclosures, digest, published, first_seen, pending, story_id, rule, evidence) VALUES (1, 1, 'k', '', '',"
        " 't', '', '', '', '[]', 'ltr', '[]', 'd', :now, :now, NOT :true, 1, 'address', 'https://tigris.example/1')",
    )
    opened = Store.open(database_url)
    try:
        with opened.reading() as session:
            entry, story = session.get_one(EntryRow, 1), session.get_one(StoryRow, 1)
            assert (entry.story_id, entry.rule, entry.evidence) == (1, "address", "https://tigris.example/1")
            assert (entry.score, entry.version, entry.home_id, story.merged_into) == (None, None, None, None)
    finally:
        opened.close()


def test_r9_a_hub_of_the_version_before_gets_outputs_that_merge_less(database_url: str, tmp_path: Path) -> None:
    """0009: its story keeps id, number and dates in them; the second entry of it enters with the date it came with."""
    store = _at_revision(database_url, "0007")
    zone = "" if store.is_sqlite else "+00"
    old = {name: f"2026-11-22 11:{minute}:00{zone}" for name, minute in _MINUTES.items()}
    with store.engine.begin() as connection:
        for number, name in ((1, "tigris"), (2, "zagros")):
            connection.execute(
                text(
                    "INSERT INTO feeds (id, key, url, created_at, title, link, format, state, message, failures,"
                    f" identity, identity_reason, next_reason) VALUES ({number}, '{name}',"
                    f" 'https://{name}.example/rss', :one, '', '', '', 'ok', '', 0, '', '', '')"
                ),
                old,
            )
        for statement in (
            "INSERT INTO stories (id, urn, published, updated, touched) VALUES (90, 'urn:uuid:1', :one, :edited, :two)",
            "INSERT INTO outputs (id, name, urn, created_at, last_number) VALUES (90, 'each', 'urn:uuid:2', :one, 7)",
            "INSERT INTO sequence (output_id, number, story_id) VALUES (90, 7, 90)",
            *(
                "INSERT INTO entries (id, feed_id, key, guid, canonical_url, link, title, summary, content, author,"
                " categories, direction, enclosures, digest, published, first_seen, pending, story_id, rule, evidence)"
                f" VALUES ({number}, {number}, 'k', '', 'tigris.example/1', '', 't', '', '', '', '[]', 'ltr', '[]',"
                f" 'd', :{moment}, :{moment}, '0', 90, '{rule}', '')"
                for number, moment, rule in ((1, "one", "founded"), (2, "two", "address"))
            ),
        ):
            connection.execute(text(statement), old)
    store.close()
    opened = Store.open(database_url)
    outputs = "outputs: [{id: each, dedup: off}, {id: linked, dedup: link}]\n"
    ledger = Ledger(opened, tmp_path, TWO_FEEDS + outputs)
    assert [(story.published, story.updated) for story in ledger.stories("each")] == [
        (at(-30), at(-30)), (at(-60), at(-15)),
    ]  # fmt: skip
    numbers = ledger.sequence("each")
    assert (numbers[0], len(numbers), numbers[1][0]) == ((7, "urn:uuid:1"), 2, 8)
    assert [len(story.carriers) for story in ledger.stories("linked")] == [2]
    opened.close()


def test_retention_comes_to_a_hub_that_has_entries_and_outputs(database_url: str) -> None:
    """What was withheld becomes a tombstone without text; other entries keep theirs, outputs their last number."""
    fill(
        database_url,
        "0007",
        "INSERT INTO feeds (id, key, url, created_at, title, link, format, state, message, failures, identity,"
        " identity_reason, next_reason) VALUES (1, 'tigris', 'u', :now, '', '', '', 'ok', '', 0, '', '', '')",
        "INSERT INTO outputs (id, name, urn, created_at, last_number) VALUES (1, 'all', 'urn:uuid:2', :now, 7)",
        *(
            "INSERT INTO entries (id, feed_id, key, guid, link, title, summary, content, author, categories,"
            " direction, enclosures, digest, published, first_seen, pending, rule, evidence) VALUES"
            f" ({number}, 1, 'k{number}', 'g', 'l', 't', 's', 'c', 'a', '[\"x\"]', 'ltr', '[]', 'd', :now, :now,"
            f" NOT :true, '{rule}', '')"
            for number, rule in enumerate(("founded", "withheld"), start=1)
        ),
    )
    opened = Store.open(database_url)
    try:
        with opened.reading() as session:
            kept, withheld = session.get_one(EntryRow, 1), session.get_one(EntryRow, 2)
            assert (kept.content, kept.last_listed) == ("c", None)
            assert (withheld.content, withheld.categories, withheld.title, withheld.last_listed) == ("", [], "t", 0)
            feed, output = session.get_one(FeedRow, 1), session.get_one(OutputRow, 1)
            assert (feed.document_days, feed.removed_at) == (0, None)
            assert (output.last_number, output.expired_number, output.expired_at) == (7, 0, None)
    finally:
        opened.close()


def fill(database_url: str, revision: str, *statements: str) -> None:
    """Make a database of an older revision with these rows; `:now` and `:true` are what each kind calls them."""
    store = Store(database_url)
    if store.is_sqlite:
        Path(store.url.database or "").parent.mkdir()
    with store.engine.begin() as connection:
        upgrade(connection, revision)
        for statement in statements:
            connection.execute(text(statement), {"now": "2026-11-22 12:00:00", "true": True})
    store.close()


def upgrade(connection: Connection, revision: str) -> None:
    """Bring an empty database to an older revision."""
    config = Config()
    config.set_main_option("script_location", str(_FILES))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


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


def test_r27_feeds_of_a_database_without_a_cadence_begin_to_learn(database_url: str) -> None:
    """0002: what was remembered of a feed stays, and its rhythm, hints and window are unknown."""
    store = _at_revision(database_url, "0001")
    values = {"key": "tigris", "url": "https://tigris.example/rss", "at": "2026-11-22 12:00:00.000000+00:00"}
    with store.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO feeds (key, url, created_at, title, link, format, state, message, failures, identity,"
                " identity_reason, next_reason, interval_seconds)"
                " VALUES (:key, :url, :at, '', '', 'rss20', 'ok', '', 0, '', '', '', 900)"
            ),
            values,
        )
    migrate(store.engine)
    with store.reading() as session:
        (number,) = session.exec(select(FeedRow.id)).all()
        (memory,) = feeds.due(session, [number or 0], NOON)
    assert (memory.key, memory.format, memory.interval, memory.cadence) == ("tigris", "rss20", QUARTER, Cadence())
    store.close()


def _at_revision(database_url: str, revision: str) -> Store:
    """A store as an older feedhub left it."""
    store = Store(database_url)
    if store.is_sqlite:
        Path(store.url.database or "").parent.mkdir()
    config = Config()
    config.set_main_option("script_location", str(_FILES))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return store


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


def test_the_migration_to_subscriptions_keeps_what_is_there(database_url: str) -> None:
    """Feeds of the version before stay as they are, and offer nothing until their next poll."""
    store = Store(database_url)
    if store.is_sqlite:
        Path(store.url.database or "").parent.mkdir()
    with store.engine.begin() as connection:
        _upgrade_to(connection, "0001")
        _insert_feed(connection)
    store.close()
    store = Store.open(database_url)
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT key, failures, offer FROM feeds")).all() == [("tigris", 3, None)]
        assert connection.execute(text("SELECT count(*) FROM subscriptions")).scalar() == 0
    store.close()


def test_outputs_with_stories_remember_the_last_number_they_gave(database_url: str) -> None:
    """A database from before has numbers; an output without any begins with the first."""
    store = Store(database_url)
    if store.is_sqlite:
        Path(store.url.database or "").parent.mkdir()
    with store.engine.begin() as connection:
        _upgrade_to(connection, "0001")
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


def test_feeds_from_before_begin_to_be_counted(database_url: str) -> None:
    """0011: what was known of them stays; the counters begin at nothing, and the next poll counts."""
    store = _at_revision(database_url, "0010")
    with store.engine.begin() as connection:
        _insert_feed(connection)
    store.close()
    store = Store.open(database_url)
    try:
        with store.writing() as session:
            record(session, a_poll(1))
        with store.reading() as session:
            row = session.get_one(FeedRow, 1)
            assert (row.key, row.polls, row.failed, row.unchanged, row.arrivals) == ("tigris", 1, 0, 1, 0)
            assert (row.unchanged_share, row.response_ms, row.trouble) == (1, 80, None)
    finally:
        store.close()


def _upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FILES))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _insert_feed(connection: Connection) -> None:
    feeds = Table("feeds", MetaData(), autoload_with=connection)
    required = {column.name: _filler(column.type) for column in feeds.columns if not column.nullable}
    connection.execute(feeds.insert().values(required | {"id": 1, "key": "tigris", "failures": 3}))


def _filler(kind: TypeEngine[Any]) -> object:
    """Some value for a column that must have one."""
    return {int: 0, datetime: datetime(2026, 11, 22, tzinfo=UTC)}.get(kind.python_type, "")
