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

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def program(name: str) -> str | None:
    """The server's program of this name, wherever Debian puts it."""
    return next((str(place / name) for place in _PLACES if (place / name).exists()), shutil.which(name))


@contextmanager
def server() -> Iterator[str]:
    """Run a server; yields the address of its maintenance database. It trusts every local connection."""
    folder = Path(tempfile.mkdtemp(prefix="feedhub-postgres-", dir="/tmp"))
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    port = _free_port()
    data = str(folder / "data")
    _run(["initdb", "-D", data, "-U", "feedhub", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"], user)
    options = ("-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off")
    process = subprocess.Popen(
        [program("postgres") or "postgres", "-D", data, *options], user=user, stderr=subprocess.PIPE, cwd="/tmp"
    )
    try:
        _await_ready(port)
        yield f"postgresql://feedhub@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.communicate(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(maintenance: str) -> Iterator[str]:
    """A new, empty database on the server, dropped afterwards; yields its address."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield maintenance.rsplit("/", 1)[0] + f"/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _run(command: list[str], user: str | None) -> None:
    subprocess.run(
        [program(command[0]) or command[0], *command[1:]], user=user, check=True, capture_output=True, cwd="/tmp"
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _await_ready(port: int) -> None:
    import psycopg

    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://feedhub@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
