"""From an item as its feed holds it to an entry: identity, links, text, dates, language, picture."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest.clean import clean_html
from feedhub.ingest.normalize import clean_guid, normalize
from feedhub.models import Enclosure, Entry, ParsedFeed, ParsedItem, Picture, RawDate, Text

FEED = ParsedFeed("rss20", title="Outlet", link="https://outlet.example/", language="en-US")
FEED_URL = "https://outlet.example/feed.xml"


def entry_of(
    item: ParsedItem, feed: ParsedFeed = FEED, language: str | None = None, zone: str | None = None
) -> Entry | None:
    timezone = ZoneInfo(zone) if zone else None
    return normalize(item, feed, feed_url=FEED_URL, timezone=timezone, language=language)


def entry(feed: ParsedFeed = FEED, language: str | None = None, zone: str | None = None, **item: Any) -> Entry:
    found = entry_of(ParsedItem(**item), feed, language, zone)
    assert found is not None
    return found


def html(value: str) -> Text:
    return Text(value, html=True)


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_the_seed_article_arrives_whole_without_its_furniture() -> None:
    """An item of a local-news section: headline, picture with caption, section; no "Read", "Comments"."""
    found = entry(
        guid="https://outlet.example/?p=7#1",
        link="/local-news/airstrikes?utm_source=rss",
        title=html("US Anti-ISIS Coalition carried out nearly 35,000 airstrikes in Iraq, Syria since 2014"),
        summary=html("Since the US first began operations&#8230; <a href='/x'>Continue reading</a>"),
        content=html(
            "<p>Since the US first began military operations against ISIS in 2014, it has carried out nearly 35,000 "
            "airstrikes, a spokesperson told Military Times on Wednesday.</p><p>The operation concluded on Sunday.</p>"
            "<p>Read</p><p>Comments</p>"
        ),
        published=RawDate("Wed, 07 Oct 2020 10:00:00"),
        author="desk@outlet.example (News Desk)",
        categories=("Local News", "Iraq &amp; Syria", "local news"),
        pictures=(Picture("/photos/coalition.jpg", "us led coalition"),),
        zone="Asia/Baghdad",
    )
    assert found == Entry(
        guid="https://outlet.example/?p=7",
        canonical_url="https://outlet.example/local-news/airstrikes",
        link="https://outlet.example/local-news/airstrikes",
        title="US Anti-ISIS Coalition carried out nearly 35,000 airstrikes in Iraq, Syria since 2014",
        summary="Since the US first began operations…",
        content=(
            "<p>Since the US first began military operations against ISIS in 2014, it has carried out nearly 35,000 "
            "airstrikes, a spokesperson told Military Times on Wednesday.</p><p>The operation concluded on Sunday.</p>"
        ),
        published=datetime(2020, 10, 7, 7, tzinfo=UTC),
        author="News Desk",
        categories=("Local News", "Iraq & Syria"),
        language="en-US",
        direction="ltr",
        picture=Picture("https://outlet.example/photos/coalition.jpg", "us led coalition"),
        enclosures=(),
    )


@pytest.mark.parametrize(
    ("title", "summary", "language", "direction"),
    [
        ("بغداد وأربيل تتفقان على تصدير النفط", "قال وزير النفط إن الاتفاق يبدأ من الشهر المقبل", "ar", "rtl"),
        ("کۆبوونەوەیەک لە هەولێر بەڕێوەچوو", "سەرۆکی حکوومەت بەشداری کۆبوونەوەکە بوو", "ckb", "rtl"),
        ("Li Hewlêrê civîn hat lidarxistin", "Serokê Herêmê got ku ew ê di mehên bê de kar bikin", "kmr", "ltr"),
        ("گفت‌وگوی وزیران خارجه در تهران", "وزیر خارجه گفت که این مذاکرات ادامه دارد", "fa", "rtl"),
        (
            "Irak heyeti Ankara'da görüştü",
            "Bakan, iki ülke arasında yeni bir anlaşma için çalıştıklarını söyledi",
            "tr",
            "ltr",
        ),
        ("Delegation from Baghdad visits Erbil", "The minister said that the talks would go on", "en-US", "ltr"),
    ],
)
def test_r36_each_language_of_the_region_under_a_declared_en_us(
    title: str, summary: str, language: str, direction: str
) -> None:
    """The software's default gives way to what is written."""
    found = entry(title=html(title), summary=html(summary))
    assert (found.language, found.direction, found.title) == (language, direction, title)


def test_r36_the_configured_language_wins() -> None:
    """`language` in feeds.yaml, with the direction that goes with it."""
    found = entry(title=Text("BBC News"), language="ar")
    assert (found.language, found.direction) == ("ar", "rtl")


def test_nothing_to_show_is_no_entry() -> None:
    """Without headline, text and link there is no entry; any of them alone is one."""
    empty = ParsedItem(guid="7", title=html("<b> &nbsp;</b>"), content=html("<script>x</script>"), link="javascript:x")
    assert entry_of(empty) is None
    assert entry(title=Text("Headline")).title == "Headline"
    assert entry(summary=Text("Text")).content == "<p>Text</p>"
    assert entry(link="https://outlet.example/a").link == "https://outlet.example/a"


# --- identity and links -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guid", "cleaned"),
    [
        ("https://outlet.example/a#0", "https://outlet.example/a"),
        ("https://outlet.example/a#12", "https://outlet.example/a"),
        ("https://outlet.example/a#note", "https://outlet.example/a#note"),
        ("https://outlet.example/diary#200601021", "https://outlet.example/diary#200601021"),
        ("  urn:x \n y ", "urn:x y"),
        ("a\x00b\ud800c", "abc"),
        ("", ""),
    ],
)
def test_r4_a_guids_numeric_fragment_counts_for_nothing(guid: str, cleaned: str) -> None:
    """`#0` and `#1` count revisions; other fragments name something. Illegal characters and spaces go."""
    assert clean_guid(guid) == cleaned


def test_a_very_long_guid_is_its_hash() -> None:
    """Equal ones stay equal, different ones different."""
    first, second = clean_guid("x" * 1_000), clean_guid("x" * 1_001)
    assert first != second
    assert first == clean_guid("x" * 1_000)
    assert first.startswith("sha256:")
    assert clean_guid("x" * 500) == "x" * 500


def test_r37_the_publishers_own_address_behind_a_wrapper_is_the_link() -> None:
    """feedburner:origLink stands over the link."""
    found = entry(
        link="http://feeds.feedburner.com/~r/outlet/~3/abc/",
        original_link="https://outlet.example/story-1?utm_medium=feed",
    )
    assert found.link == "https://outlet.example/story-1"
    assert found.canonical_url == "https://outlet.example/story-1"


def test_r37_a_wrapper_that_tells_nothing_gives_way_to_a_guid_that_does() -> None:
    """A guid that is the page's address is better than a wrapper; the home page, or no address, is not."""
    wrapper = "https://feedproxy.google.com/~r/outlet/~3/abc/story.html"
    assert entry(link=wrapper, guid="https://outlet.example/story-1").canonical_url == "https://outlet.example/story-1"
    assert entry(link=wrapper, guid="https://outlet.example/story-1").link == "https://outlet.example/story-1"
    assert entry(link=wrapper, guid="https://outlet.example/").canonical_url is None
    assert entry(link=wrapper, guid="post-17").canonical_url is None
    assert entry(link=wrapper, guid="post-17").link.startswith("https://feedproxy.google.com/")


def test_r6_a_home_page_is_no_articles_address() -> None:
    """It stays the link and identifies nothing."""
    found = entry(title=Text("Headline"), link="https://outlet.example/")
    assert (found.link, found.canonical_url) == ("https://outlet.example/", None)


def test_r34_relative_addresses_resolve_against_item_feed_and_document() -> None:
    """The text's own base, else the item's, else the item's page, else the site, else the feed's address."""
    relative = '<a href="b">x</a>'
    own = Text(relative, html=True, base="https://cdn.example/own/")
    assert 'href="https://cdn.example/own/b"' in entry(content=own, base="https://outlet.example/item/").content
    assert 'href="https://outlet.example/item/b"' in entry(content=html(relative), base="/item/").content
    assert 'href="https://outlet.example/news/b"' in entry(content=html(relative), link="/news/a").content
    assert 'href="https://outlet.example/b"' in entry(content=html(relative), feed=ParsedFeed("rss20")).content


# --- dates ------------------------------------------------------------------------------------------------------------


def test_r18_published_falls_back_to_updated_and_to_nothing() -> None:
    """An item without a usable published date has its updated one, without either none."""
    updated = RawDate("2020-10-07T10:00:00Z")
    expected = datetime(2020, 10, 7, 10, tzinfo=UTC)
    assert entry(title=Text("x"), updated=updated).published == expected
    assert entry(title=Text("x"), published=RawDate("1970-01-01T00:00:00Z"), updated=updated).published == expected
    assert entry(title=Text("x")).published is None


# --- texts ------------------------------------------------------------------------------------------------------------


def test_r33_content_that_is_too_large_gives_way_to_the_summary() -> None:
    """Over 200 KB the summary is the text; without a summary the content's beginning is at least the summary."""
    large = html("<p>" + "word " * 50_000 + "</p>")
    assert entry(content=large, summary=Text("Short")).content == "<p>Short</p>"
    alone = entry(content=large)
    assert alone.content == ""
    assert alone.summary.startswith("word word")
    assert len(alone.summary) <= 1_000


def test_r33_a_title_of_a_megabyte_is_cut() -> None:
    """At most 1,000 characters, at a word."""
    title = entry(title=html("خبر " * 300_000)).title
    assert len(title) <= 1_000
    assert title.endswith("خبر…")


def test_the_fullest_text_is_the_content() -> None:
    """A content that is a mere teaser or picture gives way to a longer summary; the summary stays the summary."""
    assert entry(content=html("<p>Full text of it.</p>"), summary=html("Teaser.")).content == "<p>Full text of it.</p>"
    summary = "A much longer summary of what happened in the city on that day."
    assert entry(content=html("<p>Teaser.</p>"), summary=Text(summary)).content == f"<p>{summary}</p>"
    assert entry(content=html("<p>Full text of it.</p>")).summary == "Full text of it."
    picture = '<p><img src="https://x.example/p.jpg"></p>'
    assert entry(title=Text("x"), content=html(picture)).content == picture


def test_authors_and_categories_are_clean_short_and_few() -> None:
    """The name without its mailbox; sections unique but for case, in their order."""
    assert entry(title=Text("x"), author="<b>Ali</b> &amp; Sara").author == "Ali & Sara"
    assert len(entry(title=Text("x"), author="name " * 100).author) <= 200
    sections = entry(title=Text("x"), categories=("World", " ", "WORLD", "سياسة", *map(str, range(40)))).categories
    assert sections[:3] == ("World", "سياسة", "0")
    assert len(sections) == 20


def test_enclosures_are_absolute_and_few() -> None:
    """Resolved, each address once, with a media type or none; at most ten."""
    files = (
        Enclosure("/a.mp3", "audio/mpeg", 7),
        Enclosure("/a.mp3"),
        Enclosure("file:///etc/passwd"),
        Enclosure("/b", "x", -1),
    )
    found = entry(title=Text("x"), enclosures=files).enclosures
    assert found == (Enclosure("https://outlet.example/a.mp3", "audio/mpeg", 7), Enclosure("https://outlet.example/b"))
    many = tuple(Enclosure(f"/{n}.mp3") for n in range(30))
    assert len(entry(title=Text("x"), enclosures=many).enclosures) == 10


# --- anything ---------------------------------------------------------------------------------------------------------

wild = st.text() | st.sampled_from(
    ["\x00", "\ud800", "https://[", "//", "<p>", "]]>", "&#0;", "\u202e", "http://x\ud800.example/"]
)
texts = st.none() | st.builds(Text, wild, st.booleans(), wild, st.none() | wild)
items = st.builds(
    ParsedItem,
    guid=wild,
    link=wild,
    original_link=wild,
    title=texts,
    summary=texts,
    content=texts,
    published=st.none() | st.builds(RawDate, wild),
    author=wild,
    categories=st.lists(wild).map(tuple),
    pictures=st.lists(st.builds(Picture, wild, wild, wild)).map(tuple),
    enclosures=st.lists(st.builds(Enclosure, wild, wild)).map(tuple),
    language=st.none() | wild,
    base=wild,
)


def strings(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case tuple():
            return [text for part in value for text in strings(part)]
        case Entry() | Picture() | Enclosure():
            return [text for field in dataclasses.fields(value) for text in strings(getattr(value, field.name))]
        case _:
            return []


def is_xml(text: str) -> bool:
    """XML 1.0, production 2."""
    ranges = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    return all(c in "\t\n\r" or any(low <= ord(c) <= high for low, high in ranges) for c in text)


@given(items)
def test_r33_whatever_an_item_holds_its_entry_can_be_published(item: ParsedItem) -> None:
    """Every string of the entry is made of XML's characters, its content is clean, and nothing raises."""
    found = entry_of(item, ParsedFeed("rss20", link=item.link, language=item.language))
    if found is not None:
        assert all(is_xml(text) and text.encode() for text in strings(found) if text)
        assert clean_html(found.content) == found.content
