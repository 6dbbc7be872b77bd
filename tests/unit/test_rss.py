"""RSS: what a subscriber reads is what the story says, as far as RSS has words."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from feedhub.models import Enclosure, OutputView, Picture, Story
from feedhub.publish import rss
from feedhub.publish.item import one_line
from feedhub.publish.xml import ATOM, CONTENT, DUBLIN_CORE, HISTORY, MEDIA
from support.stories import HEWLER, SITE, TIGRIS, a_carrier, a_plain_story, a_related, a_shared_story, a_story, a_view


def read(view: OutputView) -> Any:
    parsed = feedparser.parse(io.BytesIO(rss.render(view)), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo
    return parsed


def item(story: Story) -> Any:
    return read(a_view(story)).entries[0]


def node(story: Story) -> ElementTree.Element:
    found = ElementTree.fromstring(rss.render(a_view(story))).find("channel/item")
    assert found is not None
    return found


def test_a_channel_says_what_it_is() -> None:
    """Title, page, date, its own address, its maker (R38)."""
    parsed = read(a_view(a_story(), name="kurdistan", title="Kurdistan", path="feeds/kurdistan"))
    assert parsed.version == "rss20"
    feed = parsed.feed
    assert (feed.title, feed.subtitle, feed.link) == ("Kurdistan", "Kurdistan", f"{SITE}feeds/kurdistan")
    assert (feed.updated, feed.generator) == ("Sun, 22 Nov 2026 15:00:00 GMT", "feedhub")
    assert [link.href for link in feed.links if link.rel == "self"] == [f"{SITE}feeds/kurdistan.rss"]


def test_r43_a_channel_names_the_hub_that_pushes_it_and_no_other_does() -> None:
    """R43: an atom:link of the channel, without a type."""
    body = rss.render(a_view(hub=f"{SITE}websub"))
    assert b'<atom:link rel="hub" href="https://news.example.org/hub/websub" />' in body
    assert b'rel="hub"' not in rss.render(a_view(a_shared_story()))


def test_a_story_comes_back_whole() -> None:
    """Every field that RSS knows is read back as it was (R38)."""
    story = a_story()
    found = item(story)
    assert (found.id, found.guidislink, found.title, found.link) == (story.id, False, story.title, story.url)
    assert (found.author, found.summary) == ("Mina Karim", story.summary)
    assert (found.published, found.updated) == ("Sun, 22 Nov 2026 12:00:00 GMT", "2026-11-22T13:00:00Z")
    assert found.content[0].value.endswith(story.content)
    assert [tag.term for tag in found.tags] == ["Local News"]


def test_the_guid_is_no_address() -> None:
    """isPermaLink="false": a urn:uuid cannot be opened (R13)."""
    guid = node(a_story()).find("guid")
    assert guid is not None
    assert guid.get("isPermaLink") == "false"


def test_the_writer_is_a_dc_creator() -> None:
    """RSS's own author must be an e-mail address; a story without a writer is by its source."""
    assert node(a_story()).find("author") is None
    assert node(a_story(author="")).findtext(f"{{{DUBLIN_CORE}}}creator") == TIGRIS.title


def test_r40_an_item_names_its_source_and_the_other_carriers() -> None:
    """`source` with the feed's address, an atom:link `via` for each other carrier (R40)."""
    found = item(a_shared_story())
    assert (found.source.title, found.source.href) == ("صحيفة الرافدين", "https://rafidain.example/rss/ar")
    assert [(link.href, link.title) for link in found.links if link.rel == "via"] == [
        ("https://tigris.example/articles/17", TIGRIS.title),
        ("https://hewler.example/articles/17", HEWLER.title),
    ]


def test_r40_an_item_names_related_stories() -> None:
    """An atom:link `related` for the article of each, under its headline; a few of them, never more (R40)."""
    found = item(a_story(related=tuple(map(a_related, range(100, 120)))))
    related = [(link.href, link.title) for link in found.links if link.rel == "related"]
    assert len(related) == 5
    assert related[0] == ("https://tigris.example/articles/100", "River level falls by 12 centimetres")
    assert found.link == a_story().url


def test_r36_language_stands_at_each_item() -> None:
    """dc:language at the item, `language` at the channel where all items agree (R36)."""
    assert node(a_shared_story()).findtext(f"{{{DUBLIN_CORE}}}language") == "ar"
    assert node(a_plain_story()).find(f"{{{DUBLIN_CORE}}}language") is None
    assert read(a_view(a_story(1), a_story(2))).feed.language == "en"
    assert "language" not in read(a_view(a_story(), a_shared_story())).feed


def test_r35_the_picture_is_media_content_with_its_caption() -> None:
    """media:content with the type and the size known; a media:description would be read as the item's (R35)."""
    content = node(a_story()).find(f"{{{MEDIA}}}content")
    assert content is not None
    assert content.attrib == {
        "url": "https://tigris.example/weir.jpg",
        "type": "image/jpeg",
        "medium": "image",
        "width": "1200",
        "height": "800",
    }
    assert content.findtext(f"{{{MEDIA}}}title") == "The weir at dawn"


def test_there_is_one_enclosure() -> None:
    """RSS has room for one enclosure: the first file, else the picture; the other files are media:content (R35)."""
    files = (
        Enclosure("https://tigris.example/a.mp3", "audio/mpeg", 9),
        Enclosure("https://tigris.example/b.pdf", "", 7),
    )
    story = node(a_story(enclosures=files))
    assert [found.attrib for found in story.findall("enclosure")] == [
        {"url": "https://tigris.example/a.mp3", "length": "9", "type": "audio/mpeg"},
    ]
    assert [found.get("url") for found in story.findall(f"{{{MEDIA}}}content")] == [
        "https://tigris.example/weir.jpg",
        "https://tigris.example/b.pdf",
    ]
    assert story.findall(f"{{{MEDIA}}}content")[1].get("fileSize") == "7"


def test_an_enclosure_has_all_three_attributes() -> None:
    """A picture of unknown length has length 0, one of unknown type is no enclosure: validators insist (R38)."""
    picture = node(a_story()).find("enclosure")
    assert picture is not None
    assert picture.attrib == {"url": "https://tigris.example/weir.jpg", "length": "0", "type": "image/jpeg"}
    assert node(a_story(picture=Picture("https://tigris.example/image?id=7"))).find("enclosure") is None


def test_a_description_is_markup() -> None:
    """Readers take a description for HTML, so a plain summary is escaped for it (R34)."""
    story = a_story(summary="1 < 2 & <script>alert(1)</script>", content="")
    assert node(story).findtext("description") == "1 &lt; 2 &amp; &lt;script&gt;alert(1)&lt;/script&gt;"
    assert "<script" not in (node(story).findtext(f"{{{CONTENT}}}encoded") or "")


def test_r39_nothing_but_the_view_decides_the_bytes() -> None:
    """Equal views, equal bytes (R39)."""
    view = a_view(a_story(), a_shared_story())
    assert rss.render(view) == rss.render(replace(view, stories=(a_story(), a_shared_story())))
    assert rss.render(view).endswith(b"</rss>\n")


def test_r42_an_archive_page_is_marked_and_linked() -> None:
    """RFC 5005: fh:archive, and the relations it is given (R42)."""
    archived = rss.render(a_view(path="feed/3"), links={"prev-archive": f"{SITE}feed/2.rss"}, archive=True)
    channel = ElementTree.fromstring(archived).find("channel")
    assert channel is not None
    assert channel.find(f"{{{HISTORY}}}archive") is not None
    found = {link.get("rel"): link.get("href") for link in channel.findall(f"{{{ATOM}}}link")}
    assert found == {"self": f"{SITE}feed/3.rss", "prev-archive": f"{SITE}feed/2.rss"}


ANY_TEXT = st.text(st.characters(), max_size=60)


@given(title=ANY_TEXT, text=ANY_TEXT, other=ANY_TEXT)
def test_r33_no_text_breaks_the_document(title: str, text: str, other: str) -> None:
    """Any characters in any field: well-formed, and the title is read back but for what XML forbids (R33)."""
    story = a_story(
        title=title, summary=text, content=text, author=other, categories=(other, text), language=other, url=text,
        picture=Picture(f"https://tigris.example/{text}", other, text), enclosures=(Enclosure(other, text),),
        carriers=(a_carrier(replace(TIGRIS, id=text, title=other, link=text, url=other)), a_carrier(HEWLER, url=text)),
    )  # fmt: skip
    root = ElementTree.fromstring(rss.render(a_view(story, title=other, site_title=text)))
    found = root.findtext("channel/item/title")
    assert found == (one_line(title) or found)
    assert found


def test_r33_the_usual_suspects_are_read_back() -> None:
    """Markup, `]]>`, NUL, lone surrogates and carriage returns in a title (R33)."""
    story = a_story(title="a < b & c ]]> \x00\x1b\ud800 <b>d</b>\r\ne \ufffe\u200cف")
    assert item(story).title == "a < b & c ]]> <b>d</b> e \u200cف"
