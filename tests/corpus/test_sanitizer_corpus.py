"""R34: vectors that broke other sanitisers do nothing here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as lxml_html

from feedhub.ingest.clean import clean_html, plain_text
from feedhub.ingest.normalize import normalize
from feedhub.models import ParsedFeed, ParsedItem, Text

BASE = "https://outlet.example/news/"
FORBIDDEN = "script style iframe frame object embed applet form input button textarea base meta link svg math template"
ADDRESSES = ("href", "src", "poster", "action", "formaction", "data", "xlink:href", "background", "srcset", "cite")
HARMLESS = ("http://", "https://", "mailto:", "tel:")


def payloads(folder: Path) -> Iterator[str]:
    for name in ("dompurify_expect.json", "owasp_xss_filter_evasion.json"):
        yield from (vector["payload"] for vector in json.loads((folder / name).read_text("utf-8")))
    yield from (path.read_text("utf-8") for path in sorted((folder / "bleach_data").glob("*.test")))
    yield from naughty(folder)


def naughty(folder: Path) -> list[str]:
    strings: list[str] = json.loads((folder / "blns.json").read_text("utf-8"))
    return strings


@pytest.fixture(scope="module")
def vectors(test_data: Path) -> list[str]:
    found = [payload for payload in payloads(test_data / "corpus" / "sanitizer") if isinstance(payload, str)]
    assert len(found) > 800
    return found


def faults(cleaned: str) -> list[str]:
    """What could act in a document whose body is `cleaned`, as libxml2 reads it."""
    body = lxml_html.document_fromstring(f"<html><body><div>{cleaned}</div></body></html>")
    found = []
    for element in body.iter():
        if element.tag in FORBIDDEN.split():
            found.append(str(element.tag))
        for name, value in ((str(name), str(value)) for name, value in element.items()):
            foreign = name in ADDRESSES and not value.startswith(HARMLESS)
            if foreign or name.startswith("on") or name in ("style", "class", "id", "srcset"):
                found.append(f"{element.tag} {name}={value}")
    return found


def test_r34_no_vector_acts(vectors: list[str]) -> None:
    """Neither script, handler, form, frame, style nor foreign scheme is left of any, and no comment."""
    acting = {vector: found for vector in vectors if (found := faults(clean_html(vector, BASE)))}
    assert acting == {}
    assert not any("<!" in clean_html(vector, BASE) for vector in vectors)


def test_r34_every_vector_settles(vectors: list[str]) -> None:
    """Cleaning again changes nothing, with the base or without."""
    unsettled = [vector for vector in vectors if clean_html(cleaned := clean_html(vector, BASE)) != cleaned]
    assert unsettled == []


def test_r33_naughty_strings_make_entries(test_data: Path) -> None:
    """In headline, guid, author, section and link: published as text that XML can hold."""
    feed = ParsedFeed("rss20", link="https://outlet.example/")
    for string in naughty(test_data / "corpus" / "sanitizer"):
        item = ParsedItem(guid=string, link=string, title=Text(string), author=string, categories=(string,))
        entry = normalize(item, feed, feed_url=BASE, timezone=None, language=None)
        if entry is not None:
            fields = (entry.guid, entry.link, entry.title, entry.author, *entry.categories)
            for text in fields:
                etree.Element("x").text = text  # raises for what XML cannot hold
            assert entry.title == plain_text(Text(string), 1_000)
            assert entry.link == "" or entry.link.startswith(("http://", "https://"))
