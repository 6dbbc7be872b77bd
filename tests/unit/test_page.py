"""Listing pages: an outlet without a feed is read by the operator's selectors (`kind: page`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.config.selectors import Selectors, check_selector
from feedhub.ingest.dom import decode_page
from feedhub.ingest.page import read_page
from feedhub.models import Failed, FailureKind, ParsedFeed, ParsedItem, Picture, RawDate, Text

LISTING = (Path(__file__).parent.parent / "fixtures" / "pages" / "listing.html").read_text()
SITE = "https://herald.example"
URL = f"{SITE}/en/local"
SELECT = Selectors(item="article", link="h2 a", title="h2", image="img")


def read(text: str = LISTING, select: Selectors = SELECT) -> ParsedFeed:
    feed = read_page(text, URL, select)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def fail(text: str = LISTING, select: Selectors = SELECT) -> Failed:
    failed = read_page(text, URL, select)
    assert isinstance(failed, Failed), failed
    return failed


def items_of(*articles: str, select: Selectors = SELECT) -> tuple[ParsedItem, ...]:
    return read(f"<html><body>{''.join(articles)}</body></html>", select).items


# --- what is read -----------------------------------------------------------------------------------------------------


def test_a_page_is_a_feed_of_what_the_selectors_find() -> None:
    """In the page's order, each link once, absolute by `<base href>`; the page's title and language are the feed's."""
    feed = read()
    assert (feed.format, feed.title, feed.link, feed.language) == ("page", "Local news – Nineveh Herald", URL, "en")
    assert [item.link for item in feed.items] == [
        f"{SITE}/en/news/101-bridge",
        f"{SITE}/ar/news/102",
        "https://other.example/dam#top",
    ]


def test_a_headline_is_its_visible_text_on_one_line() -> None:
    """Without scripts, a break being a space; a picture's is what it says to those who do not see it."""
    assert [item.title for item in read().items] == [
        Text("Bridge over the Tigris reopens to traffic"),
        Text("موسم قطاف الزيتون يبدأ في بعشيقة"),
        Text("Dam is full after the rain"),
    ]


def test_the_optional_parts_are_read_where_they_are_selected() -> None:
    """Summary, author, section; the date by default from `time`, its machine form before its text."""
    select = Selectors(item="article", link="h2 a", summary=".lead", author=".by", section=".desk")
    first, second, third = read(select=select).items
    assert first.summary == Text("Cars cross the old bridge again.")
    assert (first.author, first.categories) == ("Sara Aziz", ("Local News",))
    assert [item.published for item in (first, second, third)] == [
        RawDate("2025-11-04T09:30:00+03:00"),
        RawDate("2025-11-03 18:00"),
        None,
    ]
    assert (second.summary, second.author, second.categories) == (None, "", ())


def test_pictures_of_lazy_pages_are_found_R35() -> None:
    """The address that a script would put there, other sizes, and backgrounds; sizes and words as they stand."""
    first, second, third = read(select=Selectors(item="article", link="h2 a")).items
    assert first.pictures == (Picture(f"{SITE}/media/bridge.jpg", "The old bridge", "", 640, 360),)
    assert second.pictures == (Picture(f"{SITE}/media/orchard.jpg"),)
    assert [picture.url for picture in third.pictures] == [
        f"{SITE}/media/dam-640.jpg",
        f"{SITE}/media/dam-title.png",
        f"{SITE}/media/dam.webp",
    ]


def test_an_item_may_be_of_another_language_than_its_page_R36() -> None:
    """As its own `lang` says."""
    assert [item.language for item in read().items] == [None, "ar", None]


def test_an_item_may_be_the_link_itself() -> None:
    """By default the link is the item or its first link, and the headline its text."""
    (item,) = items_of("<a class=card href=/1><b>Bridge</b> reopens</a>", select=Selectors(item="a.card"))
    assert (item.link, item.title) == (f"{SITE}/1", Text("Bridge reopens"))


def test_what_is_no_article_is_skipped_and_counted() -> None:
    """Scripts, places on the page itself, links without words. A second link to an article is none of these."""
    feed = read()
    assert feed.skipped == 3
    assert feed.skipped_reason == "no link; no title"


# --- what matches nothing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("select", "named"),
    [
        (Selectors(item=".news-item"), "item: “.news-item” matches nothing"),
        (Selectors(item="article", link="h3 a"), "link: “h3 a” finds no link in any of the 7 items"),
        (Selectors(item="article", link="h2 a", title="h4"), "title: “h4” finds no title in any of the 7 items"),
        (Selectors(item="nav"), "the default for the link"),
    ],
)
def test_a_selector_that_matches_nothing_is_named(select: Selectors, named: str) -> None:
    """`nothing_matched`, with the page's title: a page that was rebuilt, or a wrong one."""
    text = LISTING if select.item != "nav" else "<title>Local news – Nineveh Herald</title><nav></nav>"
    failed = fail(text, select)
    assert failed.kind is FailureKind.NOTHING_MATCHED
    assert named in failed.detail
    assert "titled “Local news – Nineveh Herald”" in failed.detail


def test_a_selector_for_a_part_that_is_nowhere_is_reported_and_costs_no_item() -> None:
    """A story without its picture is still a story."""
    feed = read(select=Selectors(item="article", link="h2 a", image=".thumb img", author=".by"))
    assert len(feed.items) == 3
    assert "the selector image: “.thumb img” matches nothing" in feed.skipped_reason
    assert "author" not in feed.skipped_reason


def test_a_challenge_in_the_pages_place_is_blocked_R28() -> None:
    """Not a page that was rebuilt."""
    assert fail("<title>Just a moment...</title><p>Checking").kind is FailureKind.BLOCKED
    assert fail(" ").kind is FailureKind.BROKEN


@pytest.mark.parametrize("css", ["article", "h2 > a:first-child", ".a, .b", "div:has(time)", "[data-x='1']"])
def test_a_good_selector_is_accepted(css: str) -> None:
    assert check_selector(css) is None


@pytest.mark.parametrize("css", ["", "a[", "h2 >", "..", "a::attr(href)", "//article", ":nope"])
def test_a_bad_selector_is_a_clear_error_R46(css: str) -> None:
    """It is quoted, with examples of good ones; read all the same, it is one status and no crash."""
    assert f"“{css}” is not a CSS selector" in (check_selector(css) or "")
    assert fail(select=Selectors(item=css)).kind is FailureKind.NOTHING_MATCHED
    assert fail(select=Selectors(item="article", link=css or "a[")).kind is FailureKind.NOTHING_MATCHED


# --- charsets ---------------------------------------------------------------------------------------------------------

ARABIC = "إعادة فتح الجسر القديم في الموصل"
TURKISH = "Diyarbakır’da kış pazarı açıldı: şehrin ilk günü"
POLISH = "Zażółć gęślą jaźń"


@pytest.mark.parametrize(
    ("head", "header", "charset", "text"),
    [
        ('<meta charset="windows-1256">', "", "windows-1256", ARABIC),
        ('<META http-equiv=Content-Type content="text/html; CHARSET=windows-1254">', "", "windows-1254", TURKISH),
        ("", "text/html; charset=windows-1256", "windows-1256", ARABIC),
        ('<meta charset="windows-1252">', "text/html; charset=iso-8859-2", "iso-8859-2", POLISH),
        ('<meta charset="iso-8859-2">', "text/html; charset=utf8mb4", "iso-8859-2", POLISH),
        ('<meta charset="iso-8859-1">', "text/html; charset=iso-8859-1", "utf-8", ARABIC),
        ('<meta charset="windows-1251">', "", "windows-1251", "Новости Багдада"),
        ("", "", "utf-8-sig", ARABIC),
        ("", "", "utf-16", ARABIC),
        ("", "", "windows-1256", ARABIC * 3),
    ],
)
def test_a_page_of_any_charset_gives_its_text_R32(head: str, header: str, charset: str, text: str) -> None:
    """Header, then `<meta>`, as browsers have it; UTF-8 whatever is declared; else what the bytes look like."""
    page = f"<html><head>{head}</head><body><article><h2><a href=/1>{text}</a></h2></article></body></html>"
    (item,) = read(decode_page(page.encode(charset), header)).items
    assert item.title == Text(text)


# --- hostile pages ----------------------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *("<article>", "</article>", "<h2>", "<a href=", "'/1'", ">", "<img src=//h/a.png>", "<base href='http://['>"),
        *("<a href='http://[/'>x</a>", "<time datetime=x>", "<table>", "<svg>", "<p style='background:url(x)'>"),
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=30))
def test_no_page_raises(pieces: list[str]) -> None:
    """There is always a feed or a sentence."""
    select = Selectors(item="article", summary="p", author="a", section="h2")
    assert isinstance(read_page("<article>" + "".join(pieces), URL, select), ParsedFeed | Failed)


@given(st.text(max_size=20))
def test_no_selector_raises(css: str) -> None:
    """What passes the check can be used."""
    outcome = read_page(LISTING, URL, Selectors(item="article", link=css or None))
    assert isinstance(outcome, ParsedFeed | Failed)
    if check_selector(css) and css:
        assert isinstance(outcome, Failed)
