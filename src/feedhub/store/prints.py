"""Fingerprints of stored entries, kept in memory for a while: they come again soon, and cost most of a matching.

A pure accelerator: what is not kept is computed from the stored text, and comes to the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session

from feedhub.store.among import among
from feedhub.store.tables import EntryRow, WordingRow, table_of
from feedhub.stories.fingerprint import Fingerprint, fingerprint

_KEPT = 600_000  # words and runs of all that is kept, about 60 bytes each
_LEAST = 30  # what an entry without text counts


def _texts_of(table: type[EntryRow | WordingRow], number: str) -> Select[Any]:
    columns = table_of(table).c
    texts = select(columns[number], columns.digest, columns.title, columns.summary, columns.content)
    return texts.where(among(columns[number], "ids"))


_TEXTS = _texts_of(EntryRow, "id")
_FIRST_TEXTS = _texts_of(WordingRow, "entry_id")


class Prints:
    """The fingerprints used last, by entry and digest: an edit makes another one."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], Fingerprint] = OrderedDict()
        self._size = 0

    def make(self, entry: int, digest: str, title: str, summary: str, content: str) -> Fingerprint:
        """The fingerprint of this entry, whose text is at hand."""
        return self._find(entry, digest) or self._keep(entry, digest, fingerprint(title, summary, content))

    def load(self, session: Session, wanted: Iterable[tuple[int, str]]) -> dict[int, Fingerprint]:
        """The fingerprints of stored entries, given with their digests, by entry."""
        return self._load(session, wanted, _TEXTS)

    def load_first(self, session: Session, wanted: Iterable[tuple[int, str]]) -> dict[int, Fingerprint]:
        """The fingerprints of what these entries said before they were edited, given with the digests of that."""
        return self._load(session, wanted, _FIRST_TEXTS)

    def _load(self, session: Session, wanted: Iterable[tuple[int, str]], texts: Select[Any]) -> dict[int, Fingerprint]:
        found = {entry: self._find(entry, digest) for entry, digest in wanted}
        missing = [entry for entry, print_ in found.items() if print_ is None]
        for entry, digest, *text in session.execute(texts, {"ids": missing}).all() if missing else ():
            found[entry] = self._keep(entry, digest, fingerprint(*text))
        return {entry: print_ for entry, print_ in found.items() if print_ is not None}

    def _find(self, entry: int, digest: str) -> Fingerprint | None:
        print_ = self._kept.get((entry, digest))
        if print_ is not None:
            self._kept.move_to_end((entry, digest))
        return print_

    def _keep(self, entry: int, digest: str, print_: Fingerprint) -> Fingerprint:
        self._kept[entry, digest] = print_
        self._size += _size(print_)
        while self._size > _KEPT and len(self._kept) > 1:
            self._size -= _size(self._kept.popitem(last=False)[1])
        return print_


def _size(print_: Fingerprint) -> int:
    return _LEAST + len(print_.runs) + len(print_.known)
