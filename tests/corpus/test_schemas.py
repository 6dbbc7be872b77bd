"""The published schemas of the formats hold for what is written (R38)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree
from referencing import Registry
from referencing.jsonschema import DRAFT4

from feedhub.models import Enclosure, OutputView, Picture
from feedhub.publish import atom, jsonfeed
from support.stories import SITE, TIGRIS, a_carrier, a_plain_story, a_related, a_shared_story, a_story, a_view

HOSTILE = a_story(
    4,
    title="a < b ]]> \x00\ud800 <script>",
    url="https://tigris.example/a b/خبر?[x]#y#z",
    summary="\x0b & ",
    content="<p>]]></p>",
    author="\x00",
    categories=("", "\x01", "oil & gas"),
    language="en_US?",
    picture=Picture("https://tigris.example/ü.jpg", '"<', "jpeg", 0, -1),
    enclosures=(Enclosure("ftp://tigris.example/x", "x/y"), Enclosure("https://tigris.example/x", "sound", -5)),
    carriers=(a_carrier(replace(TIGRIS, title="", url="nowhere", id="\x00 ü")), a_carrier(url="x:y")),
    related=(
        a_related(8, title="\x00 ]]> <b>", url="nowhere", source=replace(TIGRIS, title="\x0b"), reason="\x00"),
        a_related(9, title="", url="https://tigris.example/a b/خبر?[x]#y#z"),
    ),
)
BARE = a_plain_story(3, title="", carriers=(a_carrier(replace(TIGRIS, title="", link="")),))

VIEWS = {
    "empty": a_view(),
    "full": a_view(a_story(), a_shared_story()),
    "short": a_view(a_story(), a_shared_story(), summaries=True, names_carriers=True),
    "bare": a_view(BARE),
    "pushed": a_view(a_story(), hub=f"{SITE}websub"),
    "hostile": a_view(HOSTILE, title="\x00", site_title=""),
}


@pytest.fixture(params=list(VIEWS.values()), ids=list(VIEWS))
def view(request: pytest.FixtureRequest) -> OutputView:
    shown: OutputView = request.param
    return shown


def test_r38_atom_is_valid(view: OutputView, test_data: Path) -> None:
    """RFC 4287's own grammar, appendix B (R38)."""
    grammar = etree.RelaxNG(etree.parse(test_data / "corpus/schemas/rfc4287-atom.rng"))
    grammar.assertValid(etree.fromstring(atom.render(view)))


def test_r38_an_archive_page_is_valid_atom(test_data: Path) -> None:
    """Archive pages too, with their links and their mark from RFC 5005 (R38, R42)."""
    grammar = etree.RelaxNG(etree.parse(test_data / "corpus/schemas/rfc4287-atom.rng"))
    links = {"current": f"{SITE}feed.atom", "prev-archive": f"{SITE}feeds/all/200.atom"}
    for stories in ((a_story(),), ()):
        page = atom.render(a_view(*stories, path="feeds/all/300"), links=links, archive=True)
        grammar.assertValid(etree.fromstring(page))


def test_r38_json_feed_is_valid(view: OutputView, test_data: Path) -> None:
    """The JSON Schema of JSON Feed 1.1, dates and addresses checked (R38)."""
    folder = test_data / "corpus/schemas"
    older = DRAFT4.create_resource(_load(folder / "jsonfeed-schemastore-feed-1.json"))
    names = ("feed-1", "https://json.schemastore.org/feed-1")
    registry: Registry[Any] = Registry().with_resources([(name, older) for name in names])
    validator = jsonschema.Draft4Validator(
        _load(folder / "jsonfeed-schemastore-feed.json"),
        registry=registry,
        format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER,
    )
    assert validator.is_valid({"version": jsonfeed.VERSION, "title": "", "items": [{}]}) is False
    validator.validate(json.loads(jsonfeed.render(view)))


def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
