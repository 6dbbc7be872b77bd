"""The program as its users run it: a process of its own, in a folder of its own, told by `FEEDHUB_…`.

    program = Program(tmp_path)
    program.configure("feeds: [...]")
    ran = program.run("poll", "--all")            # ran.code, ran.out, ran.err
    with program.serving() as service:            # on a free port
        service.get("/feed.atom").body
        service.stop()                            # SIGTERM; its exit code

Loopback addresses are permitted. Every process that still runs when its test ends is killed.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

_PATIENCE = 30.0  # seconds for anything a test waits for
_ADDRESS = re.compile(r"the merged feed is at (http://\S+)")
# Without its compiled files the program takes twice as long to start.
_NOT_INHERITED = ("FEEDHUB_", "PYTHONDONTWRITEBYTECODE")
_QUICK = "hosts: {spacing: 0s, concurrency: 16}\n"


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What it said on stderr."""
        return self.err.splitlines()


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came over the wire; nothing is inflated, no redirect followed."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Program:
    """feedhub with a feeds.yaml, a data folder and an environment of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.config = folder / "feeds.yaml"
        self.data = folder / "data"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
        own = {"FEEDHUB_CONFIG": str(self.config), "FEEDHUB_DATA": str(self.data), "FEEDHUB_ALLOW_PRIVATE": "1"}
        self.environment = inherited | own | {"FEEDHUB_PORT": "0"} | environment

    def configure(self, text: str) -> None:
        """Write feeds.yaml; `hosts:` is quick where the text says nothing of it."""
        self.config.write_text(("" if "hosts:" in text else _QUICK) + text, encoding="utf-8")

    def run(self, *arguments: str, largest_file: int | None = None) -> Ran:
        """Run a command to its end; it can write no file beyond `largest_file` bytes, as on a full disk."""
        ended = subprocess.run(
            _command(arguments),
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=2 * _PATIENCE,
            preexec_fn=partial(_limit, largest_file) if largest_file else None,
        )
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def poll(self, *arguments: str) -> Ran:
        """`poll`, which is expected to succeed."""
        ran = self.run("poll", *arguments)
        assert ran.code == 0, ran
        return ran

    def status(self) -> dict[str, dict[str, Any]]:
        """The feeds of `status --json` by their ids."""
        ran = self.run("status", "--json")
        assert ran.code == 0, ran
        return {feed["id"]: feed for feed in json.loads(ran.out)["feeds"]}

    def files(self, name: str = "public") -> dict[str, bytes]:
        """What was exported to this folder, by the paths below it."""
        folder = self.folder / name
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Process]:
        """A command that goes on by itself; killed at the end where it still runs."""
        process = Process(_command(arguments), self.environment, self.folder)
        try:
            yield process
        finally:
            process.kill()

    @contextmanager
    def serving(self, *options: str) -> Iterator[Service]:
        """`serve`, once it says where it listens; killed at the end where it still runs."""
        service = Service(_command(("serve", *options)), self.environment, self.folder)
        try:
            service.find()
            yield service
        finally:
            service.kill()


class Process:
    """A process under way, and what it has said so far."""

    def __init__(self, command: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.popen = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._said: dict[str, bytes] = {"out": b"", "err": b""}
        self._listeners = [
            threading.Thread(target=self._listen, args=(name, stream), daemon=True)
            for name, stream in (("out", self.popen.stdout), ("err", self.popen.stderr))
        ]
        for listener in self._listeners:
            listener.start()

    @property
    def out(self) -> str:
        return self._said["out"].decode()

    @property
    def err(self) -> str:
        return self._said["err"].decode()

    def stop(self, within: float = _PATIENCE) -> int:
        """SIGTERM, and the exit code; raises subprocess.TimeoutExpired where it takes more than `within` seconds."""
        self.popen.send_signal(signal.SIGTERM)
        return self.wait(within)

    def wait(self, within: float = _PATIENCE) -> int:
        """The exit code, once all that was said has been heard."""
        code = self.popen.wait(within)
        for listener in self._listeners:
            listener.join(within)
        return code

    def kill(self) -> None:
        """SIGKILL; nothing where it has ended."""
        self.popen.kill()
        self.wait()

    def _listen(self, name: str, stream: BinaryIO | None) -> None:
        assert stream is not None
        with stream:
            while data := stream.read1():  # type: ignore[attr-defined]  # a BufferedReader
                self._said[name] += data


class Service(Process):
    """`serve` under way."""

    address = ""

    def find(self) -> None:
        """Wait until it says where it listens."""
        until(lambda: _ADDRESS.search(self.out) or self.popen.poll() is not None, "an address")
        found = _ADDRESS.search(self.out)
        assert found, f"it ended: {self.out}{self.err}"
        self.address = found[1]

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request; a header's underscores stand for hyphens."""
        return fetch(self.address + path.removeprefix("/"), method, None, **headers)

    def stories(self, output: str = "feed") -> list[dict[str, Any]]:
        """The items of an output's JSON Feed."""
        found: list[dict[str, Any]] = self.get(f"/{output}.json").json["items"]
        return found

    def await_stories(self, count: int) -> list[dict[str, Any]]:
        """The stories of `all`, once there are so many."""
        until(lambda: len(self.stories()) >= count, f"{count} stories")
        return self.stories()


def fetch(url: str, method: str = "GET", body: bytes | None = None, /, **headers: str) -> Answer:
    """One HTTP request on a connection of its own; a header's underscores stand for hyphens."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, body, sent)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def until(condition: Callable[[], object], what: str, within: float = _PATIENCE) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"no sign of {what} within {within:g} s"
        time.sleep(0.05)


def _limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "feedhub", *arguments]
