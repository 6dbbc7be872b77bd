"""How much of a text an output republishes, and whom it names (`content`, `show_carriers`)."""

from __future__ import annotations

import json

import feedparser
import pytest

from feedhub.models import Enclosure, OutputView
from feedhub.publish import atom, jsonfeed, pages, rss
from feedhub.publish.item import summarised
from support.stories import SITE, TIGRIS, a_carrier, a_plain_story, a_shared_story, a_story, a_view

WRITERS = {"atom": atom.render, "rss": rss.render, "json": jsonfeed.render}
ALSO = (
    '<p><bdi lang="en">Also in</bdi>: <a href="https://tigris.example/articles/17"><bdi>Tigris Daily</bdi></a>, '
    '<a href="https://hewler.example/articles/17"><bdi>هەواڵی هەولێر</bdi></a></p>'
)


def html(extension: str, view: OutputView) -> str:
    """The text of the only story."""
    body = WRITERS[extension](view)
    if extension == "json":
        return str(json.loads(body)["items"][0]["content_html"])
    return str(feedparser.parse(body, sanitize_html=False).entries[0].content[0].value)


@pytest.mark.parametrize("extension", WRITERS)
def test_content_summary_publishes_no_more_than_a_summary(extension: str) -> None:
    """Neither the text nor what is attached to it stands anywhere; the picture stays, before the summary."""
    story = a_story(enclosures=(Enclosure("https://tigris.example/report.mp3", "audio/mpeg", 5),))
    whole = WRITERS[extension](a_view(story))
    short = WRITERS[extension](a_view(story, summaries=True))
    assert b"No house is in danger" in whole
    assert b"report.mp3" in whole
    assert b"No house is in danger" not in short
    assert b"report.mp3" not in short
    text = html(extension, a_view(story, summaries=True))
    assert text.startswith("<figure>")
    assert text.endswith("</figure><p>Engineers open two gates of the weir.</p>")


@pytest.mark.parametrize("extension", WRITERS)
def test_a_text_without_a_summary_gives_way_to_its_headline(extension: str) -> None:
    story = a_plain_story(title="A < B", content="<p>The whole text.</p>")
    assert html(extension, a_view(story, summaries=True)) == "<p>A &lt; B</p>"


@pytest.mark.parametrize("extension", WRITERS)
def test_r40_show_carriers_names_the_others_at_the_end_of_the_text(extension: str) -> None:
    """R40: each as a link, names in their own direction, within the direction of the text; not unless it is wanted."""
    story = a_shared_story()
    assert ALSO not in html(extension, a_view(story))
    assert html(extension, a_view(story, names_carriers=True)).endswith(f"من السد.</p>{ALSO}</div>")
    assert html(extension, a_view(story, names_carriers=True, summaries=True)).endswith(f"بوابتين.</p>{ALSO}</div>")


@pytest.mark.parametrize("extension", WRITERS)
def test_a_story_that_nobody_else_carries_names_nobody(extension: str) -> None:
    """Nor does one whose other carriers have no address."""
    alone = a_story(carriers=(a_carrier(TIGRIS), a_carrier(TIGRIS, url="")))
    assert html(extension, a_view(alone, names_carriers=True)) == html(extension, a_view(alone))


def test_a_summarised_story_has_no_text_on_its_own_page_either() -> None:
    """Nor as data."""
    story = summarised(a_story())
    shown = pages.story(story, site_title="Two Rivers", root="../", noindex=True), pages.story_json(story, SITE)
    for body in shown:
        assert b"No house is in danger" not in body
        assert b"Engineers open two gates" in body
