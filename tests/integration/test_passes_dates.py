"""When a story is from and what moves it: order keys, clamping, zones, edits. Passes at chosen times."""

from __future__ import annotations

import json
from datetime import timedelta

import feedparser
import pytest

from support.desk import Desk, listing
from support.feeds import NOON, atom, item, items, rss
from support.publisher import Publisher

QUARTER = timedelta(minutes=15)
LONG = (
    "<p>Engineers opened two gates of the weir on Sunday after the first rain of the season raised the river by a "
    "metre. No house is in danger, the governor said, and the schools of both banks stay open. Read by 14 people.</p>"
)


def test_r15_a_changed_date_never_lifts_a_published_story(desk: Desk, publisher: Publisher) -> None:
    """R15: whether the date comes forward or goes back, alone or with a new headline: order and date stay."""
    publisher.serve("/tigris", rss(*items(3)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = [(story["id"], story["date_published"]) for story in desk.stories()]
    fresh = NOON + QUARTER
    edited = item(3, published=fresh, title="The dam of Basra opens at last, as promised long ago")
    publisher.serve("/tigris", rss(item(1, published=NOON - timedelta(days=9)), item(2, published=fresh), edited))
    desk.poll(fresh, every=True)
    assert [(story["id"], story["date_published"]) for story in desk.stories()] == before


def test_r16_a_date_in_the_future_becomes_the_first_sight(desk: Desk, publisher: Publisher) -> None:
    """R16: an hour and a year ahead; nothing in any output is later than the pass that built it."""
    ahead = [item(1, published=NOON + timedelta(hours=1)), item(2, published=NOON + timedelta(days=365))]
    publisher.serve("/tigris", rss(*ahead, item(3)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    desk.poll(NOON + timedelta(hours=2), every=True)
    dates = [story["date_published"] for story in desk.stories()]
    assert dates == ["2024-11-22T12:00:00Z", "2024-11-22T12:00:00Z", "2024-11-22T09:00:00Z"]
    for document in desk.documents()[:2]:
        feed = feedparser.parse(document)
        moments = [feed.feed.updated_parsed, *(entry.published_parsed for entry in feed.entries)]
        moments += [entry.updated_parsed for entry in feed.entries]
        assert max(moments) <= NOON.utctimetuple()


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-07-01 10:00:00", "2024-07-01T08:00:00Z"),  # summer: UTC+2
        ("2024-11-02 10:00:00", "2024-11-02T09:00:00Z"),  # winter: UTC+1
        ("Sat, 02 Nov 2024 10:00:00", "2024-11-02T09:00:00Z"),
        ("Mon, 01 Jul 2024 10:00:00 GMT", "2024-07-01T10:00:00Z"),  # these say their zone
        ("Mon, 01 Jul 2024 10:00:00 +0300", "2024-07-01T07:00:00Z"),
        ("2024-07-01T10:00:00Z", "2024-07-01T10:00:00Z"),
    ],
)
def test_r17_a_feeds_timezone_is_for_dates_without_one(
    desk: Desk, publisher: Publisher, written: str, utc: str
) -> None:
    publisher.serve("/tigris", rss(item(1, published=written)))
    desk.configure(listing(publisher, "tigris", tigris="timezone: Europe/Berlin"))
    desk.poll(NOON)
    assert desk.story()["date_published"] == utc


def test_r18_an_undated_item_keeps_the_time_of_its_first_sight(desk: Desk, publisher: Publisher) -> None:
    """R18: polled again in the same words, in other words, and with a date at last."""
    publisher.serve("/tigris", rss(item(1, published=None)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    later = NOON + timedelta(hours=3)
    for n, text in enumerate([rss(item(1, published=None, text="<p>other</p>")), rss(item(1, published=later))]):
        publisher.serve("/tigris", text)
        desk.poll(later + n * QUARTER, every=True)
        assert desk.story()["date_published"] == "2024-11-22T12:00:00Z"


@pytest.mark.parametrize(
    "edit",
    [
        {"text": LONG.replace("14 people", "1,207 people")},
        {"text": LONG + "\n\n  "},
        {"text": LONG.replace("Engineers", "Enginers")},
        {"text": LONG + '<script>ad()</script><img src="https://ads.example/p.gif" width="1" height="1">'},
        {"link": f"{item(1).link}?utm_campaign=evening"},
        {"title": f"  {item(1).title}  "},
        {"published": NOON},
    ],
    ids=["counter", "whitespace", "typo", "ad", "tracking", "title's spacing", "date"],
)
def test_r19_what_is_no_news_does_not_move_updated(desk: Desk, publisher: Publisher, edit: dict[str, str]) -> None:
    """R19: a changed counter, space, typing mistake, ad, tracking parameter or date."""
    article = item(1, text=LONG, guid="tigris-1")
    publisher.serve("/tigris", rss(article))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = desk.story()["date_modified"]
    publisher.serve("/tigris", rss(item(1, **{"text": LONG, "guid": "tigris-1", **edit})))
    desk.poll(NOON + QUARTER, every=True)
    assert desk.story()["date_modified"] == before


@pytest.mark.parametrize(
    "edit",
    [
        {"title": "The weir of Erbil opens a third gate"},
        {"text": LONG.replace("No house is in danger", "Forty houses on the left bank were cleared in the night")},
    ],
    ids=["title", "text"],
)
def test_r19_a_significant_edit_moves_updated(desk: Desk, publisher: Publisher, edit: dict[str, str]) -> None:
    publisher.serve("/tigris", rss(item(1, text=LONG)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    publisher.serve("/tigris", rss(item(1, **{"text": LONG, **edit})))
    desk.poll(NOON + QUARTER, every=True)
    assert desk.story()["date_modified"] == "2024-11-22T12:15:00Z"


def test_r34_r35_r36_an_article_arrives_clean_with_its_picture_and_its_language(
    desk: Desk, publisher: Publisher
) -> None:
    """R34: nothing that runs or tracks, links absolute. R35: the lead picture. R36: language and direction."""
    article = item(
        1,
        title="ارتفاع منسوب النهر بعد أول مطر",
        text='<p onclick="x()">فتح المهندسون بوابتين من السد. <a href="/dam">السد</a><script>steal()</script>'
        '<a href="javascript:alert(1)">!</a><form action="/x"><input></form>'
        '<img src="https://count.example/p.gif" width="1" height="1"></p>',
        extra='<media:content url="https://tigris.example/weir.jpg" medium="image" width="1200" height="800"/>',
    )
    publisher.serve("/tigris", rss(article, language="ar"))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    story = desk.story()
    page = desk.document(f"stories/{story['id'].removeprefix('urn:uuid:')}").decode()
    for document in [*(document.decode() for document in desk.documents()), page]:
        assert "https://tigris.example/weir.jpg" in document
        assert "/dam" in document
        for foul in ("steal()", "onclick", "javascript:", "form action", "count.example"):
            assert foul not in document
        for relative in ('="/dam', "&quot;/dam", '\\"/dam'):
            assert relative not in document
    in_atom, in_rss, in_json = desk.documents()
    assert b'<entry xml:lang="ar">' in in_atom
    assert b"<dc:language>ar</dc:language>" in in_rss
    assert json.loads(in_json)["items"][0]["language"] == "ar"
    assert 'lang="ar" dir="rtl"' in page
    assert 'lang="ar" dir="rtl"' in desk.document("").decode()


def test_r33_hostile_text_leaves_every_format_well_formed(desk: Desk, publisher: Publisher) -> None:
    """R33: control characters, `]]>`, NUL and a title of 1 MB, in RSS and in Atom."""
    foul = "end ]]> of & it \ufffe"
    publisher.serve("/tigris", rss(item(1, title=foul + "x" * 1_000_000), item(2, text=f"<p>{foul}\x00\x0b</p>")))
    publisher.serve("/zagros", atom(item(3, title=foul, text=foul)))
    desk.configure(listing(publisher, "tigris", "zagros"))
    desk.poll(NOON)
    for document in desk.documents()[:2]:
        feed = feedparser.parse(document)
        assert not feed.bozo
        assert len(feed.entries) == 3
        assert max(len(entry.title) for entry in feed.entries) <= 1000
