"""Both databases behave alike: snapshots, turns of writers, times, texts, and faults told in one sentence."""

from __future__ import annotations

import asyncio
import os
import pwd
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from feedhub.hub import adopt
from feedhub.store import hub
from feedhub.store.database import Store, StoreError, sqlite_url
from support import postgres
from support.internet import closed_port
from support.ledger import Ledger, a_config
from support.polls import NOON, an_entry, at, news_poll


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A folder that may not be written to; root, who may all, becomes nobody for as long as this lasts."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        if root:
            os.seteuid(pwd.getpwnam("nobody").pw_uid)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder, 0o755)


def opening(url: str) -> str:
    """The sentence with which a database is refused."""
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- transactions -----------------------------------------------------------------------------------------------------


def test_r50_reading_does_not_wait_for_a_write_that_is_open(store: Store, tmp_path: Path) -> None:
    """R50: no reader sees "database is locked", and none sees half of a change."""
    ledger = Ledger(store, tmp_path)
    revision = ledger.revision()
    with store.writing() as session:
        hub.bump(session)
        session.flush()
        with ThreadPoolExecutor(4) as pool:
            assert {future.result(timeout=5) for future in [pool.submit(ledger.revision) for _ in range(8)]} == {
                revision
            }
    assert ledger.revision() == revision + 1


def test_a_reader_sees_one_state_of_it_all(store: Store, tmp_path: Path) -> None:
    """R39: a document is made of one state, whatever is written while it is made."""
    ledger = Ledger(store, tmp_path)
    with store.reading() as session:
        before = hub.revision(session)
        with store.writing() as other:
            hub.bump(other)
        assert hub.revision(session) == before
    assert ledger.revision() == before + 1


def test_r49_writers_take_turns(store: Store, tmp_path: Path) -> None:
    """R49: a second process (here another connection) begins to write when the first has ended, not in between."""
    Ledger(store, tmp_path)
    first_is_in, second_is_in = threading.Event(), threading.Event()

    def second() -> None:
        first_is_in.wait()
        with store.writing() as session:
            hub.revision(session)
            second_is_in.set()

    with ThreadPoolExecutor(1) as pool:
        with store.writing() as session:
            hub.revision(session)
            future = pool.submit(second)
            first_is_in.set()
            assert not second_is_in.wait(0.3)
        future.result(timeout=10)
    assert second_is_in.is_set()


def test_r49_two_first_starts_at_once_give_each_feed_one_row(store: Store, tmp_path: Path) -> None:
    """R49: `serve --no-poll` and `serve --no-web` started together on an empty database adopt the same feeds."""
    config = a_config(tmp_path)
    together = threading.Barrier(4)

    def start() -> None:
        together.wait()
        with store.writing() as session:
            adopt(session, config, None, NOON)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(start) for _ in range(4)]:
            future.result(timeout=30)
    assert len(Ledger(store, tmp_path).feeds()) == 2


def test_a_read_cannot_write(store: Store, tmp_path: Path) -> None:
    """All writes go through the one writer: a reader that turns into one is how databases come to be locked."""
    ledger = Ledger(store, tmp_path)
    revision = ledger.revision()
    with pytest.raises((DBAPIError, StoreError), match=r"read-?only"), store.reading() as session:
        hub.bump(session)
    assert ledger.revision() == revision


@pytest.mark.anyio
async def test_reads_and_writes_run_beside_the_event_loop(store: Store, tmp_path: Path) -> None:
    """The loop turns while a query runs, and what a change raises comes out of `await`."""
    ledger = Ledger(store, tmp_path)
    started, finish = threading.Event(), threading.Event()

    def slow(session: Session) -> int:
        started.set()
        finish.wait(10)
        return hub.revision(session)

    def fails(_session: Session) -> None:
        raise KeyError

    reading = asyncio.create_task(store.read(slow))
    assert await asyncio.to_thread(started.wait, 10)
    await store.write(hub.redescribe, at(5))
    finish.set()
    assert await reading in (ledger.revision(), ledger.revision() - 1)
    with pytest.raises(KeyError):
        await store.write(fails)


def test_nothing_stays_open_between_transactions(store: Store, tmp_path: Path) -> None:
    """Each connection goes back to the pool, after a failure too."""
    out: list[int] = []
    event.listen(store.engine, "checkout", lambda *_: out.append(1))
    event.listen(store.engine, "checkin", lambda *_: out.append(-1))
    ledger = Ledger(store, tmp_path)
    with pytest.raises(KeyError), store.writing() as session:
        hub.bump(session)
        raise KeyError
    ledger.revision()
    assert len(out) > 2
    assert sum(out) == 0


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 11, 22, 15, 30, 0, 123456, timezone(timedelta(hours=3))),
        datetime(2026, 7, 1, 0, 0, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999999, UTC),
    ],
)
def test_times_come_back_aware_in_utc_to_the_microsecond(store: Store, tmp_path: Path, time: datetime) -> None:
    """Whatever zone they were in, and whatever zone the server is in."""
    ledger = Ledger(store, tmp_path)
    ledger.record(news_poll(ledger.number("tigris"), an_entry(published=time)))
    (row,) = ledger.entries()
    assert row.declared == time
    assert row.declared is not None
    assert row.declared.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "𐎀𐎁 🌊 \U0010fffd",
        "كوردستان\u200cی \u202b",
        "".join(map(chr, range(1, 32))),
        "\ue000\ufffe\uffff",
        "e\u0301 é",
        "' \" \\ % :x ? %s {}",
    ],
    ids=["four bytes", "joiners and marks", "controls", "private and none", "two forms", "quotes"],
)
def test_every_character_but_nul_is_stored_as_it_is(store: Store, tmp_path: Path, text: str) -> None:
    """Neither cut, nor normalised, nor taken for syntax; in texts, in lists and in guids that are looked up."""
    ledger = Ledger(store, tmp_path)
    entry = an_entry(title=text, categories=(text,), guid=text, author=text)
    ledger.record(news_poll(ledger.number("tigris"), entry))
    (row,) = ledger.entries()
    assert (row.title, row.categories, row.guid, row.author) == (text, [text], text, text)
    assert ledger.known("tigris", entry) == row.id


def test_a_text_of_a_megabyte_is_stored_whole(store: Store, tmp_path: Path) -> None:
    """No column has a length."""
    ledger = Ledger(store, tmp_path)
    text = "نهر " * 250_000
    ledger.record(news_poll(ledger.number("tigris"), an_entry(content=text, title=text, author=text)))
    ledger.match()
    shown = ledger.the_story()
    assert (shown.content, shown.title, shown.author) == (text, text, text)


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["", "nonsense", "postgresql//host/name", "postgresql://user:geheim@host:port/name"])
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    """The message says what an address looks like, and does not repeat what may hold a password."""
    message = opening(url)
    assert "FEEDHUB_DATABASE_URL" in message
    assert "geheim" not in message


@pytest.mark.parametrize("url", ["mysql://user:geheim@host/name", "oracle://host/name", "sqlite+aiosqlite:///x.db"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    """By its name, with those that would do."""
    message = opening(url)
    assert "use sqlite or postgresql" in message
    assert "geheim" not in message


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    """Each connection would have one of its own."""
    assert "a file" in opening(url)


@pytest.mark.parametrize("form", ["//user:geheim@127.0.0.1:{}/name", "//user@127.0.0.1:{}/name?password=geheim"])
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_that_does_not_answer_is_named_without_the_password(scheme: str, form: str) -> None:
    """Which database, and why; nothing secret, wherever in the address it stood."""
    message = opening(f"{scheme}:{form.format(closed_port())}")
    assert "Connection refused" in message
    assert "127.0.0.1" in message
    assert "geheim" not in message


def test_a_database_that_does_not_exist_is_named(postgres_server: str) -> None:
    """PostgreSQL's own words."""
    assert 'database "nowhere" does not exist' in opening(postgres_server.replace("/postgres", "/nowhere"))


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_arabic_is_refused(postgres_server: str, encoding: str) -> None:
    """Before anything is written to it, with the encoding that it has and the one that will do."""
    with postgres.database(postgres_server, f"ENCODING '{encoding}' TEMPLATE template0") as url:
        message = opening(url)
        assert f"its encoding is {encoding}" in message
        assert "ENCODING 'UTF8'" in message


def test_a_damaged_file_is_one_sentence_for_reading_and_writing(tmp_path: Path) -> None:
    """SQLite finds the damage when it comes to it, which may be long after opening."""
    path = tmp_path / "feedhub.db"
    Store.open(f"sqlite:///{path}").close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"damage" * ((size - 4096) // 6))
    store = Store(f"sqlite:///{path}")
    for transaction in (store.reading, store.writing):
        with pytest.raises(StoreError, match=r"malformed|not a database") as caught, transaction() as session:
            hub.revision(session)
        assert "\n" not in str(caught.value)
    store.close()


@pytest.mark.parametrize("name", ["d?x", "d%20x", "d#x", "d x", "d:x@y", "جريدة"])
def test_any_name_of_the_data_folder_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    """None of its characters is taken for the syntax of an address."""
    Store.open(sqlite_url(tmp_path / name)).close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "feedhub.db").exists()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """Not overwritten, and named."""
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds: [https://tigris.example/rss]\n" * 100)
    before = path.read_bytes()
    message = opening(f"sqlite:///{path}")
    assert "file is not a database" in message
    assert str(path) in message
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["feedhub.db", "data/feedhub.db"])
def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path, name: str) -> None:
    """Whether the folder is there and closed, or cannot be made."""
    Store.open(f"sqlite:///{tmp_path / 'first.db'}").close()  # imports what opening needs
    with unprivileged() as folder:
        message = opening(f"sqlite:///{folder / name}")
        assert str(folder / name) in message
        assert "unable to open database file" in message or "Permission denied" in message


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    """SQLite needs no set-up."""
    Store.open(f"sqlite:///{tmp_path / 'a' / 'b' / 'feedhub.db'}").close()
    assert (tmp_path / "a" / "b" / "feedhub.db").exists()
