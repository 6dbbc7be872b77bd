"""Bytes to items: every format, whatever its charset and faults, and what is no feed is told apart (R28, R32, R33)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedhub.ingest.parse import parse
from feedhub.models import Enclosure, Failed, FailureKind, ParsedFeed, ParsedItem, Picture, RawDate, RawHints, Text

FEEDS = Path(__file__).parent.parent / "fixtures" / "feeds"
URL = "https://herald.example/rss"
NINE = datetime(2025, 11, 4, 6, 30, tzinfo=UTC)


def fixture(name: str) -> bytes:
    return (FEEDS / name).read_bytes()


def read(document: bytes | str, *, url: str = URL, content_type: str = "") -> ParsedFeed:
    body = document.encode() if isinstance(document, str) else document
    parsed = parse(body, url=url, content_type=content_type)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def fail(document: bytes | str, *, content_type: str = "") -> Failed:
    body = document.encode() if isinstance(document, str) else document
    parsed = parse(body, url=URL, content_type=content_type)
    assert isinstance(parsed, Failed), parsed
    return parsed


def rss(items: str, *, channel: str = "", attributes: str = "") -> str:
    return f'<rss version="2.0" {attributes}><channel><title>Herald</title>{channel}{items}</channel></rss>'


def only_item(items: str, **context: str) -> ParsedItem:
    (item,) = read(rss(items, **context)).items
    return item


# --- formats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "version", "titles"),
    [
        ("rss091.xml", "rss091n", ["Bridge over the Tigris reopens", "Harvest begins in the plain"]),
        ("rss092.xml", "rss092", ["Bridge over the Tigris reopens", ""]),
        ("rdf10.xml", "rss10", ["Pira Mûsilê ji nû ve vebû"]),
        ("atom03.xml", "atom03", ["Bridge over the Tigris reopens", "Harvest begins"]),
        ("atom10.xml", "atom10", ["إعادة فتح الجسر القديم <في الموصل>", "Harvest &amp; rain"]),
        ("jsonfeed10.json", "json1", ["Bridge over the Tigris <reopens>", ""]),
        ("jsonfeed11.json", "json11", ["إعادة فتح الجسر القديم", "Harvest begins"]),
    ],
)
def test_each_format_is_read_R32(name: str, version: str, titles: list[str]) -> None:
    """RSS from 0.91 on, RDF, both Atoms and both JSON Feeds give their items."""
    feed = read(fixture(name))
    assert feed.format == version
    assert [item.title.value if item.title else "" for item in feed.items] == titles


def test_an_rss_item_is_read_whole() -> None:
    """Everything that an RSS 2.0 item with its usual extensions says arrives in the item."""
    feed = read(fixture("rss20.xml"))
    assert (feed.title, feed.link, feed.language) == ("Nineveh Herald", "https://herald.example/", "en-GB")
    html = "<p>Traffic crosses the <b>old bridge</b> again, after eight years.</p><p>It was rebuilt.</p>"
    assert feed.items[0] == ParsedItem(
        guid="herald-1001",
        link="https://feeds.example/~r/herald/~3/bridge",
        original_link="https://herald.example/news/bridge",
        title=Text("Bridge over the Tigris reopens"),
        summary=Text("Traffic crosses the <b>old bridge</b> again.", html=True),
        content=Text(html, html=True),
        published=RawDate("Tue, 04 Nov 2025 09:30:00 +0300", NINE),
        author="Sara Aziz, Omar Khalil",
        categories=("Mosul", "Roads & bridges"),
        pictures=(
            Picture("https://herald.example/img/bridge.jpg", "The bridge on Tuesday", "image/jpeg", 1200, 800),
            Picture("https://herald.example/img/bridge-small.jpg", width=320, height=200),
            Picture("https://herald.example/img/bridge-thumb.jpg", width=90, height=60),
            Picture("https://herald.example/img/bridge-wide.jpg", type="image/jpeg"),
        ),
        enclosures=(Enclosure("https://herald.example/audio/bridge.mp3", "audio/mpeg", 48211),),
        language="en",
    )


def test_an_atom_entry_is_read_whole() -> None:
    """Text types, xml:base, xml:lang, the HTML alternate and both dates of an Atom 1.0 entry arrive in the item."""
    feed = read(fixture("atom10.xml"), url="https://ninawa.example/feed.atom")
    assert (feed.title, feed.link, feed.language) == ("صحيفة نينوى", "https://ninawa.example/", "ar")
    base = "https://ninawa.example/news/"
    assert feed.items[0] == ParsedItem(
        guid="urn:uuid:7c2b1d4e-0000-4000-8000-000000000002",
        link="https://ninawa.example/news/bridge",
        title=Text("إعادة فتح الجسر القديم <في الموصل>", base=base, language="ar"),
        summary=Text("عاد الجسر إلى الخدمة.", base=base, language="ar"),
        content=Text("<p>عاد <b>الجسر</b> إلى الخدمة.</p>", html=True, base=base, language="ar"),
        published=RawDate("2025-11-04T06:30:00Z", NINE),
        updated=RawDate("2025-11-04T07:00:00Z", datetime(2025, 11, 4, 7, 0, tzinfo=UTC)),
        author="سارة عزيز",
        categories=("الموصل",),
        enclosures=(Enclosure("https://ninawa.example/bridge.mp3", "audio/mpeg", 1000),),
        language="ar",
        base=base,
    )


def test_a_relative_base_counts_from_the_document() -> None:
    """xml:base="/feeds/" on the feed and href="harvest" on the entry: the address is on the feed's own host."""
    item = read(fixture("atom10.xml"), url="https://ninawa.example/feed.atom").items[1]
    assert item.link == "https://ninawa.example/feeds/harvest"
    assert item.base == "https://ninawa.example/feeds/"
    assert item.language == "en"


def test_only_updated_is_not_published() -> None:
    """An entry with `updated` alone, or with dc:date, has no publication date; Atom 0.3 has `issued` and `created`."""
    atom, rdf = read(fixture("atom10.xml")).items[1], read(fixture("rdf10.xml")).items[0]
    assert (atom.published, rdf.published) == (None, None)
    assert rdf.updated == RawDate("2025-11-04T09:30:00+03:00", NINE)
    issued, created = read(fixture("atom03.xml")).items
    assert issued.published == RawDate("2025-11-04T09:30:00+03:00", NINE)
    assert created.published == RawDate("2025-11-03T06:00:00Z", datetime(2025, 11, 3, 6, tzinfo=UTC))


def test_a_date_without_understanding_keeps_its_text() -> None:
    """What the parser cannot read stays as text, for the step that knows the feed's zone (R17)."""
    assert only_item("<item><guid>1</guid><pubDate>٤ تشرين الثاني</pubDate></item>").published == RawDate(
        "٤ تشرين الثاني"
    )


def test_a_feed_without_items_is_a_feed() -> None:
    """A newsroom that has nothing to say today is not broken."""
    feed = read(rss(""))
    assert (feed.format, feed.items, feed.skipped) == ("rss20", (), 0)


SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
SY_HINTS = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency> 2 </sy:updateFrequency>"


@pytest.mark.parametrize("spoil", [str, lambda text: text.replace("</channel>", "</chanel>")], ids=["well", "broken"])
def test_what_an_rss_channel_asks_is_read_R27(spoil: Callable[[str], str]) -> None:
    """`ttl`, `sy:update*`, and every hour and day that is to be skipped, as they stand there; an item's own are not."""
    asked = (
        f"<ttl>60</ttl>{SY_HINTS}<sy:updateBase>2000-01-01T12:00+00:00</sy:updateBase>"
        "<skipHours><hour>0</hour><hour>1</hour></skipHours><skipDays><day>Friday</day><day>Saturday</day></skipDays>"
    )
    item = "<item><guid>1</guid><title>Fair</title><ttl>5</ttl><hour>9</hour><day>Monday</day></item>"
    assert read(spoil(rss(item, channel=asked, attributes=SY))).hints == RawHints(
        "60", "daily", "2", "2000-01-01T12:00+00:00", ("0", "1"), ("Friday", "Saturday")
    )


def test_what_rdf_and_atom_ask_is_read_R27() -> None:
    """The syndication module is no element of RSS alone."""
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'{SY}><channel rdf:about="a"><title>Herald</title>{SY_HINTS}</channel></rdf:RDF>'
    )
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom" {SY}><title>Herald</title>{SY_HINTS}</feed>'
    assert read(rdf).hints == read(atom).hints == RawHints(update_period="daily", update_frequency="2")


@pytest.mark.parametrize("document", [rss(""), fixture("jsonfeed11.json"), rss("", channel="<ttl/><skipHours/>")])
def test_a_document_that_asks_nothing(document: str | bytes) -> None:
    """JSON Feed has no such members."""
    assert read(document).hints == RawHints()


# --- identity and links -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "guid", "link"),
    [
        ("<guid>https://herald.example/a</guid>", "https://herald.example/a", "https://herald.example/a"),
        ('<guid isPermaLink="false">https://herald.example/a</guid>', "https://herald.example/a", ""),
        ("<guid>17</guid>", "17", ""),
        ("<guid>17</guid><link>/news/17</link>", "17", "https://herald.example/news/17"),
        ("<link>/a?x=1&amp;y=2</link>", "", "https://herald.example/a?x=1&y=2"),
    ],
)
def test_a_guid_is_a_link_only_where_it_is_a_page(item: str, guid: str, link: str) -> None:
    """RSS 2.0: isPermaLink is true unless it says false, and a page has an http address."""
    found = only_item(f"<item><title>t</title>{item}</item>")
    assert (found.guid, found.link) == (guid, link)


def test_a_guid_is_the_same_wherever_the_feed_is_found_R5() -> None:
    """The feed moves to https and to another host: its guids are what they were, byte for byte."""
    body = rss("<item><guid>17</guid></item><item><guid>/a/17#0</guid></item>")
    addresses = ("http://old.example/rss", "https://new.example/feeds/rss")
    assert {tuple(item.guid for item in read(body, url=url).items) for url in addresses} == {("17", "/a/17#0")}


# --- text, pictures, people -------------------------------------------------------------------------------------------


def test_a_caption_is_not_the_text() -> None:
    """media:description beside a description is the picture's caption; alone it is all the text there is."""
    media = 'xmlns:media="http://search.yahoo.com/mrss/"'
    picture = (
        '<media:content url="https://h.example/p.jpg" medium="image"/><media:description>Crowd</media:description>'
    )
    item = only_item(f"<item><description>The text.</description>{picture}</item>", attributes=media)
    assert item.summary == Text("The text.", html=True)
    assert item.content is None
    assert item.pictures == (Picture("https://h.example/p.jpg", caption="Crowd"),)
    assert read(fixture("atom10.xml")).items[1].summary == Text("Rain came early.")


def test_text_is_as_the_feed_gave_it() -> None:
    """Cleaning and the resolution of links inside it happen once, in a later step."""
    html = "<P onclick='x()'><a href=/a>a</a><script>x()</script></P>"
    assert only_item(f"<item><description><![CDATA[{html}]]></description></item>").summary == Text(html, html=True)


def test_content_is_not_repeated_as_summary() -> None:
    """An item with content alone has no summary: the copy that feedparser makes of it is none."""
    namespace = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    item = only_item("<item><content:encoded>&lt;p&gt;All&lt;/p&gt;</content:encoded></item>", attributes=namespace)
    assert item.content == Text("<p>All</p>", html=True)
    assert item.summary is None


@pytest.mark.parametrize(
    ("title", "text", "html"),
    [
        ("&lt;i&gt;Rudaw&lt;/i&gt; reports", "<i>Rudaw</i> reports", True),
        ("AT&amp;amp;T in Erbil", "AT&amp;T in Erbil", True),
        ("AT&amp;T in Erbil", "AT&T in Erbil", False),
        ("3 &lt; 4", "3 < 4", False),
    ],
)
def test_markup_in_an_rss_title_is_recognised(title: str, text: str, html: bool) -> None:
    """RSS does not say whether a title is HTML; its text does."""
    assert only_item(f"<item><title>{title}</title></item>").title == Text(text, html=html)


@pytest.mark.parametrize(
    ("element", "pictures"),
    [
        ("<image>https://h.example/p.jpg</image>", ["https://h.example/p.jpg"]),
        ("<image><url>https://h.example/p.jpg</url></image>", ["https://h.example/p.jpg"]),
        ('<itunes:image href="https://h.example/p"/>', ["https://h.example/p"]),
        ('<enclosure url="https://h.example/p.webp?w=9"/>', ["https://h.example/p.webp?w=9"]),
        ('<enclosure url="https://h.example/p.jpg" type="video/mp4"/>', []),
        ('<media:content url="https://h.example/v"/>', []),
    ],
)
def test_pictures_are_found_wherever_feeds_put_them_R35(element: str, pictures: list[str]) -> None:
    """A picture is known by its declared type, else its medium, else the end of its address."""
    namespaces = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    item = only_item(f"<item><title>t</title>{element}</item>", attributes=namespaces)
    assert [picture.url for picture in item.pictures] == pictures


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<author>noreply@herald.example (Dana Rashid)</author>", "Dana Rashid"),
        ("<author>Dana Rashid &lt;dana@herald.example&gt;</author>", "Dana Rashid"),
        ("<author>desk@herald.example</author>", ""),
        ("<author>Reuters</author>", "Reuters"),
    ],
)
def test_an_author_is_a_name(author: str, name: str) -> None:
    """No e-mail address is published."""
    assert only_item(f"<item><title>t</title>{author}</item>").author == name


# --- charsets (R32) ---------------------------------------------------------------------------------------------------


def as_utf8(text: str) -> bytes:
    return text.encode()


@pytest.mark.parametrize(
    ("encode", "content_type"),
    [
        (as_utf8, ""),
        (as_utf8, "text/xml"),
        (as_utf8, "text/xml; charset=iso-8859-1"),
        (as_utf8, "application/rss+xml; charset=windows-1256"),
        (as_utf8, 'application/xml; charset="no-such-charset"'),
        (lambda text: b"\xef\xbb\xbf" + text.encode(), "text/xml; charset=us-ascii"),
        (lambda text: text.replace("utf-8", "windows-1252").encode(), ""),
        (lambda text: text.replace("utf-8", "windows-1256").encode(), ""),
        (lambda text: text.replace("utf-8", "utf-16").encode(), ""),
        (lambda text: text.replace("utf-8", "windows-1256").encode("windows-1256"), "text/xml; charset=utf-8"),
        (lambda text: text.replace("utf-8", "iso-8859-6").encode("iso-8859-6"), "text/xml"),
        (lambda text: text.encode("windows-1256"), "text/xml; charset=windows-1256"),
        (lambda text: text.replace(' encoding="utf-8"', "").encode("windows-1256"), "text/xml"),
        (lambda text: text.encode("utf-16"), "text/xml; charset=utf-8"),
        (lambda text: text.replace("utf-8", "utf-16").encode("utf-16-be"), ""),
        (lambda text: text.encode("utf-16-le"), ""),
        (lambda text: text.encode("utf-32"), ""),
        (lambda text: "\n\n  PHP Notice: charset\n" + text, ""),
    ],
)
def test_a_mislabelled_document_gives_the_same_items(encode: Callable[[str], bytes | str], content_type: str) -> None:
    """Whatever header and declaration claim, the items are those of the correct document."""
    text = fixture("arabic.xml").decode()
    assert read(encode(text), content_type=content_type).items == read(text).items


def test_the_windows_and_utf16_fixtures_are_read_like_the_utf8_one() -> None:
    """windows-1256 that calls itself UTF-8, and UTF-16 with its mark."""
    correct = read(fixture("arabic.xml"))
    assert read(fixture("windows1256_under_utf8.xml"), content_type="text/xml; charset=UTF-8") == correct
    assert read(fixture("utf16_bom.xml")) == correct


@pytest.mark.parametrize(
    ("text", "charset", "language"),
    [
        ("Türkiye'nin Bağdat Büyükelçisi görüşmede güvenlik konularını ele aldı", "windows-1254", "tr"),
        ("Türkiye'nin Bağdat Büyükelçisi görüşmede güvenlik konularını ele aldı", "windows-1254", "en-us"),
        ("Le président a évoqué à Bagdad la coopération économique – déjà forte", "windows-1252", "fr"),
        ("گفت که همکاری ها گسترش خواهد داشت", "windows-1256", "en"),
        ("Президент прибыл в Багдад с официальным визитом", "windows-1251", "ru"),
        ("Předseda vlády přijel do Bagdádu na návštěvu", "windows-1250", "cs"),
    ],
)
def test_windows_text_under_utf8_is_guessed(text: str, charset: str, language: str) -> None:
    """By the feed's language where that names a charset, else by what its bytes look like."""
    text = text.replace("ی", "ي")  # windows-1256 has no Persian yeh
    document = rss(f"<item><title>{text}</title></item>", channel=f"<language>{language}</language>")
    (item,) = read(('<?xml version="1.0" encoding="utf-8"?>' + document).encode(charset)).items
    assert item.title == Text(text)


def test_one_spoilt_character_costs_one_character() -> None:
    """An excerpt cut in the middle of a UTF-8 character does not turn the whole feed into another charset."""
    body = fixture("arabic.xml").replace("ثماني سنوات.".encode(), "ثماني سنوات".encode()[:-1])
    spoilt, whole = read(body, content_type="text/xml; charset=iso-8859-1").items
    assert spoilt.title == read(fixture("arabic.xml")).items[0].title
    assert spoilt.summary
    assert spoilt.summary.value.endswith("منذ ثماني سنوا\ufffd")
    assert whole == read(fixture("arabic.xml")).items[1]


def test_seven_bit_escapes_are_not_taken_for_utf8() -> None:
    """ISO-2022-JP is valid UTF-8 byte by byte; its declaration counts."""
    document = '<?xml version="1.0" encoding="iso-2022-jp"?>' + rss("<item><title>バグダッド</title></item>")
    assert read(document.encode("iso-2022-jp")).items[0].title == Text("バグダッド")


# --- broken documents (R32, R33) --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text + "\n<!-- cached --><br>PHP Warning",
        lambda text: "Notice: undefined\n" + text,
        lambda text: text.replace("<channel>", "<channel>\x00\x08\x1b"),
        lambda text: text.replace("Nineveh Herald", "Nineveh & Herald & more", 1),
        lambda text: text.replace("Nineveh Herald", "Nineveh&nbsp;Herald", 1),
        lambda text: text.replace("</channel>", "").replace("</rss>", ""),
        lambda text: text.replace("</channel>", "<webMaster>&#xD800;&#0;</webMaster></channel>"),
        lambda text: text.replace("</rss>", "</rss"),
        lambda text: text.replace("<rss ", "<!DOCTYPE html>\n<rss "),
    ],
)
def test_a_broken_document_gives_the_items_of_the_correct_one(spoil: Callable[[str], str]) -> None:
    """Garbage around it, control characters, bare ampersands, HTML entities, missing end tags: the same items."""
    correct = fixture("rss20.xml").decode().replace("herald-1001", "herald?a=1&amp;b=&lt;2&gt;")
    feed = read(spoil(correct))
    assert feed.items == read(correct).items
    assert feed.items[0].guid == "herald?a=1&b=<2>"


@pytest.mark.parametrize(
    "reference", ["&#0;", "&#8;", "&#xD800;", "&#x110000;", "&#xFFFE;", "&#99999999999;", "&#xD83D"]
)
def test_an_illegal_character_reference_costs_one_character(reference: str) -> None:
    """No reference raises, whatever it names; U+FFFD stands in its place."""
    assert only_item(f"<item><title>a{reference} b</title></item>").title == Text("a\ufffd b")


def test_no_text_holds_what_xml_forbids_R33() -> None:
    """Not from the document's bytes, nor from base64 inside it."""
    entry = '<entry><title mode="base64">YQBiCGM=</title></entry>'
    assert read(f'<feed version="0.3" xmlns="http://purl.org/atom/ns#">{entry}</feed>').items[0].title == Text("abc")
    assert only_item("<item><title>a\x00b\ufffec</title></item>").title == Text("abc")


def test_a_document_that_is_cut_off_loses_its_last_item_alone() -> None:
    """What was cut may be half a sentence; it comes whole with the next poll."""
    text = fixture("rss20.xml").decode()
    feed = read(text[: text.index("Number without") + 6])
    assert feed.items == read(text).items[:2]
    assert (feed.skipped, feed.skipped_reason) == (1, "the document is cut off")
    assert not feed.whole


def test_a_document_that_is_cut_off_between_items_loses_none() -> None:
    """All of its items are whole."""
    text = fixture("rss20.xml").decode()
    feed = read(text[: text.rindex("</item>") + len("</item>")] + "\n  <ite")
    assert (feed.items, feed.skipped) == (read(text).items, 0)
    assert (feed.whole, read(text).whole) == (False, True)


def test_a_document_that_is_cut_off_too_early_is_broken() -> None:
    """Before or in its first item there is nothing to use, and an empty feed would look like good news."""
    text = fixture("rss20.xml").decode()
    first = fail(text[: text.index("<item>")])
    assert (first.kind, first.detail) == (FailureKind.BROKEN, "the document is cut off before its first item")
    assert fail(text[: text.index("<pubDate>")]).kind is FailureKind.BROKEN


def test_items_that_are_never_closed_are_not_cut_off() -> None:
    """Sloppy is not truncated: the document has its end."""
    feed = read(rss("<item><title>a</title><item><title>b</title>"))
    assert (len(feed.items), feed.whole) == (2, True)


def test_an_item_that_says_nothing_is_skipped_and_counted() -> None:
    """Neither guid, link, title nor text: there is nothing to publish, and the rest goes on."""
    feed = read(rss("<item><pubDate>Tue, 04 Nov 2025 09:30:00 GMT</pubDate></item><item><title>t</title></item>"))
    assert len(feed.items) == 1
    assert (feed.skipped, feed.skipped_reason) == (1, "neither guid, link, title nor text")
    assert fail(rss("<item></item>")).kind is FailureKind.BROKEN


@pytest.mark.parametrize(
    "poison",
    ['<authors a="b"/><author>x</author>', '<g:posList xmlns:g="http://www.opengis.net/gml">x</g:posList>', "</width>"],
)
def test_an_item_that_the_parser_chokes_on_is_skipped_alone(poison: str) -> None:
    """What feedparser raises on one item does not take the others with it, whichever of its two parsers it is."""
    feed = read(rss(f"<item><guid>1</guid></item><item>{poison}</item><item><guid>3</guid></item>"))
    assert [item.guid for item in feed.items] == ["1", "3"]
    assert feed.skipped == 1
    assert feed.skipped_reason.startswith("cannot be read (")
    assert feed.title == "Herald"


def test_a_feed_of_nothing_but_poison_is_broken() -> None:
    """The reason is named."""
    failed = fail(rss("<item></width></item>" * 2))
    assert failed.kind is FailureKind.BROKEN
    assert failed.detail == "none of its 2 items is usable: cannot be read (TypeError)"


# --- what is no feed (R28) --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [b"", b"\xef\xbb\xbf", b" \r\n\t", b"\x00\x00\x00", b"<!-- only this", b'<?xml version="1.0"?>']
)
def test_nothing_is_broken(body: bytes) -> None:
    """An empty answer, and one that ends before it begins."""
    assert fail(body).kind is FailureKind.BROKEN


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
        "<!DOCTYPE html><head><title>Attention Required! | Cloudflare</title></head>",
        "<html><head><title>herald.example</title></head><script>window._cf_chl_opt={}</script></html>",
        "<!doctype html><html><title>Log in</title><form><input name=p type='password'></form></html>",
        "<html dir=rtl><title>تسجيل الدخول</title><input type=password></html>",
        '<html><title>Nineveh Herald</title><form><input name=p type="password"></form></html>',
    ],
)
def test_a_challenge_or_login_page_is_blocked_R28(body: str) -> None:
    """The feed is there, but not for us; also under an XML media type."""
    assert fail(body, content_type="application/rss+xml").kind is FailureKind.BLOCKED


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><head><title>Nineveh Herald</title></head><body><h1>News</h1></body></html>",
        "<html><title>Home | Just in: login fraud</title><body>…</body></html>",
        "<head><title>Nineveh Herald</title></head>",
        "\n<!-- page --><HTML><BODY>News</BODY></HTML>",
        '<html><link type="application/rss+xml" href="/feed"><form><input type="password"></form></html>',
        '<opml version="2.0"><body/></opml>',
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        "https://herald.example/rss",
        "/etc/hostname",
    ],
)
def test_anything_else_is_not_a_feed_R28(body: str) -> None:
    """Web pages, other XML, plain text; a path and an address are text and are not opened."""
    assert fail(body).kind is FailureKind.NOT_A_FEED


def test_a_news_sitemap_is_known_by_its_content_R32() -> None:
    """Whatever its type says; it is read by its own reader."""
    feed = parse(fixture("news_sitemap.xml"), url=URL, content_type="text/html")
    assert isinstance(feed, ParsedFeed)
    assert (feed.format, len(feed.items)) == ("sitemap", 1)


def test_a_list_of_sitemaps_is_not_a_feed() -> None:
    """One clear sentence, which names the sitemap to take instead."""
    failed = fail("<sitemapindex><sitemap><loc>https://herald.example/news.xml</loc></sitemap></sitemapindex>")
    assert failed.kind is FailureKind.NOT_A_FEED
    assert "https://herald.example/news.xml" in failed.detail


def test_the_sentence_names_the_page() -> None:
    """The operator sees what the server answered, on one line and in bounds."""
    detail = fail("<html><title>\n Just a\n moment&hellip; </title></html>").detail
    assert "a web page titled “Just a moment…”" in detail
    assert len(fail(f"<html><title>{'x' * 5000}</title></html>").detail) < 200
