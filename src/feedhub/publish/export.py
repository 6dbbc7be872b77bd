"""The documents as files for any static host, mirroring the addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from feedhub.models import Document
from feedhub.publish.documents import (
    FORMATS,
    HTML,
    addresses,
    carried_stories,
    is_archive,
    last_change,
    render,
    static_files,
    taken_away,
)
from feedhub.publish.files import Files
from feedhub.publish.select import Site
from feedhub.store import outputs

_STORY = re.compile(r"[0-9a-f-]{36}(?:\.json)?")


@dataclass(frozen=True, slots=True)
class Exported:
    """How many files an export wrote, found unchanged and left alone, and took away."""

    written: int
    unchanged: int
    removed: int = 0


def export(session: Session, site: Site, folder: Path) -> Exported:
    """Write every document below `folder`, each file in one step; unchanged files are not touched.

    Raises OSError where the folder cannot be written.
    """
    with Files(folder) as files:
        wrote = [files.put(name, body) for name, _content_type, body in static_files()]
        published = list(addresses(session, site))
        wrote += [_export(session, site, files, address) for address in published]
        superfluous = [
            *_taken_away(session, site),
            *_left_pages(site, files, set(published)),
            *_left_outputs(session, site, files),
            *_left_stories(session, site, files),
        ]
        removed = sum(files.remove(name) for name in superfluous)
    return Exported(sum(wrote), len(wrote) - sum(wrote), removed)


def _export(session: Session, site: Site, files: Files, address: str) -> bool:
    """Write the document at this address; False where its file has it already.

    A file that is written has the time of its document's last change. An archive page, of which there may be thousands,
    is not even made where its file has that time and the site's address.
    """
    changed = last_change(session, site, address)
    if changed and files.is_of(address, changed) and files.begins_with(address, f"{site.url}{address}"):
        return False
    document = render(session, site, address, as_folder=True)
    if not isinstance(document, Document):
        return False
    name = _file_name(address, document.content_type)
    written = files.put(name, document.body, document.modified)
    if changed:
        files.date(name, document.modified)  # else the page would be made anew each time
    return written


def _taken_away(session: Session, site: Site) -> Iterator[str]:
    for address in taken_away(session, site):
        yield address if address.endswith(".json") else _file_name(address, HTML)


def _left_pages(site: Site, files: Files, published: Collection[str]) -> Iterator[str]:
    """The archive pages that no document leads to any more: a page under way that has grown, and expired ones."""
    for output in site.config.outputs:
        for name in files.names(f"feeds/{output.id}"):
            address = f"feeds/{output.id}/{name}"
            if is_archive(address) and address not in published:
                yield address


def _left_outputs(session: Session, site: Site, files: Files) -> Iterator[str]:
    """The files of outputs that are configured no longer."""
    for output in outputs.names(session) - {output.id for output in site.config.outputs}:
        stem = f"feeds/{output}"
        yield from (f"{stem}{extension}" for extension in FORMATS)
        yield from (f"{stem}/{name}" for name in files.names(stem) if name != "index.html")
        yield f"{stem}/index.html"


def _left_stories(session: Session, site: Site, files: Files) -> Iterator[str]:
    """The files of stories that no listed feed carries any more: its feed was taken out, or retention took it away."""
    names = [name for name in files.names("stories") if _STORY.fullmatch(name)]
    carried = carried_stories(session, site, {name.removesuffix(".json") for name in names})
    for name in names:
        if name.removesuffix(".json") not in carried:
            yield f"stories/{name}" if name.endswith(".json") else f"stories/{name}/index.html"


def _file_name(address: str, content_type: str) -> str:
    """A page becomes the index of a folder, so that its address stays what it is over HTTP."""
    return f"{address}/index.html".lstrip("/") if content_type == HTML else address
