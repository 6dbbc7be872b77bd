"""The documents as files for any static host, mirroring the addresses."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from feedhub.models import Document
from feedhub.publish.documents import HTML, addresses, render, static_files, taken_away
from feedhub.publish.select import Site


@dataclass(frozen=True, slots=True)
class Exported:
    """How many files an export wrote, found unchanged and left alone, and took away."""

    written: int
    unchanged: int
    removed: int = 0


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
    removed = sum(_remove(folder, file) for file in _taken_away(session, site))
    return Exported(written, unchanged, removed)


def _files(session: Session, site: Site) -> Iterator[tuple[str, bytes]]:
    for path, _content_type, body in static_files():
        yield path, body
    for address in addresses(session, site):
        document = render(session, site, address, as_folder=True)
        if isinstance(document, Document):
            yield _file_name(address, document.content_type), document.body


def _taken_away(session: Session, site: Site) -> Iterator[str]:
    for address in taken_away(session, site):
        yield address if address.endswith(".json") else _file_name(address, HTML)


def _remove(folder: Path, name: str) -> bool:
    """Take a file away, and with a page its folder; False where there is none."""
    file = folder / name
    if not file.is_file():
        return False
    file.unlink()
    if file.name == "index.html" and not any(file.parent.iterdir()):
        file.parent.rmdir()
    return True


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
