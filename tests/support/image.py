"""The container image: built as `make image` does, and run by an OCI runtime with nothing but what an operator grants.

The file system of the image is read-only, the user its own, no capability is left, and `/data` alone can be written.
The network is this machine's, so that publishers on loopback can be polled.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from support.program import Process, Ran

ROOT = Path(__file__).parents[2]
_NAME = "localhost/feedhub"
_BUILD = 600  # seconds
_RUN = 60.0


def lacking() -> str:
    """What is missing here to build and run an image; empty where nothing is."""
    programs = [program for program in ("buildah", "debootstrap", "runc") if not shutil.which(program)]
    return ", ".join(programs) or ("" if os.geteuid() == 0 else "being root")


def build() -> None:
    """`make image`, by buildah, also where a docker would be found."""
    ended = subprocess.run(
        ["timeout", str(_BUILD), "make", "image", "ARGS="],  # which ends what make has started as well
        cwd=ROOT,
        env={**os.environ, "BUILDER": "buildah"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout[-3000:]


@cache
def facts() -> dict[str, Any]:
    """What the image says of itself, in docker's words."""
    found: dict[str, Any] = json.loads(_buildah("inspect", "--type", "image", _NAME))["Docker"]["config"]
    return found


@contextmanager
def unpacked() -> Iterator[Image]:
    """The image as folders on this machine."""
    container = _buildah("from", "--pull-never", _NAME)
    try:
        yield Image(Path(_buildah("mount", container)))
    finally:
        _buildah("rm", container)


@dataclass(frozen=True, slots=True)
class Image:
    """`root` is where its root folder is."""

    root: Path

    def container(self, folder: Path, feeds_yaml: str, **environment: str) -> Container:
        """A container with a feeds.yaml and a data folder of its own below `folder`."""
        (folder / "feeds.yaml").write_text(feeds_yaml, encoding="utf-8")
        data = folder / "data"
        data.mkdir()
        user = int(facts()["User"].partition(":")[0])
        os.chown(data, user, user)
        return Container(self.root, folder, data, {"FEEDHUB_ALLOW_PRIVATE": "1", **environment})


class Container:
    """One after another, and side by side, the processes of one container: same image, same volume."""

    def __init__(self, root: Path, folder: Path, data: Path, environment: dict[str, str]) -> None:
        self.data = data
        self._root, self._folder, self._environment = root, folder, environment
        self._count = 0

    def run(self, *command: str, entrypoint: list[str] | None = None) -> Ran:
        """Run the image's entry point with this command, or another program in its place, to the end."""
        _, arguments = self._prepare(list(command), entrypoint)
        ended = subprocess.run(arguments, capture_output=True, text=True, timeout=_RUN)
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    @contextmanager
    def running(self, *command: str) -> Iterator[Running]:
        """The same, going on by itself; without a command it is the image's."""
        name, arguments = self._prepare(list(command) or facts()["Cmd"], None)
        running = Running(name, arguments, self._folder)
        try:
            yield running
        finally:
            subprocess.run(["runc", "delete", "--force", name], capture_output=True)
            running.kill()

    def _prepare(self, command: list[str], entrypoint: list[str] | None) -> tuple[str, list[str]]:
        """A bundle for the runtime: https://github.com/opencontainers/runtime-spec/blob/main/config.md"""
        self._count += 1
        bundle = self._folder / f"bundle-{self._count}"
        bundle.mkdir()
        subprocess.run(["runc", "spec"], cwd=bundle, check=True, capture_output=True)
        spec = json.loads((bundle / "config.json").read_text())
        user, _, group = facts()["User"].partition(":")
        own = [f"{name}={value}" for name, value in self._environment.items()]
        spec["process"] |= {
            "terminal": False,
            "user": {"uid": int(user), "gid": int(group)},
            "args": [*(facts()["Entrypoint"] if entrypoint is None else entrypoint), *command],
            "env": [*facts()["Env"], *own],
            "cwd": facts()["WorkingDir"],
            "capabilities": {},
        }
        spec["root"] = {"path": str(self._root), "readonly": True}
        mounts = [mount for mount in spec["mounts"] if mount["destination"] != "/sys/fs/cgroup"]
        spec["mounts"] = [
            *mounts,
            _bound(self.data, "/data", "rw"),
            _bound(self._folder / "feeds.yaml", "/config/feeds.yaml", "ro"),
        ]
        namespaces = [space for space in spec["linux"]["namespaces"] if space["type"] != "network"]
        spec["linux"] |= {"namespaces": namespaces, "resources": {}}
        (bundle / "config.json").write_text(json.dumps(spec))
        name = f"feedhub-test-{os.getpid()}-{self._folder.name}-{self._count}"
        return name, ["runc", "run", "--bundle", str(bundle), name]


class Running(Process):
    """A container under way."""

    def __init__(self, name: str, arguments: list[str], folder: Path) -> None:
        super().__init__(arguments, os.environ, folder)
        self._name = name

    def terminate(self, within: float) -> int:
        """SIGTERM to its first process, as `docker stop` sends it, and the exit code. Raises TimeoutExpired."""
        subprocess.run(["runc", "kill", self._name, "TERM"], check=True, capture_output=True)
        return self.wait(within)

    def check_health(self) -> Ran:
        """The image's own health check, run as docker would."""
        kind, *command = facts()["Healthcheck"]["Test"]
        assert kind == "CMD"
        ended = subprocess.run(["runc", "exec", self._name, *command], capture_output=True, text=True, timeout=_RUN)
        return Ran(ended.returncode, ended.stdout, ended.stderr)


def _bound(source: Path, destination: str, mode: str) -> dict[str, Any]:
    return {"destination": destination, "type": "bind", "source": str(source), "options": ["rbind", mode]}


def _buildah(*arguments: str) -> str:
    return subprocess.run(["buildah", *arguments], capture_output=True, text=True, check=True).stdout.strip()
