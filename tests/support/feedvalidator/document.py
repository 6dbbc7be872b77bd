"""A feed as the validator meets it, and how rules are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from lxml.etree import _Element as Element

# The namespaces that the validator knows, of those that a feed of news could use, under the prefix that it expects.
NAMESPACES = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
_STRICT = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


@dataclass(frozen=True, slots=True)
class Published:
    """A document of Atom or RSS, where and as what it was fetched, and when."""

    address: str
    content_type: str
    body: bytes
    root: Element
    now: datetime

    @classmethod
    def read(cls, address: str, content_type: str, body: bytes, now: datetime) -> Published:
        """Raises etree.XMLSyntaxError: SAXError, the validator says."""
        return cls(address, content_type, body, etree.fromstring(body, _STRICT), now)

    @property
    def is_atom(self) -> bool:
        return named(self.root) == "atom:feed"

    @property
    def feed(self) -> Element:
        """The element that holds what is said of the feed itself."""
        return self.root if self.is_atom else self.root[0]

    @property
    def items(self) -> list[Element]:
        return children(self.feed, "atom:entry" if self.is_atom else "item")

    @property
    def sources(self) -> list[Element]:
        """The `atom:source` of each entry that has one."""
        return [source for entry in self.items for source in children(entry, "atom:source")]

    def elements(self, *names: str) -> Iterator[Element]:
        """All elements of the document with one of these names, in its order; all there are where none is named."""
        return (element for element in self.root.iter() if not names or named(element) in names)


Rule = Callable[[Published], Iterator[str]]
Rules = dict[str, Rule]


def named(element: Element) -> str:
    """The element's name with the prefix that the validator expects: `atom:link`, `pubDate`."""
    return qualified(str(element.tag))


def qualified(name: str) -> str:
    """A name of lxml's, `{namespace}local`, with its prefix."""
    namespace, _, local = name.rpartition("}")
    return f"{NAMESPACES.get(namespace[1:], namespace[1:])}:{local}" if namespace else local


def children(parent: Element, *names: str) -> list[Element]:
    return [child for child in parent if named(child) in names]


def text(element: Element) -> str:
    return (element.text or "").strip()


def texts(parent: Element, name: str) -> list[str]:
    return [text(child) for child in children(parent, name)]


def listed(rules: Rules, name: str) -> Callable[[Rule], Rule]:
    """Enter a function among `rules` as the rule of the message `name`."""

    def enter(rule: Rule) -> Rule:
        rules[name] = rule
        return rule

    return enter


def repeated(values: list[str]) -> Iterator[str]:
    """Each value that stands in the list a second time."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)
