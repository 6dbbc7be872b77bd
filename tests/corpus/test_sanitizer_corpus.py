"""R34: vectors that broke other sanitisers do nothing here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as lxml_html

from feedhub.ingest.characters import publishable
from feedhub.ingest.clean import clean_html, plain_text
from feedhub.ingest.normalize import normalize
from feedhub.models import ParsedFeed, ParsedItem, Text
from support.feeds import item, rss
from support.html5 import acting, acting_in_page
from support.published import markup
from support.publisher import Publisher
from support.running import running

BASE = "https://outlet.example/news/"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VECTORS_YAML = """
site: {{url: "https://hub.example/"}}
hosts: {{spacing: 0s}}
dedup: {{mode: "off"}}
feeds: [{{url: "{url}", initial_items: 2000}}]
outputs: [{{id: all, limit: 1000}}]
"""
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


@pytest.fixture(scope="module")
def outputs(vectors: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the hub publishes of a feed that holds a vector in each item: the three formats, and pages of stories."""
    return asyncio.run(publish(vectors, tmp_path_factory.mktemp("vectors")))


async def publish(vectors: list[str], folder: Path) -> dict[str, bytes]:
    articles = [replace(item(number), text=vector) for number, vector in enumerate(map(publishable, vectors))]
    with Publisher() as publisher:
        publisher.serve("/feed", rss(*articles))
        async with running(folder, VECTORS_YAML.format(url=publisher.url("/feed")), NOW) as hub:
            await hub.tick(NOW)
            pages = [f"stories/{urn.removeprefix('urn:uuid:')}" for urn in sorted(hub.stories())[::10]]
            return {path: hub.document(path) for path in ("feed.atom", "feed.rss", "feed.json", *pages)}


@pytest.mark.slow
def test_r34_no_vector_acts_in_an_output(vectors: list[str], outputs: dict[str, bytes]) -> None:
    """R34: neither in Atom, RSS or JSON, nor on a story's page, as a parser of HTML5 reads them."""
    found = {}
    for path, body in outputs.items():
        is_page = path.startswith("stories/")
        texts = [] if is_page else markup(path, body)
        assert is_page or len(texts) >= len(vectors)
        found[path] = acting_in_page(body) if is_page else [fault for text in texts for fault in acting(text)]
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "html",
    [
        "<p>x</p><script>y</script>",
        "<svg><a xlink:href='javascript:x'>y</a></svg>",
        '<img src="https://x.example/" onerror="y">',
        '<a href="data:text/html,x">y</a>',
        "<math><mtext></mtext></math>",
        '<p style="color: red">x</p>',
        "<form><input></form>",
        '<base href="https://x.example/">',
    ],
)
def test_what_acts_is_found(html: str) -> None:
    """By the judge of the test above, in a fragment and in a page."""
    assert acting(html)
    assert acting_in_page(f"<!doctype html><body><article>{html}</article>".encode())


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
