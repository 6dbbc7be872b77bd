"""The published schemas of the formats hold for what is written (R38)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from feedhub.models import OutputView
from feedhub.publish import atom, jsonfeed
from support.anything import views
from support.schemas import Schemas
from support.stories import SITE, VIEWS, a_story, a_view


@pytest.fixture(scope="module")
def schemas(test_data: Path) -> Schemas:
    return Schemas(test_data)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_r38_atom_is_valid(view: OutputView, schemas: Schemas) -> None:
    """RFC 4287's own grammar, appendix B (R38)."""
    assert schemas.faults_of_atom(atom.render(view)) == []


def test_r38_an_archive_page_is_valid_atom(schemas: Schemas) -> None:
    """Archive pages too, with their links and their mark from RFC 5005 (R38, R42)."""
    links = {"current": f"{SITE}feed.atom", "prev-archive": f"{SITE}feeds/all/200.atom"}
    for stories in ((a_story(),), ()):
        page = atom.render(a_view(*stories, path="feeds/all/300"), links=links, archive=True)
        assert schemas.faults_of_atom(page) == []


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_r38_json_feed_is_valid(view: OutputView, schemas: Schemas) -> None:
    """The JSON Schema of JSON Feed 1.1, dates and addresses checked (R38)."""
    assert schemas.faults_of_json(jsonfeed.render(view)) == []


@given(view=views())
@settings(max_examples=25)
def test_r33_no_text_breaks_a_schema(view: OutputView, schemas: Schemas) -> None:
    """Any text in any field (R33, R38)."""
    assert schemas.faults_of_atom(atom.render(view)) == []
    assert schemas.faults_of_json(jsonfeed.render(view)) == []


def test_the_schemas_find_faults(schemas: Schemas) -> None:
    """A feed without an id, an item without one."""
    assert schemas.faults_of_atom(atom.render(a_view()).replace(b"<id>", b"<icon>").replace(b"</id>", b"</icon>"))
    assert schemas.faults_of_json(json.dumps({"version": jsonfeed.VERSION, "title": "", "items": [{}]}).encode())
