"""OPML in: what a reader app or another hub subscribes to (http://opml.org/spec2.opml). Pure.

Read by expat alone: nothing outside of the document is loaded, declared entities are refused, and nesting costs nothing
but memory, of which the size of the document is the bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

LARGEST = 10_000_000  # bytes

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that the document names. `url` is as written there; `title` may be empty; `line` counts from 1.

    `tags` are the names of the folders around it, from the outside in, and then its categories.
    """

    url: str
    title: str
    tags: tuple[str, ...]
    line: int


class OpmlError(Exception):
    """The document cannot be read as OPML; the message is one sentence, `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_opml(document: bytes) -> list[Subscription]:
    """The feeds of the document in its order, one named twice given twice. Raises OpmlError.

    An outline with `xmlUrl` is a feed, one of the type `source` alone is another list; names count in any case.
    """
    if len(document) > LARGEST:
        raise OpmlError(1, f"larger than {LARGEST // 1_000_000} MB; split it")
    reading = _Reading()
    try:
        reading.parser.Parse(document, True)
    except expat.ExpatError as error:
        raise OpmlError(error.lineno, f"not well-formed XML: {expat.ErrorString(error.code)}") from None
    except (LookupError, ValueError):  # a charset that Python does not know, or one of several bytes a character
        raise OpmlError(1, "in a charset that cannot be read; save it in UTF-8") from None
    return reading.found


class _Reading:
    """The document so far: the folders that are open, and what was found."""

    def __init__(self) -> None:
        self.found: list[Subscription] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.EntityDeclHandler = self.refuse
        self._folders: list[str] = []  # one for each open outline; empty for one without a name, or a feed
        self._rooted = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._rooted and name.lower() != "opml":
            raise OpmlError(self.parser.CurrentLineNumber, f"a document of <{name[:40]}>, not OPML")
        self._rooted = True
        if name.lower() != "outline":
            return
        given = {key.lower(): one_line(value) for key, value in attributes.items()}
        title = given.get("text") or given.get("title") or ""
        url = given.get("xmlurl", "")
        if url and given.get("type", "").lower() != "source":
            tags = dict.fromkeys([*filter(None, self._folders), *_categories(given.get("category", ""))])
            self.found.append(Subscription(url, title, tuple(tags), self.parser.CurrentLineNumber))
        self._folders.append("" if url else title)

    def end(self, name: str) -> None:
        if name.lower() == "outline":
            self._folders.pop()

    def refuse(self, *_declaration: object) -> None:
        raise OpmlError(self.parser.CurrentLineNumber, "it declares entities, which are not read; take the DTD out")


def one_line(text: str) -> str:
    """`text` without line ends and other control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _categories(value: str) -> Iterator[str]:
    """Comma-separated: a category is a path whose steps are tags (`/news/sports`), or a tag."""
    for category in value.split(","):
        steps = category.split("/") if category.strip().startswith("/") else [category]
        yield from filter(None, map(str.strip, steps))
