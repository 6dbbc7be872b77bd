"""OPML: the outputs and the sources, as reader apps import them."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from feedhub.publish import opml
from feedhub.publish.addresses import OutputLink
from support.stories import HEWLER, NOON, SITE, TIGRIS

OUTPUTS = (OutputLink("all", "Two Rivers News", "feed"), OutputLink("kurdistan", "Kurdistan", "feeds/kurdistan"))


def groups(body: bytes) -> dict[str | None, list[dict[str, str]]]:
    found = ElementTree.fromstring(body).findall("body/outline")
    return {group.get("text"): [outline.attrib for outline in group] for group in found}


def test_outputs_and_sources_stand_in_two_groups() -> None:
    """Each subscription with its title, its feed and its page; the outputs as Atom (OPML 2.0)."""
    found = groups(opml.render("Two Rivers News", SITE, OUTPUTS, (TIGRIS, HEWLER), NOON))
    assert found["Outputs"] == [
        {
            "type": "rss",
            "text": "Two Rivers News",
            "title": "Two Rivers News",
            "xmlUrl": f"{SITE}feed.atom",
            "htmlUrl": SITE,
        },
        {
            "type": "rss",
            "text": "Kurdistan",
            "title": "Kurdistan",
            "xmlUrl": f"{SITE}feeds/kurdistan.atom",
            "htmlUrl": f"{SITE}feeds/kurdistan",
        },
    ]
    assert [(row["text"], row["xmlUrl"], row["htmlUrl"]) for row in found["Sources"]] == [
        (TIGRIS.title, TIGRIS.url, TIGRIS.link),
        (HEWLER.title, HEWLER.url, HEWLER.link),
    ]


def test_the_head_has_title_and_date() -> None:
    """dateModified is given, never the clock's (R39)."""
    root = ElementTree.fromstring(opml.render("Two Rivers News", SITE, (), (), NOON))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Two Rivers News"
    assert root.findtext("head/dateModified") == "Sun, 22 Nov 2026 12:00:00 GMT"


def test_a_group_without_members_is_left_out() -> None:
    """But the body is never without an outline: that would not be valid."""
    assert list(groups(opml.render("T", SITE, (), (TIGRIS,), NOON))) == ["Sources"]
    assert list(groups(opml.render("T", SITE, OUTPUTS, (), NOON))) == ["Outputs"]
    assert groups(opml.render("T", SITE, (), (), NOON)) == {"Sources": []}


def test_a_source_without_title_or_page_is_named_by_its_host() -> None:
    """No outline is without text; an unknown page is left out."""
    bare = replace(TIGRIS, title="", link="")
    (row,) = groups(opml.render("T", SITE, (), (bare,), NOON))["Sources"]
    assert row == {"type": "rss", "text": "tigris.example", "title": "tigris.example", "xmlUrl": TIGRIS.url}


@given(text=st.text(st.characters(), max_size=60))
def test_r33_no_text_breaks_the_document(text: str) -> None:
    """Any characters in a title: well-formed (R33)."""
    source = replace(TIGRIS, title=text, link=text, id=text)
    body = opml.render(text, SITE, (OutputLink("all", text, "feed"),), (source,), NOON)
    assert len(groups(body)["Sources"]) == 1
