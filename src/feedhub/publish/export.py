"""The documents as files for any static host, mirroring the addresses."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from feedhub.publish.documents import HTML, addresses, render, static_files
from feedhub.publish.select import Site


@dataclass(frozen=True, slots=True)
class Exported:
    """How many files an export wrote, and how many it found unchanged and left alone."""

    written: int
    unchanged: int


def export(session: Session, site: Site, folder: Path) -> Exported:
    """Write every document below `folder`, each file in one step; unchanged files keep their time.

    Raises OSError where the folder cannot be written.
    """
    written = unchanged = 0
    for path, body in _files(session, site):
        if _write(folder / path, body):
            written += 1
        else:
            unchanged += 1
    return Exported(written, unchanged)


def _files(session: Session, site: Site) -> Iterator[tuple[str, bytes]]:
    for path, _content_type, body in static_files():
        yield path, body
    for address in addresses(session, site):
        if document := render(session, site, address, as_folder=True):
            yield _file_name(address, document.content_type), document.body


def _file_name(address: str, content_type: str) -> str:
    """A page becomes the index of a folder, so that its address stays what it is over HTTP."""
    return f"{address}/index.html".lstrip("/") if content_type == HTML else address


def _write(path: Path, body: bytes) -> bool:
    """Put `body` at `path` so that no reader ever sees half of it; False where it stands there already."""
    if path.is_file() and path.read_bytes() == body:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
    return True
