"""What the outputs' documents say, read as strictly as a reader app may, and what is wrong with their form."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"

# XML 1.0, section 2.2, and the control characters that it discourages.
_ILLEGAL = re.compile("[^\t\n\r -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STRICT = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A story as a document shows it. `carriers` are the ids of its feeds, where the format tells them."""

    id: str
    title: str
    url: str
    published: str
    updated: str
    carriers: tuple[str, ...] = ()


def shown(path: str, body: bytes) -> list[Shown]:
    """The stories of an output's document, in its order. Raises where it is not well-formed."""
    match path.rpartition(".")[2]:
        case "atom":
            return [_atom(entry) for entry in etree.fromstring(body, _STRICT).iterfind(f"{ATOM}entry")]
        case "rss":
            return [_rss(item) for item in etree.fromstring(body, _STRICT).iterfind("channel/item")]
        case "json":
            return [_json(item) for item in json.loads(body)["items"]]
    raise ValueError(path)


def markup(path: str, body: bytes) -> list[str]:
    """The HTML that an output's document holds, item by item."""
    match path.rpartition(".")[2]:
        case "atom":
            return [found.text or "" for found in etree.fromstring(body, _STRICT).iter(f"{ATOM}content")]
        case "rss":
            items = etree.fromstring(body, _STRICT).iterfind("channel/item")
            return [found.text or "" for item in items for found in item.iter("description", f"{CONTENT}encoded")]
        case "json":
            return [item["content_html"] for item in json.loads(body)["items"]]
    raise ValueError(path)


def links(body: bytes) -> dict[str, str]:
    """The links of an Atom or RSS feed itself, by their relation."""
    root = etree.fromstring(body, _STRICT)
    feed = root if root.tag == f"{ATOM}feed" else root[0]
    return {link.get("rel", ""): link.get("href", "") for link in feed.iterchildren(f"{ATOM}link")}


def follow(get: Callable[[str], bytes], path: str, hub: str) -> Iterator[tuple[str, bytes]]:
    """A document and the archive pages behind it, as a reader meets them that was away, by their paths (RFC 5005)."""
    while path:
        body = get(path)
        yield path, body
        path = links(body).get("prev-archive", "").removeprefix(hub)


def updated(body: bytes) -> str:
    """When an Atom document says that it was last updated."""
    return str(etree.fromstring(body, _STRICT).findtext(f"{ATOM}updated", ""))


def faults(path: str, body: bytes) -> list[str]:
    """What is wrong with the form of a document of any kind; nothing, if all is well."""
    found = [f"U+{ord(character):04X}" for character in sorted(set(_ILLEGAL.findall(_text(path, body))))]
    if path.endswith((".atom", ".rss", ".json")) and not path.startswith("stories/"):
        return found + list(_faults_of_items(shown(path, body)))
    if path == "opml":
        return found + ([] if len(etree.fromstring(body, _STRICT)) else ["an empty OPML"])
    if not path.endswith(".json"):
        ids = Counter(str(element.get("id")) for element in html.document_fromstring(body).iterfind(".//*[@id]"))
        found += [f"the id {name} {count} times" for name, count in ids.items() if count > 1]
    return found


def _text(path: str, body: bytes) -> str:
    """All text of a document; of JSON with its escapes resolved."""
    text = body.decode("utf-8")
    return "\n".join(_strings(json.loads(text))) if path.endswith(".json") else text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from (text for child in value.values() for text in _strings(child))
    elif isinstance(value, list):
        yield from (text for child in value for text in _strings(child))


def _faults_of_items(items: list[Shown]) -> Iterator[str]:
    ids = Counter(item.id for item in items)
    yield from (f"{name} {count} times" for name, count in ids.items() if count > 1)
    for item in items:
        if not item.id.startswith("urn:uuid:"):
            yield f"the id {item.id}"
        if not item.title.strip():
            yield f"{item.id} without a title"
        if not item.url.startswith(("http://", "https://")):
            yield f"{item.id} leads to {item.url[:80]}"
        if item.updated < item.published:
            yield f"{item.id} updated {item.updated} before it was published {item.published}"


def _atom(entry: Any) -> Shown:
    link = entry.find(f"{ATOM}link[@rel='alternate']")
    values = [entry.findtext(f"{ATOM}{name}", "") for name in ("id", "title", "published", "updated")]
    return Shown(values[0], values[1], link.get("href", "") if link is not None else "", values[2], values[3])


def _rss(item: Any) -> Shown:
    updated = item.findtext(f"{ATOM}updated", "")
    return Shown(item.findtext("guid", ""), item.findtext("title", ""), item.findtext("link", ""), "", updated)


def _json(item: dict[str, Any]) -> Shown:
    carriers = tuple(carrier["feed"] for carrier in item["_feedhub"]["carriers"])
    updated = item.get("date_modified", item["date_published"])
    return Shown(item["id"], item["title"], item["url"], item["date_published"], updated, carriers)
