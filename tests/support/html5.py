"""What could act in published HTML, as a parser of HTML5 reads it, which is how browsers and reader apps do (R34)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import html5lib

_ELEMENTS = "script style iframe frame frameset object embed applet base meta link svg math template noscript portal"
_FORMS = "form input button select textarea option"
_RAW = "xmp plaintext noembed noframes"  # whose text browsers do not read as markup
_ACTIVE = frozenset(f"{_ELEMENTS} {_FORMS} {_RAW}".split())
_LINKS = "href src srcset poster action formaction data background cite ping"
_ADDRESSES = frozenset(f"{_LINKS} longdesc manifest".split())
_HARMLESS = ("http://", "https://", "mailto:", "tel:")


@lru_cache(maxsize=10_000)
def acting(html: str) -> tuple[str, ...]:
    """The elements, handlers, styles and foreign addresses of a fragment; none, if all is well."""
    return tuple(_acting(html5lib.parseFragment(html, namespaceHTMLElements=False)))


def acting_in_page(page: bytes) -> list[str]:
    """The same of an article in a page of ours, whose own furniture may hold what an article may not."""
    document = html5lib.parse(page, transport_encoding="utf-8", namespaceHTMLElements=False)
    return [found for article in document.iter("article") for found in _acting(article, own=True)]


def _acting(root: Any, own: bool = False) -> Iterator[str]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield f"a comment: {element.text}"
            continue
        tag = element.tag.rpartition("}")[2].lower()
        if tag in _ACTIVE:
            yield tag
        for name, value in element.attrib.items():
            name = name.rpartition("}")[2].lower()
            foreign = name in _ADDRESSES and not value.strip().lower().startswith(_HARMLESS)
            if (
                name.startswith("on")
                or name in ("style", "srcdoc")
                or (foreign and not (own and value.startswith("../")))
            ):
                yield f"{tag} {name}={value[:80]}"
            if not own and name in ("class", "id", "name"):
                yield f"{tag} {name}={value[:80]}"
