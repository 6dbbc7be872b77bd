"""A feed's document cut at its items, so that those seen before need no parsing.

What feedparser makes of an item depends on the item and on the frame around all items, where the namespaces, languages
and bases are that an item inherits. So an item whose bytes, and whose frame but for its dates, are the same as last
time reads the same. Only a well-formed document is cut, where expat says that its items begin and end, and only where
nothing stands between them; anything else is read whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from xml.parsers import expat

_DEEPEST = 2  # elements above an item: RSS has two, Atom and RDF one
_SEPARATOR = " "  # between namespace and name; stands in neither

_NAME = re.compile(rb"<([^\s/>]+)")

# What publishers' programs renew with each document and no item inherits.
_RENEWED = re.compile(rb"<([\w.-]+:)?(lastBuildDate|pubDate|updated|modified|date)(?:\s[^<>]*)?>[^<>]*</\1?\2\s*>")


@dataclass(frozen=True, slots=True)
class Split:
    """A document as its items, in order, and what stands before the first and after the last of them.

    `marks` are 32 hexadecimal digits for each item, equal for equal bytes; `frame_mark` is the same of head and tail,
    without the dates in them.
    """

    head: bytes
    items: tuple[bytes, ...]
    tail: bytes
    marks: tuple[str, ...]
    frame_mark: str

    def document(self, places: Iterable[int]) -> bytes:
        """The document with the items at these places alone, counted from 0."""
        return b"".join((self.head, *(self.items[place] for place in places), self.tail))


def split(document: bytes) -> Split | None:
    """Cut a document in UTF-8; None where it is not certain where its items are."""
    scan = _Scan(document)
    if not scan.complete:
        return None
    between = (document[end:start] for (_, end), (start, _) in pairwise(scan.found))
    if not scan.found or any(map(bytes.strip, between)):
        return None
    (first, _), (_, last) = scan.found[0], scan.found[-1]
    head, items, tail = document[:first], tuple(document[start:end] for start, end in scan.found), document[last:]
    return Split(head, items, tail, tuple(map(_mark, items)), _mark(_RENEWED.sub(b"", head + b"\0" + tail)))


@dataclass(slots=True)
class _Scan:
    """One walk through the tags. `found` are the items' first bytes and those after them."""

    document: bytes
    complete: bool = field(init=False)
    found: list[tuple[int, int]] = field(init=False, default_factory=list)
    _depth: int = field(init=False, default=0)
    _begun: int | None = field(init=False, default=None)  # where the item begins that is open
    _item_depth: int = field(init=False, default=0)
    _parser: expat.XMLParserType = field(init=False)

    def __post_init__(self) -> None:
        self._parser = expat.ParserCreate("utf-8", _SEPARATOR)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        try:
            self._parser.Parse(self.document, True)
        except (expat.ExpatError, _Uncertain):
            self.complete = False
        else:
            self.complete = True

    def _start(self, name: str, _attributes: object) -> None:
        if self._begun is None and 0 < self._depth <= _DEEPEST and name.rpartition(_SEPARATOR)[2] in ("item", "entry"):
            self._begun, self._item_depth = self._parser.CurrentByteIndex, self._depth
        self._depth += 1

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._begun is None or self._depth != self._item_depth:
            return
        tag = self._parser.CurrentByteIndex
        name = _NAME.match(self.document, self._begun)
        if not name or not self.document.startswith(b"</" + name[1], tag):
            raise _Uncertain  # an item without content has no end tag
        end = self.document.index(b">", tag) + 1
        self.found.append((self._begun, end))
        self._begun = None


class _Uncertain(Exception):
    """It cannot be told where an item ends."""


def _mark(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
