"""A small tree of HTML that has passed the sanitiser, whose output is balanced and quoted.

Never give it anything else: :mod:`feedhub.ingest.clean` is the gate before and after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from feedhub.ingest.characters import is_visible

VOID = frozenset({"br", "hr", "img", "source", "wbr", "col"})
BREAKS = frozenset({"br", "wbr"})
MEDIA = frozenset({"img", "audio", "video"})
_TEXT_BLOCKS = "p div figure figcaption blockquote pre hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd audio video"
_TABLE = "table caption colgroup thead tbody tfoot tr td th"
BLOCKS = frozenset(f"{_TEXT_BLOCKS} {_TABLE} section article header footer aside details summary address".split())

# Deeper elements lend their children to the deepest one that stays: readers' parsers and our own recursion have an end.
DEEPEST = 60


@dataclass(slots=True)
class Element:
    """An element; the root has no tag."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)


Node = Element | str


def parse(html: str) -> Element:
    """The tree of sanitised `html`, at most `DEEPEST` elements deep."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def serialize(node: Node) -> str:
    """HTML of a tree; the root gives its children's."""
    if isinstance(node, str):
        return escape(node, quote=False)
    inner = "".join(map(serialize, node.children))
    if not node.tag:
        return inner
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    return f"<{node.tag}{attributes}>" if node.tag in VOID else f"<{node.tag}{attributes}>{inner}</{node.tag}>"


def text(node: Node) -> str:
    """What a reader reads, a line for each block or break."""
    pieces: list[str] = []
    _gather(node, pieces)
    return "".join(pieces)


def is_blank(node: Node) -> bool:
    """Whether the node by itself shows nothing: blank text or a line break."""
    return not is_visible(node) if isinstance(node, str) else node.tag in BREAKS


def is_brief(node: Element, most: int) -> bool:
    """Whether text and elements below `node` come to at most `most`; found in time of the order of `most`."""
    waiting: list[Node] = [node]
    while waiting and most >= 0:
        visited = waiting.pop()
        if isinstance(visited, str):
            most -= len(visited)
        else:
            most -= 1
            waiting.extend(visited.children)
    return most >= 0


def strings(node: Node) -> list[str]:
    """The pieces of text below `node`."""
    return [node] if isinstance(node, str) else [piece for child in node.children for piece in strings(child)]


def elements(node: Element) -> Iterator[Element]:
    """Every element below `node`, in the order of the document."""
    for child in node.children:
        if isinstance(child, Element):
            yield child
            yield from elements(child)


def holds_media(node: Element) -> bool:
    return any(element.tag in MEDIA for element in elements(node))


def _gather(node: Node, pieces: list[str]) -> None:
    if isinstance(node, str):
        pieces.append(node.replace("\n", " "))  # a line in the source is no line on the page
        return
    edge = "\n" if node.tag in BLOCKS or node.tag == "br" else ""
    pieces.append(edge)
    for child in node.children:
        _gather(child, pieces)
    pieces.append(edge)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        parent = self._open[-1]
        if tag in VOID:
            parent.children.append(element)
        elif len(self._open) > DEEPEST:
            self._open.append(parent)
        else:
            parent.children.append(element)
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
