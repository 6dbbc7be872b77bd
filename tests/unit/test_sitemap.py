"""News sitemaps: items of an outlet without a feed (R32); what is no news sitemap gets one clear sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest.sitemap import is_sitemap, read_sitemap
from feedhub.models import Failed, FailureKind, ParsedFeed, ParsedItem, Picture, RawDate, Text

FEEDS = Path(__file__).parent.parent / "fixtures" / "feeds"
URL = "https://herald.example/sitemaps/news.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urlset(*urls: str, namespaces: str = NAMESPACES) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {namespaces}>{"".join(urls)}</urlset>\n'


def article(number: int = 1, *, title: str = "Bridge reopens", extra: str = "", news: str = "") -> str:
    headline = f"<news:title>{title}</news:title>" if title else ""
    return f"<url><loc>https://herald.example/{number}</loc>{extra}<news:news>{news}{headline}</news:news></url>"


def read(text: str, *, untitled: bool = False) -> ParsedFeed:
    feed = read_sitemap(text, URL, untitled=untitled)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def fail(text: str) -> Failed:
    failed = read_sitemap(text, URL)
    assert isinstance(failed, Failed), failed
    return failed


def titles(feed: ParsedFeed) -> list[str]:
    return [item.title.value if item.title else "" for item in feed.items]


# --- what an item holds -----------------------------------------------------------------------------------------------


def test_a_news_sitemap_is_a_feed_R32() -> None:
    """Its publication is the feed's title, the site its page."""
    feed = read((FEEDS / "news_sitemap.xml").read_text())
    assert (feed.format, feed.title, feed.link, feed.language) == (
        "sitemap",
        "Nineveh Herald",
        "https://herald.example/",
        "en",
    )
    assert feed.items == (
        ParsedItem(
            link="https://herald.example/news/bridge",
            title=Text("Bridge over the Tigris reopens"),
            published=RawDate("2025-11-04T09:30:00+03:00"),
            language="en",
        ),
    )


def test_an_item_has_all_that_the_sitemap_says() -> None:
    """Keywords as categories, with the commas of any script; pictures with their captions; the last change."""
    extra = (
        "<lastmod>2025-11-04T10:00:00Z</lastmod>"
        "<image:image><image:loc>https://herald.example/a.jpg</image:loc><image:title>Old</image:title>"
        "<image:caption>The bridge &amp; the river</image:caption></image:image>"
        "<image:image><image:loc>https://herald.example/b.jpg</image:loc></image:image>"
    )
    news = (
        "<news:publication><news:name>Herald</news:name><news:language>ar</news:language></news:publication>"
        "<news:publication_date>2025-11-04</news:publication_date><news:keywords>جسر، دجلة, Mosul,Mosul</news:keywords>"
    )
    (item,) = read(urlset(article(extra=extra, news=news, title="إعادة فتح الجسر"))).items
    assert item.title == Text("إعادة فتح الجسر")
    assert (item.published, item.updated) == (RawDate("2025-11-04"), RawDate("2025-11-04T10:00:00Z"))
    assert item.categories == ("جسر", "دجلة", "Mosul")
    assert item.language == "ar"
    assert item.pictures == (
        Picture("https://herald.example/a.jpg", "The bridge & the river"),
        Picture("https://herald.example/b.jpg"),
    )


def test_a_headline_is_the_news_and_not_the_pictures() -> None:
    """`image:title` and `video:title` have the same local name."""
    extra = "<image:image><image:loc>/a.jpg</image:loc><image:title>Photo</image:title></image:image>"
    feed = read(urlset(article(1, extra=extra), article(2, extra=extra, title="")))
    assert titles(feed) == ["Bridge reopens"]


def test_a_quiet_outlet_has_an_empty_sitemap() -> None:
    """No items, and nothing wrong."""
    assert read(urlset()).items == ()


# --- without headlines ------------------------------------------------------------------------------------------------


def test_addresses_without_a_headline_are_skipped_and_counted() -> None:
    """A feed needs headlines."""
    feed = read(urlset(article(1), article(2, title=""), "<url><lastmod>2025-11-04</lastmod></url>"))
    assert titles(feed) == ["Bridge reopens"]
    assert feed.skipped == 2
    assert feed.skipped_reason == "no address; no headline"


def test_full_text_takes_headlines_from_the_articles() -> None:
    """So addresses without one are items there."""
    feed = read(urlset("<url><loc>https://herald.example/2</loc><lastmod>2025-11-04</lastmod></url>"), untitled=True)
    assert [(item.link, item.title, item.updated) for item in feed.items] == [
        ("https://herald.example/2", None, RawDate("2025-11-04"))
    ]


def test_a_sitemap_without_any_headline_is_no_feed() -> None:
    """The sentence says what would help."""
    failed = fail(urlset("<url><loc>https://herald.example/2</loc></url>"))
    assert failed.kind is FailureKind.NOT_A_FEED
    assert "1 addresses without headlines" in failed.detail
    assert "full_text: true" in failed.detail


def test_a_list_of_sitemaps_names_the_one_for_news() -> None:
    """By the last part of its address rather than by a host that is called news."""
    children = ("https://news.example/posts.xml", "/news/archive.xml", "/google-news.xml?x=1&amp;y=2")
    listed = "".join(f"<sitemap><loc>{child}</loc></sitemap>" for child in children)
    failed = fail(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>')
    assert failed.kind is FailureKind.NOT_A_FEED
    assert "a list of 3 sitemaps" in failed.detail
    assert "https://herald.example/google-news.xml?x=1&y=2" in failed.detail
    assert "none is named for news" in fail("<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>").detail


def test_another_document_is_no_sitemap() -> None:
    """Its first element is named; a sitemap's may have a prefix."""
    assert "<rss>" in fail("<rss><channel/></rss>").detail
    assert [is_sitemap(root) for root in ("urlset", "sm:urlset", "sitemapindex", "rss", "")] == [True] * 3 + [False] * 2


# --- broken documents -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Food & drink", "Food & drink"),
        ("Food &amp; drink", "Food & drink"),
        ("<![CDATA[Food & drink &amp; more]]>", "Food & drink &amp; more"),
        ("Caf&eacute;&nbsp;opens", "Café\xa0opens"),
        ("&LT;b> is &unknown; here", "<b> is &unknown; here"),
        ("A&#0;B &#x627;", "A\ufffdB ا"),
    ],
)
def test_a_headline_that_is_no_xml_is_read_as_meant_R32(title: str, expected: str) -> None:
    """Stray ampersands, HTML's entities, references to what is no character."""
    assert titles(read(urlset(article(title=title)))) == [expected]


def test_undeclared_and_mistyped_namespaces_do_no_harm_R32() -> None:
    """Elements are known by their names."""
    assert titles(read(urlset(article(), namespaces=""))) == ["Bridge reopens"]
    assert titles(read(urlset(article(), namespaces='xmlns:news="https://typo.example" xsi:schemaLocation="a b"'))) == [
        "Bridge reopens"
    ]


def test_of_a_document_that_breaks_off_the_items_before_are_read_R32() -> None:
    """And the break is reported."""
    feed = read(urlset(article(1), article(2))[:-60])
    assert titles(feed) == ["Bridge reopens"]
    assert feed.skipped == 1
    assert "the document breaks off" in feed.skipped_reason
    assert not feed.whole


def test_a_document_broken_from_the_start_is_broken() -> None:
    """Not an empty feed, which would look like an outlet that publishes nothing."""
    assert fail("<urlset><url").kind is FailureKind.BROKEN
    assert fail("<urlset><url><lastmod>2025</lastmod></url></urlset>").kind is FailureKind.BROKEN


def test_a_dtd_reaches_no_parser() -> None:
    """Entities that multiply, or name files."""
    bomb = '<!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    assert titles(read(bomb + urlset(article(title="x&b;&c;")).split("\n", 1)[1])) == ["x&b;&c;"]


_PIECES = st.sampled_from(
    [
        *("<url>", "</url>", "<loc>", "</loc>", "http://h/", "<news:news>", "</news:news>", "<news:title>", "<?p ?>"),
        *("</news:title>", "<![CDATA[", "]]>", "&", "&amp;", "<!--", "-->", "<x:y z:w='1'/>", "</urlset>", "<", "["),
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=30))
def test_no_document_raises(pieces: list[str]) -> None:
    """There is always a feed or a sentence."""
    for text in ("<urlset>" + "".join(pieces), "<sitemapindex>" + "".join(pieces), "".join(pieces)):
        assert isinstance(read_sitemap(text, URL), ParsedFeed | Failed)
