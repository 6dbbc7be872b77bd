"""Atom: what a subscriber reads is what the story says."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from feedhub.models import Enclosure, OutputView, Picture, Story
from feedhub.publish import atom
from feedhub.publish.item import one_line
from support.stories import (
    HEWLER,
    NOON,
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

A = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"


def read(view: OutputView) -> Any:
    parsed = feedparser.parse(io.BytesIO(atom.render(view)), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo
    return parsed


def entry(story: Story) -> Any:
    return read(a_view(story)).entries[0]


def node(story: Story) -> ElementTree.Element:
    found = ElementTree.fromstring(atom.render(a_view(story))).find(f"{A}entry")
    assert found is not None
    return found


def links(item: Any, relation: str) -> list[dict[str, str]]:
    return [dict(link) for link in item.links if link.rel == relation]


def test_a_feed_says_what_it_is() -> None:
    """Id, title, date, its own address, its page, its maker (R38)."""
    parsed = read(a_view(a_story(), name="kurdistan", title="Kurdistan", path="feeds/kurdistan"))
    assert parsed.version == "atom10"
    feed = parsed.feed
    assert (feed.id, feed.title, feed.updated) == (a_view().id, "Kurdistan", "2026-11-22T15:00:00Z")
    assert feed.generator == "feedhub"
    assert [link.href for link in links_of(feed, "self")] == [f"{SITE}feeds/kurdistan.atom"]
    assert [(link.href, link.type) for link in links_of(feed, "alternate")] == [(f"{SITE}feeds/kurdistan", "text/html")]


def links_of(feed: Any, relation: str) -> list[Any]:
    return [link for link in feed.links if link.rel == relation]


def test_the_output_all_has_the_front_page() -> None:
    """The page of the output `all` is the site's root."""
    feed = read(a_view()).feed
    assert [link.href for link in links_of(feed, "alternate")] == [SITE]
    assert [link.href for link in links_of(feed, "self")] == [f"{SITE}feed.atom"]


def test_r43_a_feed_names_the_hub_that_pushes_it_and_no_other_does() -> None:
    """R43: one link of the feed itself, without a type."""
    body = atom.render(a_view(hub=f"{SITE}websub"))
    assert b'<link rel="hub" href="https://news.example.org/hub/websub" />' in body
    assert links_of(read(a_view()).feed, "hub") == []


def test_a_story_comes_back_whole() -> None:
    """Every field is read back as it was (R38)."""
    story = a_story()
    found = entry(story)
    assert (found.id, found.title, found.author) == (story.id, story.title, "Mina Karim")
    assert (found.published, found.updated) == ("2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z")
    assert (found.link, found.summary) == (story.url, story.summary)
    assert found.summary_detail.type == "text/plain"
    assert found.content[0].type == "text/html"
    assert found.content[0].value.endswith(story.content)
    assert [tag.term for tag in found.tags] == ["Local News"]


def test_entries_stand_in_the_order_of_the_view() -> None:
    """The writer sorts nothing."""
    parsed = read(a_view(a_story(3), a_story(1), a_story(2)))
    assert [found.id[-1] for found in parsed.entries] == ["3", "1", "2"]


def test_r40_an_entry_names_its_source() -> None:
    """atom:source holds the representative's feed: id, title, links, date (R40)."""
    source = entry(a_story()).source
    assert (source.id, source.title, source.updated) == (TIGRIS.url, TIGRIS.title, "2026-11-22T13:00:00Z")
    assert {(link.rel, link.href) for link in source.links} == {("self", TIGRIS.url), ("alternate", TIGRIS.link)}


def test_r40_other_carriers_are_via_links() -> None:
    """Each other carrier is a link `via` under its name; one without a page is not linked (R40)."""
    story = a_shared_story()
    vias = links(entry(story), "via")
    assert [(via["href"], via["title"]) for via in vias] == [
        ("https://tigris.example/articles/17", TIGRIS.title),
        ("https://hewler.example/articles/17", HEWLER.title),
    ]
    assert not links(entry(a_story(carriers=(a_carrier(), a_carrier(HEWLER, url="")))), "via")


def test_r40_related_stories_are_related_links() -> None:
    """The article of each story that is about the same matter, under its headline; a few of them, never more (R40)."""
    found = links(entry(a_shared_story(related=(a_related(8, title="منسوب <النهر>"), a_related(9, url="")))), "related")
    assert [(link["href"], link["title"], link["type"]) for link in found] == [
        ("https://tigris.example/articles/8", "منسوب <النهر>", "text/html"),
        (f"{SITE}stories/{a_related(9).uuid}", "River level falls by 12 centimetres", "text/html"),
    ]
    many = links(entry(a_story(related=tuple(map(a_related, range(100, 120))))), "related")
    assert [link["href"][-3:] for link in many] == ["100", "101", "102", "103", "104"]


def test_r40_a_related_story_hides_nothing() -> None:
    """Two stories that name each other are both there, whole (R40)."""
    one, two = a_story(1, related=(a_related(2),)), a_story(2, related=(a_related(1),))
    assert [found.id for found in read(a_view(one, two)).entries] == [one.id, two.id]


def test_r35_picture_and_files_are_enclosures() -> None:
    """The lead picture and the files are enclosures, each with its type, a length only where it is known (R35)."""
    files = (Enclosure("https://tigris.example/talk.mp3", "audio/mpeg", 9), Enclosure("https://tigris.example/x.bin"))
    found = links(entry(a_story(enclosures=files)), "enclosure")
    assert [(link["href"], link.get("type"), link.get("length")) for link in found] == [
        ("https://tigris.example/weir.jpg", "image/jpeg", None),
        ("https://tigris.example/talk.mp3", "audio/mpeg", "9"),
        ("https://tigris.example/x.bin", "application/octet-stream", None),
    ]


def test_r35_a_picture_that_is_also_an_enclosure_stands_once() -> None:
    """The lead picture is often the item's enclosure: it is not attached twice (R35)."""
    same = Enclosure("https://tigris.example/weir.jpg", "image/jpeg", 9)
    assert len(links(entry(a_story(enclosures=(same, same))), "enclosure")) == 1


def test_r35_the_type_of_a_picture_is_told_by_its_address() -> None:
    """Without a type the extension decides, without either there is none (R35)."""
    assert links(entry(a_shared_story()), "enclosure")[0]["type"] == "image/png"
    bare = a_story(picture=Picture("https://tigris.example/image?id=7"))
    enclosures = [link for link in node(bare).findall(f"{A}link") if link.get("rel") == "enclosure"]
    assert [link.attrib for link in enclosures] == [
        {"rel": "enclosure", "href": "https://tigris.example/image?id=7"},
    ]


def test_r35_the_caption_can_be_read() -> None:
    """A text without a picture is led by the lead picture with its caption; a text that has one is left alone (R35)."""
    figure = (
        '<figure><img src="https://tigris.example/weir.jpg" alt="The weir at dawn" width="1200" height="800">'
        "<figcaption>The weir at dawn</figcaption></figure>"
    )
    assert entry(a_story()).content[0].value == figure + a_story().content
    illustrated = a_story(content='<p>Text</p><IMG src="https://tigris.example/other.jpg">')
    assert entry(illustrated).content[0].value == illustrated.content


def test_a_caption_cannot_break_out_of_its_figure() -> None:
    """A caption is text, also inside markup (R34)."""
    hostile = Picture('https://tigris.example/"><script>.jpg', '"><script>alert(1)</script>')
    assert "<script" not in entry(a_story(picture=hostile)).content[0].value


def test_r36_language_stands_at_each_entry() -> None:
    """xml:lang at the entry, and at the feed where all entries agree (R36)."""
    assert node(a_shared_story()).get(f"{XML}lang") == "ar"
    alike = ElementTree.fromstring(atom.render(a_view(a_story(1), a_story(2))))
    mixed = ElementTree.fromstring(atom.render(a_view(a_story(), a_shared_story())))
    assert (alike.get(f"{XML}lang"), mixed.get(f"{XML}lang")) == ("en", None)
    assert node(a_plain_story(language="not a tag")).get(f"{XML}lang") is None


def test_r36_right_to_left_text_says_so_in_its_markup() -> None:
    """XML has no word for direction: the content carries it (R36)."""
    text = entry(a_shared_story()).content[0].value
    assert text.startswith('<div dir="rtl" lang="ar">')
    assert text.endswith("</div>")
    assert "dir=" not in entry(a_story()).content[0].value


def test_a_bare_story_is_still_an_entry() -> None:
    """No summary, text, author, page or source title: the story page, the source's host and the headline stand in."""
    nameless = replace(TIGRIS, title="", link="")
    found = entry(a_plain_story(carriers=(a_carrier(nameless),)))
    assert found.link == f"{SITE}stories/00000000-0000-5000-8000-000000000001"
    assert (found.author, found.source.title) == ("tigris.example", "tigris.example")
    assert found.content[0].value == "<p>River level rises after the first rain</p>"
    assert "summary" not in {child.tag.removeprefix(A) for child in node(a_plain_story())}


def test_an_entry_always_has_a_title() -> None:
    """Feed validators ask for one: the summary's beginning, else the source (R38)."""
    assert entry(a_story(title=" \n")).title == "Engineers open two gates of the weir."
    assert entry(a_plain_story(title="\x00")).title == "Tigris Daily"


def test_dates_are_written_in_utc() -> None:
    """Whatever zone a datetime is in, to the second."""
    baghdad = timezone(timedelta(hours=3))
    found = entry(a_story(published=datetime(2026, 11, 22, 15, 30, 7, 999, tzinfo=baghdad)))
    assert found.published == "2026-11-22T12:30:07Z"


def test_addresses_are_uris() -> None:
    """Letters beyond ASCII are escaped, as validators ask; what is no web address is never a link (R34, R38)."""
    assert entry(a_shared_story()).link == "https://rafidain.example/%D8%AE%D8%A8%D8%B1/17"
    assert entry(a_story(url="https://مثال.example/a b?q=[1]#é")).link == (
        "https://xn--mgbh0fb.example/a%20b?q=%5B1%5D#%C3%A9"
    )
    hostiles = (
        "javascript:alert(1)",
        "javascript://a/%0Aalert(1)",
        "data:text/html,x",
        "//a/x",
        "https://[::1",
        "https://a b/",
    )
    for hostile in hostiles:
        assert entry(a_story(url=hostile)).link == f"{SITE}stories/{a_story().uuid}"


def test_r39_nothing_but_the_view_decides_the_bytes() -> None:
    """Equal views, equal bytes; in UTF-8 with a declaration and a final newline (R39)."""
    view = a_view(a_story(), a_shared_story())
    assert atom.render(view) == atom.render(replace(view, stories=(a_story(), a_shared_story())))
    assert atom.render(view).startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns=')
    assert atom.render(view).endswith(b"</feed>\n")
    assert RAFIDAIN.title.encode() in atom.render(view)


def test_r42_an_archive_page_is_marked_and_linked() -> None:
    """RFC 5005: fh:archive, and the relations it is given (R42)."""
    view = a_view(a_story(), name="all", path="feed/3")
    page = ElementTree.fromstring(atom.render(view, links={"current": f"{SITE}feed.atom"}, archive=True))
    assert page.find("{http://purl.org/syndication/history/1.0}archive") is not None
    found = {link.get("rel"): link.get("href") for link in page.findall(f"{A}link")}
    assert found == {"self": f"{SITE}feed/3.atom", "alternate": SITE, "current": f"{SITE}feed.atom"}


def test_r33_an_empty_output_is_a_feed() -> None:
    """No stories, no fault (R33)."""
    assert read(a_view()).entries == []


ANY_TEXT = st.text(st.characters(), max_size=60)


@given(title=ANY_TEXT, text=ANY_TEXT, other=ANY_TEXT)
def test_r33_no_text_breaks_the_document(title: str, text: str, other: str) -> None:
    """Any characters in any field: well-formed, and the title is read back but for what XML forbids (R33)."""
    story = a_story(
        title=title, summary=text, content=text, author=other, categories=(other, text), language=other, url=text,
        picture=Picture(f"https://tigris.example/{text}", other, text), enclosures=(Enclosure(other, text),),
        carriers=(a_carrier(replace(TIGRIS, id=text, title=other, link=text, url=other)), a_carrier(HEWLER, url=text)),
    )  # fmt: skip
    root = ElementTree.fromstring(atom.render(a_view(story, title=other, site_title=text)))
    found = root.findtext(f"{A}entry/{A}title")
    assert found == (one_line(title) or found)
    assert found


def test_r33_the_usual_suspects_are_read_back() -> None:
    """Markup, `]]>`, NUL, lone surrogates and carriage returns in a title (R33)."""
    story = a_story(title="a < b & c ]]> \x00\x1b\ud800 <b>d</b>\r\ne &amp; \ufffe\u200cف")
    assert entry(story).title == "a < b & c ]]> <b>d</b> e &amp; \u200cف"


def test_moments_in_other_zones_do_not_matter_to_bytes() -> None:
    """The same instant in another zone is the same document (R39)."""
    there = NOON.astimezone(timezone(timedelta(hours=3)))
    assert there.tzinfo is not UTC
    assert atom.render(a_view(a_story(published=there))) == atom.render(a_view(a_story()))
