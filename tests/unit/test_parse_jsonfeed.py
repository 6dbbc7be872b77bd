"""JSON Feed 1.0 and 1.1, read as it is written in the wild."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedhub.ingest.parse import parse
from feedhub.models import Enclosure, Failed, FailureKind, ParsedFeed, ParsedItem, Picture, RawDate, Text

FEEDS = Path(__file__).parent.parent / "fixtures" / "feeds"
URL = "https://herald.example/feed.json"
NINE = datetime(2025, 11, 4, 6, 30, tzinfo=UTC)


def read(document: object, *, content_type: str = "application/feed+json") -> ParsedFeed:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    parsed = parse(body, url=URL, content_type=content_type)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def fail(body: str) -> Failed:
    parsed = parse(body.encode(), url=URL, content_type="application/json")
    assert isinstance(parsed, Failed), parsed
    return parsed


def feed(*items: object, **fields: object) -> dict[str, object]:
    return {"version": "https://jsonfeed.org/version/1.1", "title": "Herald", "items": list(items), **fields}


def test_an_item_of_version_1_is_read_whole() -> None:
    """A numeric id is text, `author` is the author, the page is read by its first byte whatever the media type says."""
    parsed = read((FEEDS / "jsonfeed10.json").read_bytes(), content_type="text/plain")
    assert (parsed.format, parsed.title, parsed.link) == ("json1", "Nineveh Herald", "https://herald.example/")
    bridge, harvest = parsed.items
    assert bridge == ParsedItem(
        guid="1001",
        link="https://herald.example/news/bridge",
        title=Text("Bridge over the Tigris <reopens>"),
        summary=Text("Traffic crosses the old bridge again."),
        content=Text("<p>Traffic crosses the <b>old bridge</b> again.</p>", html=True),
        published=RawDate("2025-11-04T09:30:00+03:00", NINE),
        author="Sara Aziz",
        categories=("Mosul", "Bridges"),
        pictures=(Picture("https://herald.example/img/bridge.jpg"),),
    )
    assert harvest.guid == harvest.link == "https://herald.example/news/harvest"
    assert harvest.content == Text("Harvest begins & rain is near.")


def test_an_item_of_version_1_1_is_read_whole() -> None:
    """`authors`, languages of feed and item, attachments: pictures among them are pictures."""
    parsed = read((FEEDS / "jsonfeed11.json").read_bytes())
    assert (parsed.format, parsed.language, parsed.skipped) == ("json11", "ar", 2)
    bridge, harvest = parsed.items
    assert bridge.author == "سارة عزيز, عمر خليل"
    assert bridge.link == "https://ninawa.example/news/bridge"
    assert bridge.updated == RawDate("2025-11-04T07:00:00Z", datetime(2025, 11, 4, 7, tzinfo=UTC))
    assert bridge.pictures == (
        Picture("https://ninawa.example/img/banner.jpg"),
        Picture("https://ninawa.example/img/bridge.png", type="image/png"),
    )
    assert bridge.enclosures == (Enclosure("https://ninawa.example/bridge.mp3", "audio/mpeg", 48211),)
    assert (bridge.language, harvest.language) == ("ar", "en")


@pytest.mark.parametrize(
    "version",
    ["https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1", "https://www.jsonfeed.org/version/1/"],
)
def test_version_1_goes_by_several_addresses(version: str) -> None:
    """Publishers write http and www where the specification does not."""
    assert read(feed({"id": "1"}, version=version)).format == "json1"


@pytest.mark.parametrize("wrong", [None, 7, True, "text", ["list"], {"an": "object"}, float("nan")])
@pytest.mark.parametrize(
    "key",
    [
        *("id", "url", "title", "content_html", "content_text", "summary", "image", "date_published", "authors"),
        *("author", "tags", "attachments", "language"),
    ],
)
def test_a_wrong_type_is_an_absent_value(key: str, wrong: object) -> None:
    """No value of any type in any place costs more than itself."""
    parsed = read(feed({"id": "1", "title": "good"}, {"id": "2", "title": "odd", key: wrong}))
    assert parsed.items[0].guid == "1"
    assert len(parsed.items) == 2


@pytest.mark.parametrize("items", [None, "text", {"id": "1"}, 5])
def test_items_of_a_wrong_type_are_none(items: object) -> None:
    """A feed whose `items` is no list of objects has nothing usable."""
    parsed = parse(json.dumps({**feed(), "items": items}).encode(), url=URL)
    assert parsed.items == () if isinstance(parsed, ParsedFeed) else parsed.kind is FailureKind.BROKEN


def test_a_date_without_a_zone_is_taken_for_utc_and_a_bad_one_kept_as_text() -> None:
    """The text stays beside it, so that the feed's zone can still be applied (R17)."""
    parsed = read(feed({"id": "1", "date_published": "2025-11-04T06:30:00"}, {"id": "2", "date_published": "today"}))
    assert parsed.items[0].published == RawDate("2025-11-04T06:30:00", NINE)
    assert parsed.items[1].published == RawDate("today")


def test_no_text_holds_what_xml_forbids_R33() -> None:
    r"""JSON can spell NUL and lone surrogates: \u0000, \ud800. They are dropped."""
    body = json.dumps(
        feed({"id": "a\0b", "title": "x\ud800y\ufffe", "tags": ["t\x08"], "image": "https://h.example/\0"})
    )
    (item,) = read(body.encode()).items
    assert (item.guid, item.title, item.categories) == ("ab", Text("xy"), ("t",))
    assert item.pictures == (Picture("https://h.example/"),)


def test_newlines_in_strings_and_a_byte_order_mark_are_forgiven() -> None:
    """Both are faults that publishers make and readers forgive."""
    body = b'\xef\xbb\xbf\n{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "a\nb"}]}'
    assert read(body).items[0].title == Text("a\nb")


@pytest.mark.parametrize(
    "body", ["{}", "[]", '["https://jsonfeed.org/version/1"]', '{"version": "1.1"}', '{"version": 1, "items": []}']
)
def test_other_json_is_not_a_feed(body: str) -> None:
    """An API's answer is told from a feed by its version."""
    assert fail(body).kind is FailureKind.NOT_A_FEED


def test_broken_json_is_broken_at_a_position() -> None:
    """The operator can show the publisher where."""
    failed = fail('{"version": "https://jsonfeed.org/version/1.1",\n "items": [}')
    assert failed.kind is FailureKind.BROKEN
    assert "line 2 column 12" in failed.detail


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, f'{{"version": {"9" * 5000}}}'])
def test_hostile_json_is_broken(body: str) -> None:
    """Nesting beyond the interpreter's depth, numbers beyond its digits."""
    assert fail(body).kind is FailureKind.BROKEN


def test_a_feed_of_unusable_items_is_broken() -> None:
    """One bad item is skipped; nothing but bad items is a fault."""
    assert read(feed({}, {"id": "1"})).skipped == 1
    assert fail(json.dumps(feed({}, None))).kind is FailureKind.BROKEN
    assert read(feed()).items == ()
