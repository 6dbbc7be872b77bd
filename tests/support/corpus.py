"""The real feeds: documents of many publishers, and one feed's documents over months. Not part of the project."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

MOST_IN_A_DOCUMENT = 1000
"""The highest `limit` of an output: so many stories a published document can hold."""

_CODINGS = {"_double.gzip-body": "gzip, gzip", ".gzip-body": "gzip", ".deflate-raw-body": "deflate"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A document as some publisher once sent it. `name` is its path in the collection, `id` what its feed is called.

    `items` is what feedparser counts in it, where the collection says so. `coding` is its Content-Encoding, or empty.
    """

    id: str
    name: str
    path: Path
    items: int = 0
    coding: str = ""

    @property
    def body(self) -> bytes:
        """The bytes to send: a document that is stored compressed is inflated, a body in a coding stays as it is."""
        content = self.path.read_bytes()
        return gzip.decompress(content) if self.path.suffix == ".gz" else content

    @property
    def content_type(self) -> str:
        return "application/json" if self.path.suffix == ".json" else "application/xml"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A feed's document at a moment."""

    at: datetime
    path: Path

    @property
    def body(self) -> bytes:
        return self.path.read_bytes()


def news(data: Path) -> list[Recorded]:
    """The documents of real newsrooms."""
    return _recorded(data / "corpus", "NEWS.tsv")


def everything(data: Path) -> list[Recorded]:
    """Every document there is, most of them made to break parsers."""
    return _recorded(data / "corpus", "MANIFEST.tsv")


def hostile(data: Path) -> list[Recorded]:
    """Documents and bodies made to do harm."""
    folder = data / "corpus" / "hostile"
    names = [row["file"] for row in table(folder / "MANIFEST.tsv")]
    return [
        Recorded(f"hostile-{number:02}", name, folder / name, coding=_coding(name)) for number, name in enumerate(names)
    ]


def series(data: Path, name: str) -> list[Snapshot]:
    """The consecutive documents of one feed, oldest first."""
    folder = data / "replay" / name
    return [Snapshot(datetime.fromisoformat(row["utc"]), folder / row["file"]) for row in table(folder / "INDEX.tsv")]


def table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def batches(documents: Iterable[Recorded], most: int = MOST_IN_A_DOCUMENT) -> list[list[Recorded]]:
    """The documents in their order, in runs of at most so many items each."""
    found: list[list[Recorded]] = [[]]
    room = most
    for document in documents:
        if document.items > room and found[-1]:
            found.append([])
            room = most
        found[-1].append(document)
        room -= document.items
    return found


def _recorded(folder: Path, manifest: str) -> list[Recorded]:
    return [
        Recorded(f"doc-{number:04}", row["path"], folder / row["path"], int(row["items"]))
        for number, row in enumerate(table(folder / manifest))
    ]


def _coding(name: str) -> str:
    return next((coding for suffix, coding in _CODINGS.items() if name.endswith(suffix)), "")


def feeds_yaml(tagged: Sequence[tuple[str, Sequence[Recorded]]], address: str) -> str:
    """A configuration of these documents as feeds below `address`, with an output for each tag."""
    feeds = [
        f"  - {{id: {document.id}, url: '{address}{document.id}', tags: [{tag}]}}"
        for tag, documents in tagged
        for document in documents
    ]
    outputs = [f"  - {{id: {tag}, match: {{tags: [{tag}]}}, limit: {MOST_IN_A_DOCUMENT}}}" for tag, _ in tagged]
    return "\n".join(
        [
            "site: {title: Real feeds, url: 'https://hub.example/'}",
            "hosts: {concurrency: 8, spacing: 0s}",
            "feeds:",
            *feeds,
            "outputs:",
            f"  - {{id: all, limit: {MOST_IN_A_DOCUMENT}}}",
            *outputs,
        ]
    )
