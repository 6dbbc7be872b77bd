"""One feedhub polls at a time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from feedhub.store.database import Store
from feedhub.store.lock import Keep, Locked, hold
from support import postgres
from support.polls import NOON

_HOLD = """
import sys
from datetime import datetime, UTC
from feedhub.store.database import Store
from feedhub.store.lock import hold
with hold(Store.open(sys.argv[1]), datetime(2026, 11, 21, 8, 30, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another feedhub that holds the lock since half past eight on the day before."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def take(store: Store) -> None:
    """Hold the lock for a moment; a server needs one to see that a holder has gone."""
    deadline = time.monotonic() + 10
    while True:
        try:
            with hold(store, NOON):
                return
        except Locked:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def test_r49_the_second_is_told_who_holds_the_lock_and_since_when(database_url: str) -> None:
    """R49: which process and since when, without the password, while the first goes on undisturbed."""
    with holder(database_url) as process:
        store = Store.open(database_url)
        who = rf"another feedhub polls .*: process {process.pid}, since 2026-11-21 08:30:00 UTC"
        for _ in range(2):
            with pytest.raises(Locked, match=who), hold(store, NOON):
                pass
        assert process.poll() is None
        store.close()


def test_the_address_in_the_message_has_no_password(database_url: str) -> None:
    """It is printed where logs are kept."""
    url = re.sub(r"feedhub@", "feedhub:geheim@", database_url)
    with holder(database_url):
        store = Store.open(url)
        with pytest.raises(Locked) as caught, hold(store, NOON):
            pass
        assert "geheim" not in str(caught.value)
        store.close()


def test_r51_the_lock_dies_with_the_process_that_holds_it(database_url: str) -> None:
    """R51: after kill -9 nothing has to be removed by hand."""
    with holder(database_url) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        store = Store.open(database_url)
        take(store)
        store.close()


def test_the_lock_is_free_once_it_is_let_go(database_url: str) -> None:
    """For others too while this process lives on, and when the polling ended with an exception."""
    first, second = Store.open(database_url), Store.open(database_url)
    with pytest.raises(KeyError), hold(first, NOON):
        raise KeyError
    for store in (second, first, second):
        take(store)
    first.close()
    second.close()


def cut(store: Store) -> None:
    """End all connections to the database, as a restart of its server does; a file has none."""
    if store.is_sqlite:
        return
    with psycopg.connect(store.url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_r49_a_lock_lost_with_its_connection_is_taken_again(database_url: str) -> None:
    """R49: the holder notices before its next pass, and nobody else gets in after that."""
    first, second = Store.open(database_url), Store.open(database_url)
    with hold(first, NOON) as keep:
        for _ in range(2):
            cut(first)
            keep()
            keep()
            with pytest.raises(Locked, match=f"process {os.getpid()},"), hold(second, NOON):
                pass
    take(second)
    first.close()
    second.close()


def test_r49_who_lost_the_lock_to_another_is_told_until_that_one_ends(postgres_server: str) -> None:
    """R49: neither polls beside the other. Only PostgreSQL's lock can be lost."""
    with postgres.database(postgres_server) as url:
        first = Store.open(url)
        with hold(first, NOON) as keep:
            cut(first)
            with holder(url) as process:
                for _ in range(2):
                    with pytest.raises(Locked, match=f"process {process.pid}, since"):
                        keep()
            process.wait(timeout=10)
            until_free(keep)
            second = Store.open(url)
            with pytest.raises(Locked), hold(second, NOON):
                pass
            second.close()
        first.close()


def until_free(keep: Keep) -> None:
    """A server needs a moment to see that a holder has gone."""
    for _ in range(100):
        try:
            return keep()
        except Locked:
            time.sleep(0.05)
    return keep()


def test_holding_the_lock_does_not_hinder_reading_and_writing(database_url: str) -> None:
    """`status`, `export` and the web side go on while another process polls."""
    with holder(database_url):
        store = Store.open(database_url)
        with store.writing(), store.reading():
            pass
        store.close()


def test_the_locks_of_two_databases_are_two(store: Store, database_url: str) -> None:
    """Two hubs may share a PostgreSQL server, and two databases a folder."""
    if store.is_sqlite:
        other = Store.open(database_url.replace("feedhub.db", "other.db"))
        with hold(store, NOON), hold(other, NOON):
            pass
        other.close()
    else:
        with store.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            name = f"{store.url.database}_other"
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
            try:
                with holder(database_url.replace(str(store.url.database), name)) as process:
                    take(store)
                    with hold(store, NOON), pytest.raises(Locked) as caught, hold(store, NOON):
                        pass
                    assert f"process {os.getpid()}," in str(caught.value)
                    assert str(process.pid) not in str(caught.value)
            finally:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
