"""A folder of files that a web server hands out: each is replaced in one step and outlives a power cut."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from feedhub.store.backup import sync_folder

_UNFINISHED = ".feedhub-"  # begins the name of a file that is being written
_MODE = 0o644
_HEAD = 16_384  # bytes of a document in which its own address stands


class Files:
    """The files below a folder, for one writer at a time: a second one waits. Raises OSError.

    What a writer that was killed has left unfinished is taken away.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = -1
        self._changed: set[Path] = set()  # folders whose list of names is not on the disk yet

    def __enter__(self) -> Self:
        self._make(self._folder)
        self._lock = os.open(self._folder, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        for left in self._folder.rglob(f"{_UNFINISHED}*"):
            left.unlink()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            for folder in self._changed:
                sync_folder(folder)
        finally:
            os.close(self._lock)

    def put(self, name: str, body: bytes, at: datetime | None = None) -> bool:
        """Put `body` in the file, with the time `at`; False where it holds it already: then the file is not touched."""
        path = self._folder / name
        if path.is_file() and path.read_bytes() == body:
            return False
        self._make(path.parent)
        with _naming(path), tempfile.NamedTemporaryFile(dir=path.parent, prefix=_UNFINISHED, delete=False) as file:
            try:
                file.write(body)
                file.flush()
                os.fchmod(file.fileno(), _MODE)
                if at:
                    os.utime(file.fileno(), ns=(_nanoseconds(at), _nanoseconds(at)))
                os.fsync(file.fileno())
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
        self._changed.add(path.parent)
        return True

    def date(self, name: str, at: datetime) -> None:
        """Give the file this time."""
        if not self.is_of(name, at):
            os.utime(self._folder / name, ns=(_nanoseconds(at), _nanoseconds(at)))

    def is_of(self, name: str, at: datetime) -> bool:
        """Whether there is such a file, of this time."""
        path = self._folder / name
        return path.is_file() and path.stat().st_mtime_ns == _nanoseconds(at)

    def begins_with(self, name: str, text: str) -> bool:
        """Whether the text stands near the beginning of the file."""
        with (self._folder / name).open("rb") as file:
            return text.encode() in file.read(_HEAD)

    def remove(self, name: str) -> bool:
        """Take a file away, and with a page its folder; False where there is none."""
        path = self._folder / name
        if not path.is_file():
            return False
        path.unlink()
        self._changed.add(path.parent)
        if path.name == "index.html" and not any(path.parent.iterdir()):
            path.parent.rmdir()
            self._changed.discard(path.parent)
            self._changed.add(path.parent.parent)
        return True

    def names(self, folder: str) -> list[str]:
        """The names that stand in a folder below this one."""
        return sorted(path.name for path in (self._folder / folder).glob("*"))

    def _make(self, folder: Path) -> None:
        missing = [folder, *folder.parents]
        self._changed |= {path.parent for path in missing if not path.exists()}
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """An OSError names the file that cannot be written: the one that it is written as first says nothing to people."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _nanoseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) * 1_000
