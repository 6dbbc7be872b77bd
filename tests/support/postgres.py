"""A PostgreSQL server of the tests' own: its own folder, its own port, gone when the tests are."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)

# Runs the server until its own input ends, which it does however the tests end, and cleans up.
_KEEPER = '"$@" & read -r _; kill -INT $!; wait; rm -rf "$0"'

# Not UTC, because an operator's server need not be.
_OPTIONS = ("-c", "listen_addresses=127.0.0.1", "-c", "timezone=Asia/Baghdad", "-c", "fsync=off")


def program(name: str) -> str | None:
    """The server's program of this name, wherever Debian puts it."""
    return next((str(place / name) for place in _PLACES if (place / name).exists()), shutil.which(name))


@contextmanager
def server() -> Iterator[str]:
    """Run a server; yields the address of its maintenance database. It trusts every local connection."""
    folder = Path(tempfile.mkdtemp(prefix="feedhub-postgres-", dir="/tmp"))
    account = _account(folder)
    port = _free_port()
    data = ["-D", str(folder / "data")]
    initdb = [program("initdb") or "initdb", *data, "-U", "feedhub", "-A", "trust", "-E", "UTF8", "--no-locale"]
    subprocess.run([*initdb, "--no-sync"], check=True, capture_output=True, cwd="/tmp", **account)
    postgres = [program("postgres") or "postgres", *data, "-p", str(port), "-k", str(folder), *_OPTIONS]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            ["sh", "-c", _KEEPER, str(folder), *postgres],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/tmp",
            start_new_session=True,  # Ctrl-C is for the tests, which then end this
            **account,
        ),
    ):
        _await_ready(port, folder / "log")
        yield f"postgresql://feedhub@127.0.0.1:{port}/postgres"


@contextmanager
def database(maintenance: str, options: str = "") -> Iterator[str]:
    """A new, empty database on the server, made with these options, dropped afterwards; yields its address."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}")
        try:
            yield maintenance.rsplit("/", 1)[0] + f"/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _account(folder: Path) -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _await_ready(port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://feedhub@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from error
            time.sleep(0.05)
        else:
            return
