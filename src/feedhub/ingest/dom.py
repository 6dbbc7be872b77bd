"""A fetched web page as a tree, and what is read from its elements. The tree is selectolax's; nothing else opens one.

It takes time quadratic in nesting and in an element's attributes (20,000 nested `div` 2 s): see
:mod:`feedhub.ingest.workers`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedhub.ingest import pixels
from feedhub.ingest.addresses import absolute
from feedhub.ingest.charset import decode, legal
from feedhub.ingest.markup import BLOCKS
from feedhub.models import Picture

_META_CHARSET = re.compile(rb"""<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_HTTP_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_PRESCANNED = 4_096  # bytes; browsers look at 1,024, and some pages put a licence before it
_BACKGROUND = re.compile(r"""background(?:-image)?\s*:[^;]{0,200}?url\(\s*["']?([^"')]{1,2000})""", re.IGNORECASE)
_BREAKS = BLOCKS | {"br"}
_SILENT = frozenset({"script", "style", "template", "head"})


@dataclass(frozen=True, slots=True)
class WebPage:
    """`base` is what its addresses resolve against: `<base href>`, else where it was found."""

    tree: LexborHTMLParser
    base: str
    language: str | None


def decode_page(body: bytes, content_type: str = "") -> str:
    """The text of a page. A label in the header comes before `<meta charset>` (WHATWG Encoding sniffing), which comes
    before what the bytes look like; UTF-8 is recognised whatever the labels say (:mod:`feedhub.ingest.charset`)."""
    sent = _HTTP_CHARSET.search(content_type)
    declared = _META_CHARSET.search(body, 0, _PRESCANNED)
    if declared and not (sent and _is_charset(sent[1])):
        content_type = f"text/html; charset={declared[1].decode('ascii', 'replace')}"
    return decode(body, content_type)


def open_page(text: str, url: str) -> WebPage:
    """The page whose text this is, found at `url`."""
    tree = LexborHTMLParser(legal(text))
    base = next((absolute(attribute(node, "href"), url) for node in tree.css("base[href]")), "")
    language = next((attribute(node, "lang") or attribute(node, "xml:lang") for node in tree.css("html")), "")
    return WebPage(tree, base or url, language or None)


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value without the space around it; empty where it has none."""
    return (node.attributes.get(name) or "").strip()


def attributes(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}


def words(node: LexborNode) -> str:
    """The visible text below `node` on one line."""
    return " ".join("".join(_pieces(node)).split())


def pictures(node: LexborNode, base: str) -> Iterator[Picture]:
    """The images at and below `node`: real addresses of lazy ones, other forms of `<picture>`, backgrounds."""
    for image in [*node.css("img"), *node.css("source[srcset]")]:
        given = attributes(image)
        url = "" if pixels.is_hidden(given) else absolute(pixels.source(given), base)
        if url:
            yield Picture(url, attribute(image, "alt"), "", *pixels.size(given))
    for styled in node.css("[style]"):
        if found := _BACKGROUND.search(attribute(styled, "style")):
            yield Picture(absolute(found[1], base))


def _pieces(node: LexborNode) -> Iterator[str]:
    """Texts in order, with a space where a block or a line begins. Without recursion: a page is as deep as it likes."""
    waiting = [node]
    while waiting:
        visited = waiting.pop()
        if visited.tag == "-text":
            yield visited.text()
        elif visited.tag not in _SILENT:
            if visited.tag in _BREAKS:
                yield " "
            waiting.extend(reversed(list(visited.iter(include_text=True))))


def _is_charset(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
