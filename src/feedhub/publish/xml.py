"""Writing XML that is always well-formed: qualified names, illegal characters, bytes.

Names carry their prefix literally (`atom:link`) and the root declares it: ElementTree's own registry of prefixes is
global to the process and knows one prefix for a namespace, where Atom is the default in one format and not in another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"

_KURDISH = {"ckb": "Arab", "kmr": "Latn"}  # the scripts of the two that ISO 639-3 tells apart

Attributes = Mapping[str, str | int | None]

# What XML 1.0 `Char` leaves out (section 2.2), and the controls and noncharacters that it only discourages.
_PLANES = "".join(f"{chr(plane)}-{chr(plane + 0xFFFD)}" for plane in range(0x10000, 0x110000, 0x10000))
_ILLEGAL = re.compile(f"[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd{_PLANES}]")
_LINE_END = re.compile(r"\r\n?")


def clean(text: str) -> str:
    """The text without characters that XML forbids or discourages; line ends as a parser would hand them on."""
    return _LINE_END.sub("\n", _ILLEGAL.sub("", text))


def element(name: str, attributes: Attributes | None = None, text: str = "") -> Element:
    """An element without parent. Attributes that are None are left out."""
    made = Element(name, _present(attributes))
    made.text = clean(text) or None
    return made


def child(parent: Element, name: str, text: str = "", attributes: Attributes | None = None) -> Element:
    """An element at the end of `parent`. Attributes that are None are left out."""
    made = SubElement(parent, name, _present(attributes))
    made.text = clean(text) or None
    return made


def atom_link(
    relation: str, address: str, kind: str | None = None, *, title: str | None = None, length: int | None = None
) -> Attributes:
    """The attributes of an `atom:link`: RFC 4287 section 4.2.7, `length` in bytes."""
    return {"rel": relation, "type": kind, "href": address, "title": title, "length": length}


def serialise(root: Element) -> bytes:
    """The whole document in UTF-8, with its declaration, ending in a newline."""
    ElementTree.indent(root, " ")
    body: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc822(moment: datetime) -> str:
    """RFC 822 with a year of four digits, in UTC."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def rfc3066(language: str | None) -> str | None:
    """The tag in the codes of RFC 3066, which Atom and RSS go by: it knows no ISO 639-3, so Kurdish is `ku` there."""
    primary, *rest = (language or "").split("-")
    if primary not in _KURDISH:
        return language
    script = [] if rest and len(rest[0]) == 4 else [_KURDISH[primary]]
    return "-".join(["ku", *script, *rest])


def _present(attributes: Attributes | None) -> dict[str, str]:
    return {name: clean(str(value)) for name, value in (attributes or {}).items() if value is not None}
