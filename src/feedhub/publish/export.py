"""The documents as files for any static host, mirroring the addresses."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from feedhub.models import Document
from feedhub.publish.documents import (
    HTML,
    addresses,
    expired_stories,
    is_archive,
    last_change,
    render,
    static_files,
    taken_away,
)
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
    wrote = [_write(folder / name, body) for name, _content_type, body in static_files()]
    published = list(addresses(session, site))
    wrote += [_export(session, site, folder, address) for address in published]
    superfluous = [*_taken_away(session, site), *_left_pages(site, folder, set(published)), *_expired(session, folder)]
    removed = sum(_remove(folder, name) for name in superfluous)
    return Exported(sum(wrote), len(wrote) - sum(wrote), removed)


def _export(session: Session, site: Site, folder: Path, address: str) -> bool:
    """Write the document at this address; False where its file has it already.

    A file has the time of its document's last change. An archive page, of which there may be thousands, is not even
    made where its file has that time.
    """
    changed = last_change(session, site, address)
    if changed and _time_of(folder / address) == _nanoseconds(changed):
        return False
    document = render(session, site, address, as_folder=True)
    if not isinstance(document, Document):
        return False
    file = folder / _file_name(address, document.content_type)
    written = _write(file, document.body)
    if _time_of(file) != (time := _nanoseconds(document.modified)):
        os.utime(file, ns=(time, time))
    return written


def _taken_away(session: Session, site: Site) -> Iterator[str]:
    for address in taken_away(session, site):
        yield address if address.endswith(".json") else _file_name(address, HTML)


def _left_pages(site: Site, folder: Path, published: Collection[str]) -> Iterator[str]:
    """The archive pages that no document leads to any more: a page under way that has grown, and expired ones."""
    for output in site.config.outputs:
        for file in sorted((folder / "feeds" / output.id).glob("*.*")):
            address = f"feeds/{output.id}/{file.name}"
            if is_archive(address) and address not in published:
                yield address


def _expired(session: Session, folder: Path) -> Iterator[str]:
    """The files of stories that retention took away."""
    files = {file.name: "" if file.suffix else "/index.html" for file in (folder / "stories").glob("*")}
    gone = expired_stories(session, {name.removesuffix(".json") for name in files})
    yield from (f"stories/{name}{rest}" for name, rest in files.items() if name.removesuffix(".json") in gone)


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


def _time_of(file: Path) -> int | None:
    return file.stat().st_mtime_ns if file.is_file() else None


def _nanoseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) * 1_000


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
