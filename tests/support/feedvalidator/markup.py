"""What holds for HTML in a feed, and for texts that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

import html5lib
from lxml.etree import _Element as Element

from support.feedvalidator.document import Published, Rules, listed, named, text

RULES: Rules = {}
rule = partial(listed, RULES)

# What readers should strip, of what HTML has and a feed of news could hold.
_ELEMENTS = "script style iframe frame frameset object embed applet base link meta title head html body svg math"
_FORMS = "form input button select textarea option"
_RISKY = frozenset(f"{_ELEMENTS} {_FORMS}".split())
_RISKY_ATTRIBUTES = re.compile(r"on\w+|style|class|id|srcdoc|formaction")
_PLAIN = ("atom:title", "atom:summary", "atom:name", "title", "source", "category", "media:title")
_END_TAG = re.compile(
    r"</(a|abbr|article|b|big|blockquote|br|code|div|em|font|h[1-6]|html|i|iframe|img|li|ol|p|pre|s|script|small|span"
    r"|strong|style|sub|sup|table|td|title|tr|u|ul|video)>",
    re.I,
)


@rule("NotHtml")
def _html(published: Published) -> Iterator[str]:
    """It parses as a strict parser of HTML5 does, not only as a browser would."""
    for element in _marked_up(published):
        yield from (f"{error}: {text(element)[:200]!r}" for error in _parsed(element.text or "").errors)


@rule("SecurityRisk")
def _elements(published: Published) -> Iterator[str]:
    for element in _marked_up(published):
        yield from (f"{tag} in {named(element)}" for tag, _ in _tags(element) if tag in _RISKY)


@rule("SecurityRiskAttr")
def _attributes(published: Published) -> Iterator[str]:
    """DangerousStyleAttr among it."""
    for element in _marked_up(published):
        for tag, attributes in _tags(element):
            yield from (f"{name} of {tag}" for name in attributes if _RISKY_ATTRIBUTES.fullmatch(name))


@rule("ContainsRelRef")
def _references(published: Published) -> Iterator[str]:
    for element in _marked_up(published):
        for tag, attributes in _tags(element):
            for name in ("href", "src", "poster", "srcset", "cite"):
                if name in attributes and not re.match(r"\w+:", attributes[name]):
                    yield f"{name} of {tag}: {attributes[name][:80]}"


@rule("ContainsHTML, ContainsUndeclaredHTML")
def _plain(published: Published) -> Iterator[str]:
    """A text that is none has no end tag."""
    for element in published.elements(*_PLAIN):
        if element.get("type", "text") != "html" and _END_TAG.search(text(element)):
            yield f"{named(element)} {text(element)[:80]}"
    for link in published.elements("atom:link"):
        if _END_TAG.search(link.get("title", "")):
            yield f"title of atom:link {link.get('title', '')[:80]}"


def _marked_up(published: Published) -> Iterator[Element]:
    """The elements whose text is HTML."""
    for element in published.elements("atom:content", "atom:summary", "content:encoded", "description"):
        of_channel = named(element) == "description" and element.getparent() is published.feed
        if not of_channel and (not named(element).startswith("atom:") or element.get("type") == "html"):
            yield element


def _tags(element: Element) -> tuple[tuple[str, dict[str, str]], ...]:
    return _parsed(element.text or "").tags


@dataclass(frozen=True)
class Parsed:
    """HTML as a parser of HTML5 reads it: its elements, and what it has to mend."""

    tags: tuple[tuple[str, dict[str, str]], ...]
    errors: tuple[str, ...]


@lru_cache(maxsize=5_000)
def _parsed(html: str) -> Parsed:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parseFragment(html)
    tags = ((found.tag.rpartition("}")[2], dict(found.attrib)) for found in tree.iter() if isinstance(found.tag, str))
    return Parsed(tuple(tags), tuple(str(code) for _, code, _ in parser.errors))
