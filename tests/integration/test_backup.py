"""Backups: complete, checked, in one step, of a database that is being written to."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from feedhub.store.backup import back_up
from feedhub.store.database import Store, StoreError, sqlite_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def opened(folder: Path) -> Store:
    return Store.open(sqlite_url(folder))


def rows(path: Path, table: str) -> int:
    connection = sqlite3.connect(path)
    try:
        count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return count
    finally:
        connection.close()


def test_a_copy_made_between_the_writes_of_others_is_one_state_of_it_all(folder: Path, tmp_path: Path) -> None:
    """Two tables that always hold equally many rows do so in every copy, and the writer never waits long enough to
    fail."""
    store = opened(folder)
    database = folder / "feedhub.db"
    setup = sqlite3.connect(database)
    setup.executescript("CREATE TABLE a (x BLOB); CREATE TABLE b (x BLOB)")
    setup.close()
    ended = threading.Event()
    written = []

    def write() -> None:
        connection = sqlite3.connect(database, timeout=5)
        while not ended.is_set():
            with connection:
                connection.execute("INSERT INTO a VALUES (randomblob(20000))")
                connection.execute("INSERT INTO b VALUES (randomblob(20000))")
            written.append(1)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for number in range(5):
            while len(written) < 5 * (number + 1):
                ended.wait(0.01)
            target = tmp_path / f"{number}.db"
            assert back_up(store, target, force=False) == target.stat().st_size
            counts.append((rows(target, "a"), rows(target, "b")))
    finally:
        ended.set()
        writer.join()
        store.close()
    assert all(a == b for a, b in counts), counts
    assert counts == sorted(set(counts)), "each copy is of a later state"


def test_a_copy_is_one_file_for_its_owner_alone(folder: Path, tmp_path: Path) -> None:
    """No journal beside it, no other reader, nothing left of the way there."""
    store = opened(folder)
    back_up(store, tmp_path / "copy.db", force=False)
    store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data"]
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert rows(tmp_path / "copy.db", "alembic_version") == 1
    assert (tmp_path / "copy.db").read_bytes()[18:20] == b"\1\1", "no WAL: https://www.sqlite.org/fileformat2.html"


def test_a_file_is_replaced_only_by_force_and_the_database_never(folder: Path, tmp_path: Path) -> None:
    """What was there before stays whole."""
    store = opened(folder)
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(StoreError, match="is there already; name another file, or replace it with --force"):
        back_up(store, target, force=False)
    assert target.read_text() == "precious"
    back_up(store, target, force=True)
    assert target.read_bytes().startswith(b"SQLite format 3\0")
    linked = tmp_path / "linked.db"
    linked.symlink_to(folder / "feedhub.db")
    with pytest.raises(StoreError, match="is the database itself"):
        back_up(store, linked, force=True)
    store.close()


def test_a_damaged_database_gives_no_copy(folder: Path, tmp_path: Path) -> None:
    """The old copy stays, and one sentence says what is wrong."""
    opened(folder).close()
    database = folder / "feedhub.db"
    content = bytearray(database.read_bytes())
    content[4096 * 3 : 4096 * 5] = os.urandom(4096 * 2)
    database.write_bytes(content)
    for leftover in folder.glob("feedhub.db-*"):
        leftover.unlink()
    target = tmp_path / "copy.db"
    target.write_text("precious")
    store = Store(sqlite_url(folder))
    with pytest.raises(StoreError, match=r"no backup of .*feedhub\.db: \S.*") as caught:
        back_up(store, target, force=True)
    store.close()
    assert "\n" not in str(caught.value)
    assert target.read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data"]


def test_what_is_not_there_is_not_made(folder: Path, tmp_path: Path) -> None:
    """Neither a database to copy nor a folder to copy it to."""
    store = Store(sqlite_url(folder))
    with pytest.raises(StoreError, match=r"there is no database at .*/data/feedhub\.db to back up"):
        back_up(store, tmp_path / "copy.db", force=False)
    store.close()
    assert list(tmp_path.iterdir()) == []
    store = opened(folder)
    with pytest.raises(FileNotFoundError):
        back_up(store, tmp_path / "nowhere" / "copy.db", force=False)
    store.close()


def test_postgresql_is_told_its_own_way_without_its_password(tmp_path: Path) -> None:
    """A command to copy, which asks for the password itself."""
    store = Store("postgresql://ali:geheim@db.example/hub?sslpassword=geheim")
    with pytest.raises(StoreError) as caught:
        back_up(store, tmp_path / "f", force=False)
    store.close()
    assert f"pg_dump --format=custom --file={tmp_path}/f postgresql://ali@db.example/hub" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_what_is_no_file_is_never_replaced(folder: Path, tmp_path: Path) -> None:
    """A device or a pipe, not even by force: what else uses it would lose it."""
    opened(folder).close()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(StoreError, match=f"{pipe} is no file; name one"):
        back_up(Store(sqlite_url(folder)), pipe, force=True)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [folder, pipe]
