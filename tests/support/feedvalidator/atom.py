"""What holds for Atom alone (RFC 4287, RFC 5005)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from support.feedvalidator.document import Published, Rules, children, listed, named, repeated, text, texts
from support.feedvalidator.shared import is_full_address, missing, relations

RULES: Rules = {}
rule = partial(listed, RULES)

_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_DOTS = re.compile(r"/\.{1,2}(/|$)")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAILBOX = re.compile(r"<[\w.+'-]+@[\w.-]+>")


@rule("MissingElement")
def _required(published: Published) -> Iterator[str]:
    if published.is_atom:
        yield from missing(published.feed, "atom:id", "atom:title", "atom:updated")
        for entry in published.items:
            yield from missing(entry, "atom:id", "atom:title", "atom:updated", "atom:author")
        for person in published.elements("atom:author"):
            yield from missing(person, "atom:name")


@rule("MissingSourceElement")
def _source(published: Published) -> Iterator[str]:
    for source in published.sources:
        yield from missing(source, "atom:id", "atom:title", "atom:updated")


@rule("MissingContentOrAlternate")
def _content(published: Published) -> Iterator[str]:
    if published.is_atom:
        for entry in published.items:
            if not children(entry, "atom:content") and "alternate" not in relations(entry):
                yield texts(entry, "atom:id")[0]


@rule("DuplicateAtomLink")
def _alternates(published: Published) -> Iterator[str]:
    """One of a type and a language, of a feed, an entry, a source."""
    for parent in published.elements("atom:feed", "atom:entry", "atom:source"):
        links = [link for link in children(parent, "atom:link") if link.get("rel", "alternate") == "alternate"]
        yield from repeated([f"{link.get('type')} {link.get('hreflang')}" for link in links])


@rule("DuplicateEntries")
def _ids(published: Published) -> Iterator[str]:
    if published.is_atom:
        yield from repeated([identity for entry in published.items for identity in texts(entry, "atom:id")])


@rule("DuplicateUpdated")
def _moments(published: Published) -> Iterator[str]:
    if published.is_atom:
        yield from repeated([moment for entry in published.items for moment in texts(entry, "atom:updated")])


@rule("InvalidFullLink of an id")
def _absolute_ids(published: Published) -> Iterator[str]:
    yield from (text(found) for found in published.elements("atom:id") if not is_full_address(text(found)))


@rule("InvalidUUID")
def _uuids(published: Published) -> Iterator[str]:
    for found in published.elements("atom:id", "guid"):
        if text(found).startswith("urn:uuid:") and not _UUID.fullmatch(text(found)):
            yield text(found)


@rule("NonCanonicalURI")
def _canonical_ids(published: Published) -> Iterator[str]:
    """RFC 4287, section 4.2.6.1, by RFC 3986, section 6.2.2 and 6.2.3."""
    yield from (text(found) for found in published.elements("atom:id") if not _is_canonical(text(found)))


@rule("InvalidTextType")
def _text_types(published: Published) -> Iterator[str]:
    for element in published.elements("atom:title", "atom:summary", "atom:subtitle", "atom:rights", "atom:content"):
        if element.get("type", "text") not in ("text", "html"):
            yield f"{named(element)} {element.get('type')}"


@rule("MissingAttribute of a category")
def _terms(published: Published) -> Iterator[str]:
    yield from (str(found.attrib) for found in published.elements("atom:category") if not found.get("term"))


@rule("ContainsEmail")
def _mailboxes(published: Published) -> Iterator[str]:
    yield from (text(name) for name in published.elements("atom:name") if _MAILBOX.search(text(name)))


@rule("ArchiveIncomplete")
def _linked(published: Published) -> Iterator[str]:
    known = {"prev-archive", "next-archive"} & set(relations(published.feed))
    if published.is_atom and children(published.feed, "fh:archive") and not known:
        yield published.address


@rule("MissingCurrentInArchive")
def _current(published: Published) -> Iterator[str]:
    if children(published.feed, "fh:archive") and "current" not in relations(published.feed):
        yield published.address


def _is_canonical(identity: str) -> bool:
    if not identity.startswith(("http:", "https:")):
        return True
    parts = urlsplit(identity)
    needless = any(
        _UNRESERVED.fullmatch(bytes.fromhex(found[1:]).decode("latin-1")) for found in _ESCAPE.findall(identity)
    )
    return (
        not needless
        and all(found == found.upper() for found in _ESCAPE.findall(identity))
        and parts.netloc == parts.netloc.lower()
        and parts.port != _DEFAULT_PORTS[parts.scheme]
        and parts.path.startswith("/")
        and not _DOTS.search(parts.path)
    )
