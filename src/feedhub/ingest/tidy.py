"""The tree of an article between the two gates of :mod:`feedhub.ingest.clean`: addresses, pictures, empty elements."""

from __future__ import annotations

from feedhub.ingest import furniture, pixels
from feedhub.ingest.addresses import WEB, absolute
from feedhub.ingest.markup import BLOCKS, MEDIA, VOID, Element, Node, is_blank

_LINKED = WEB | {"mailto", "tel"}
# Elements that mean something empty: a cell keeps its column.
_KEPT_EMPTY = VOID | {"td", "th", "tr", "colgroup", "thead", "tbody", "tfoot"}


def tidied(root: Element, base: str) -> Element:
    """A new tree with absolute addresses, real pictures once each, no empty elements, and no furniture at its end."""
    tree = Element("", {}, _Tidying(base).children_of(root))
    furniture.remove_end(tree)
    return tree


class _Tidying:
    def __init__(self, base: str) -> None:
        self._base = base
        self._pictures: set[str] = set()

    def children_of(self, node: Element) -> list[Node]:
        return [kept for child in node.children for kept in self._replaced(child)]

    def _replaced(self, node: Node) -> list[Node]:
        """What stands in the place of `node`: itself mended, its children, or nothing."""
        if isinstance(node, str):
            return [node]
        match node.tag:
            case "img":
                return self._picture(node)
            case "a":
                return self._link(node)
            case "audio" | "video" | "source":
                return self._media(node)
            case "pre":
                return _unless_empty(node, _without_first_line(self.children_of(node)))
            case _:
                return _unless_empty(node, self.children_of(node))

    def _picture(self, node: Element) -> list[Node]:
        source = absolute(pixels.source(node.attributes), self._base)
        width, height = pixels.size(node.attributes)
        hidden = pixels.is_hidden(node.attributes) or pixels.is_tracker(source, width, height)
        # Lazy loaders give each picture twice, the second time for browsers without scripts.
        if not source or hidden or source in self._pictures:
            return []
        self._pictures.add(source)
        sizes = {"width": width, "height": height}
        return [_with(node, {"src": source} | {name: str(value) for name, value in sizes.items() if value})]

    def _link(self, node: Element) -> list[Node]:
        children = self.children_of(node)
        address = absolute(node.attributes.get("href", ""), self._base, _LINKED)
        return _unless_empty(_with(node, {"href": address}), children) if address else children

    def _media(self, node: Element) -> list[Node]:
        addresses = {name: absolute(node.attributes.get(name, ""), self._base) for name in ("src", "poster")}
        mended = _with(node, {name: address for name, address in addresses.items() if address})
        mended.children = self.children_of(node)
        inner = (child for child in mended.children if isinstance(child, Element))
        return [mended] if addresses["src"] or any(child.tag == "source" for child in inner) else []


def _with(node: Element, addresses: dict[str, str]) -> Element:
    """`node` with these attributes in the place of all that tell where something is or how large."""
    dropped = {"href", "src", "poster", "style", "width", "height", *pixels.LAZY_SOURCES, *pixels.LAZY_SETS}
    return Element(node.tag, addresses | {name: v for name, v in node.attributes.items() if name not in dropped})


def _unless_empty(node: Element, children: list[Node]) -> list[Node]:
    if node.tag in _KEPT_EMPTY or node.tag in MEDIA or any(not is_blank(child) for child in children):
        return [Element(node.tag, node.attributes, children)]
    # Blanks between words stay blanks, an empty block stays a gap.
    return ["\n"] if node.tag in BLOCKS else children


def _without_first_line(children: list[Node]) -> list[Node]:
    # Parsers drop a line feed at the start of `pre`; without this each round would take one more.
    if children and isinstance(children[0], str):
        return [children[0].lstrip("\n"), *children[1:]]
    return children
