"""JSON Feed: what a subscriber reads is what the story says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feedhub.models import Enclosure, OutputView, Picture, Story
from feedhub.publish import jsonfeed
from feedhub.publish.item import one_line
from support.stories import (
    HEWLER,
    RAFIDAIN,
    SITE,
    TIGRIS,
    a_carrier,
    a_plain_story,
    a_related,
    a_shared_story,
    a_story,
    a_view,
)


def read(view: OutputView) -> Any:
    return json.loads(jsonfeed.render(view))


def item(story: Story) -> Any:
    return read(a_view(story))["items"][0]


def test_a_feed_says_what_it_is() -> None:
    """Version, title, its own address, its page, its language where all stories share one (R36, R38)."""
    view = a_view(a_story(), name="kurdistan", title="Kurdistan", path="feeds/kurdistan")
    feed = read(view)
    del feed["items"]
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Kurdistan",
        "home_page_url": f"{SITE}feeds/kurdistan",
        "feed_url": f"{SITE}feeds/kurdistan.json",
        "authors": [{"name": "Two Rivers News"}],
        "language": "en",
        "_feedhub": {"about": f"{SITE}outputs#json"},
    }
    assert "language" not in read(a_view(a_story(), a_shared_story()))


def test_r43_a_feed_names_the_hub_that_pushes_it_and_no_other_does() -> None:
    """R43: as JSON Feed 1.1 has it."""
    assert read(a_view(hub=f"{SITE}websub"))["hubs"] == [{"type": "WebSub", "url": f"{SITE}websub"}]
    assert "hubs" not in read(a_view())


def test_a_story_comes_back_whole() -> None:
    """Every field is read back as it was (R38)."""
    story = a_story(
        enclosures=(Enclosure("https://tigris.example/talk.mp3", "", 9), Enclosure("https://tigris.example/x"))
    )
    found = item(story)
    text = found.pop("content_html")
    assert text.endswith(story.content)
    assert "<figcaption>The weir at dawn</figcaption>" in text
    assert found == {
        "id": story.id,
        "url": story.url,
        "title": story.title,
        "summary": story.summary,
        "image": "https://tigris.example/weir.jpg",
        "date_published": "2026-11-22T12:00:00Z",
        "date_modified": "2026-11-22T13:00:00Z",
        "authors": [{"name": "Mina Karim"}, {"name": TIGRIS.title, "url": TIGRIS.link}],
        "tags": ["Local News"],
        "language": "en",
        "attachments": [
            {"url": "https://tigris.example/talk.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9},
            {"url": "https://tigris.example/x", "mime_type": "application/octet-stream"},
        ],
        "_feedhub": {
            "story": story.id,
            "carriers": [{"feed": "tigris", "source": TIGRIS.title, "url": "https://tigris.example/articles/17"}],
        },
    }


def test_r40_the_extension_names_all_carriers() -> None:
    """`_feedhub` has the story's id and who carries it, the representative first, also one without a page (R40)."""
    story = a_shared_story(carriers=(a_carrier(RAFIDAIN), a_carrier(TIGRIS, url=""), a_carrier(HEWLER)))
    assert item(story)["_feedhub"]["carriers"] == [
        {"feed": "rafidain", "source": RAFIDAIN.title, "url": "https://rafidain.example/articles/17"},
        {"feed": "tigris", "source": TIGRIS.title, "url": ""},
        {"feed": "hewler", "source": HEWLER.title, "url": "https://hewler.example/articles/17"},
    ]


def test_r40_the_extension_names_related_stories() -> None:
    """Each with its id, headline, source and article; a few of them, never more, and no list where there is none."""
    extension = item(a_story(related=tuple(map(a_related, range(100, 120)))))["_feedhub"]
    assert [other["story"][-3:] for other in extension["related"]] == ["100", "101", "102", "103", "104"]
    assert extension["related"][0] == {
        "story": a_related(100).id,
        "title": "River level falls by 12 centimetres",
        "source": TIGRIS.title,
        "url": "https://tigris.example/articles/100",
    }
    assert "related" not in item(a_story())["_feedhub"]


def test_r40_the_newsroom_is_an_author() -> None:
    """Reader apps show no other name for where a story is from (R40)."""
    assert item(a_shared_story())["authors"] == [{"name": RAFIDAIN.title, "url": RAFIDAIN.link}]


def test_what_is_not_known_is_left_out() -> None:
    """No member is null or empty: the schema has no such values (R38)."""
    found = item(a_plain_story())
    assert set(found) == {
        "id", "url", "title", "content_html", "date_published", "date_modified", "authors", "_feedhub",
    }  # fmt: skip


def test_repeated_categories_are_one_tag() -> None:
    """Tags are unique (R38)."""
    assert item(a_story(categories=("Oil", " Oil\n", "", "oil")))["tags"] == ["Oil", "oil"]


def test_r39_nothing_but_the_view_decides_the_bytes() -> None:
    """Equal views, equal bytes, readable letters, a final newline (R39)."""
    view = a_view(a_story(), a_shared_story())
    body = jsonfeed.render(view)
    assert body == jsonfeed.render(replace(view, stories=(a_story(), a_shared_story())))
    assert RAFIDAIN.title.encode() in body
    assert body.endswith(b"}\n")


ANY_TEXT = st.text(st.characters(), max_size=60)


@given(title=ANY_TEXT, text=ANY_TEXT, other=ANY_TEXT)
def test_r33_no_text_breaks_the_document(title: str, text: str, other: str) -> None:
    """Any characters in any field: JSON in UTF-8, and the title is read back but for illegal characters (R33)."""
    story = a_story(
        title=title, summary=text, content=text, author=other, categories=(other, text), language=other, url=text,
        picture=Picture(f"https://tigris.example/{text}", other, text), enclosures=(Enclosure(other, text),),
        carriers=(a_carrier(replace(TIGRIS, id=text, title=other, link=text, url=other)), a_carrier(HEWLER, url=text)),
    )  # fmt: skip
    found = read(a_view(story, title=other, site_title=text))["items"][0]["title"]
    assert found == (one_line(title) or found)
    assert found
