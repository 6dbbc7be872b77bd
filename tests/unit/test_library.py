"""What is kept of rendered documents."""

from __future__ import annotations

from feedhub.models import Document
from feedhub.web.library import Prepared, Shelf, prepare
from support.entries import NOON


def a_document(path: str) -> Prepared:
    return prepare(Document(path, "text/plain", path.encode(), NOON))


def test_what_was_asked_for_longest_ago_gives_way() -> None:
    """A selection has as many addresses as there are combinations: memory is bounded."""
    shelf = Shelf(2)
    for path in ("a", "b"):
        shelf.put(path, a_document(path))
    assert shelf.find("a") == a_document("a")
    shelf.put("c", a_document("c"))
    assert shelf.find("b") is None
    assert [shelf.find(path) for path in ("a", "c")] == [a_document("a"), a_document("c")]
