"""Who pushes a document: its hubs and its own address, from HTTP headers and from itself (WebSub section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urljoin, urlsplit

from feedhub.models import HubOffer, Link
from feedhub.net.urls import without_scheme

MOST_HUBS = 5
_LONGEST = 2_000  # characters of an address

# RFC 8288 section 3; a parameter may lack its value, and semicolons may stand alone.
_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(
    r"""\s*;\s*(?:([!#$%&'*+.^`|~\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?)?""", re.ASCII
)
_ESCAPED = re.compile(r"\\(.)")


def offered(url: str, headers: Iterable[str], document: Sequence[Link]) -> HubOffer | None:
    """What the document found at `url` offers; None without a hub. `headers` are the values of its Link headers.

    Headers go before the document, for hubs and for the address each. Without an address of its own the topic is where
    it was found. A document that came over TLS is not pushed over an open line: a hub of http is then asked by https.
    """
    sent = [link for value in headers for link in header_links(value)]
    hubs = _addresses(url, "hub", sent) or _addresses(url, "hub", document)
    own, said = _addresses(url, "self", sent), _addresses(url, "self", document)
    topic = (*own, *said, url)[0]
    if "https" in (urlsplit(url).scheme, urlsplit(topic).scheme):
        hubs = [re.sub("^http:", "https:", hub) for hub in hubs]
    if not hubs:
        return None
    return HubOffer(url, tuple(dict.fromkeys(hubs))[:MOST_HUBS], topic, tuple(dict.fromkeys((*own, *said, url))))


def belongs(offer: HubOffer, headers: Iterable[str], document: Sequence[Link]) -> bool:
    """Whether a pushed document is the one that the offer is for, as far as it says which it is (section 7).

    The Link header names the topic. The document may call itself as it did when it was polled.
    """
    sent = [link for value in headers for link in header_links(value)]
    own, said = _addresses(offer.url, "self", sent), _addresses(offer.url, "self", document)
    names = {without_scheme(name) for name in (*offer.names, offer.topic)}
    return {without_scheme(name) for name in own} <= {without_scheme(offer.topic)} and (
        not said or any(without_scheme(name) in names for name in said)
    )


def header_links(value: str) -> Iterator[Link]:
    """The links of a Link header, one for each relation; those of another document (`anchor`) are left out."""
    at = 0
    while target := _TARGET.match(value, at):
        at = target.end()
        parameters: dict[str, str] = {}
        while parameter := _PARAMETER.match(value, at):
            at = parameter.end()
            name, quoted, plain = parameter.groups()
            text = _ESCAPED.sub(r"\1", quoted) if quoted is not None else plain or ""
            parameters.setdefault((name or "").lower(), text)  # the first one counts (section 3.3)
        if "anchor" not in parameters:
            yield from (Link(rel, target[1].strip()) for rel in parameters.get("rel", "").lower().split())


def _addresses(url: str, rel: str, links: Iterable[Link]) -> list[str]:
    """The addresses of this relation, absolute, as they are written otherwise: a hub compares topics letter by letter.

    What is no http address, or too long for one, is left out.
    """
    found = (_absolute(url, link.href) for link in links if link.rel == rel)
    return [address for address in found if address]


def _absolute(url: str, href: str) -> str:
    if not 0 < len(href) <= _LONGEST:
        return ""
    try:
        address = href if href.startswith(("http://", "https://")) else urljoin(url, href)
        parts = urlsplit(address)
        return address if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""
