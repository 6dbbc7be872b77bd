"""The demo's newsroom: what is out at a time, what its feeds hold, and what they show a hub."""

from __future__ import annotations

import io
import json
import re
import time
from calendar import timegm
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring

import feedparser
import pytest
import yaml

from feedhub.demo.configuration import feeds_yaml
from feedhub.demo.documents import feed
from feedhub.demo.edition import REWRITE_AFTER, Published, duration, edition
from feedhub.demo.outlets import Article, Item, Outlet, outlets
from feedhub.demo.pictures import SCENES, svg

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PACE = timedelta(seconds=4)
END = START + duration(PACE)
BASE = "http://127.0.0.1:8081/"

ITEMS = [item for outlet in outlets() for item in outlet.items]
ARTICLES = [item.article for item in ITEMS if not item.carried]

every_outlet = pytest.mark.parametrize("outlet", outlets(), ids=lambda outlet: outlet.id)
every_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.path)


def out_at(now: datetime) -> tuple[Published, ...]:
    return edition(START, now, PACE)


def of(outlet: Outlet, published: tuple[Published, ...]) -> tuple[Published, ...]:
    return tuple(item for item in published if item.item.outlet == outlet.id)


def parsed(outlet: Outlet, now: datetime = END) -> Any:
    return feedparser.parse(io.BytesIO(feed(outlet, of(outlet, out_at(now)), BASE)), sanitize_html=False)


def utc(parts: time.struct_time) -> datetime:
    return datetime.fromtimestamp(timegm(parts), UTC)


def outlet_with(id: str) -> Outlet:
    return next(outlet for outlet in outlets() if outlet.id == id)


def quirky(quirk: str) -> Item:
    (item,) = (item for item in ITEMS if item.quirk == quirk)
    return item


# --- what is out at a time --------------------------------------------------------------------------------------------


@every_outlet
def test_a_backlog_is_out_at_the_start(outlet: Outlet) -> None:
    """When the newsroom opens every outlet has four to six items, all from the hours before."""
    backlog = of(outlet, out_at(START))
    assert 4 <= len(backlog) <= 6
    assert all(START - timedelta(hours=12) < item.at <= START for item in backlog)


def test_one_item_comes_out_at_every_pace() -> None:
    """Each pace brings exactly one item, until everything is out; then the newsroom is quiet."""
    live = len(ITEMS) - len(out_at(START))
    counts = [len(out_at(START + turn * PACE)) for turn in range(live + 1)]
    assert counts == list(range(len(out_at(START)), len(ITEMS) + 1))
    assert live * PACE == duration(PACE)
    assert len(out_at(END + timedelta(days=1))) == len(ITEMS)


def test_nothing_comes_out_between_two_paces() -> None:
    """An item is out at its time and not a moment before."""
    assert len(out_at(START + PACE - timedelta(microseconds=1))) == len(out_at(START))


def test_what_is_out_stays_out_under_the_same_date() -> None:
    """Later editions hold the earlier ones, newest first."""
    early, late = out_at(START + 7 * PACE), out_at(END)
    assert [(item.item, item.at) for item in late[-len(early) :]] == [(item.item, item.at) for item in early]
    assert list(late) == sorted(late, key=lambda item: item.at, reverse=True)


# --- what a hub is shown ----------------------------------------------------------------------------------------------


def test_the_regions_languages_and_every_format_are_there() -> None:
    """At least eight outlets: English, Arabic, Kurdish in both scripts, Persian, Turkish; RSS, RDF, Atom, JSON Feed."""
    assert len(outlets()) >= 8
    assert {outlet.language for outlet in outlets()} == {"en", "ar", "ckb", "kmr", "fa", "tr"}
    assert {outlet.format for outlet in outlets()} == {"rss", "rdf", "atom", "json"}


def test_r1_agency_stories_are_carried_seconds_later() -> None:
    """At least five stories stand in two to four outlets: the agency's link with tracking, an own guid and headline."""
    carriers = defaultdict(list)
    times = {(item.item.outlet, item.item.article): item.at for item in out_at(END)}
    for item in (item for item in ITEMS if item.carried):
        carriers[item.article].append(item)
        link = urlsplit(item.link)
        assert (link.path, link.query) == (item.article.path, f"utm_source={item.outlet}&utm_medium=feed")
        assert item.title != item.article.title
        assert outlet_with(item.outlet).language == outlet_with(item.article.outlet).language
        assert times[item.outlet, item.article] > times[item.article.outlet, item.article]
    assert len(carriers) >= 5
    assert all(1 <= len(items) <= 3 for items in carriers.values())
    assert max(map(len, carriers.values())) >= 2


def test_r1_some_carriers_follow_live_within_a_minute() -> None:
    """A viewer sees a story gather carriers: the agency's item and two carriers come out live, within a minute."""
    live = defaultdict(list)
    for item in out_at(END):
        if item.at > START:
            live[item.item.article].append(item.at)
    assert sum(len(at) >= 3 and max(at) - min(at) < timedelta(minutes=1) for at in live.values()) >= 2


@pytest.mark.parametrize("title", ["Weather today", "أخبار اليوم"])
def test_r2_look_alikes_have_the_same_title_and_nothing_else(title: str) -> None:
    """A generic title stands over two different articles at two addresses: they must stay separate."""
    first, second = (item for item in ITEMS if item.title == title)
    assert first.link != second.link
    assert not set(first.article.paragraphs) & set(second.article.paragraphs)


def test_r3_a_headline_is_rewritten_under_the_same_guid() -> None:
    """One item comes out live under one headline and gets another later: guid, link and date stay."""
    (item,) = (item for item in ITEMS if item.rewritten)
    (at,) = (published.at for published in out_at(END) if published.item is item)
    outlet = outlet_with(item.outlet)
    (before,) = (entry for entry in parsed(outlet, at).entries if entry.id == item.guid)
    (after,) = (entry for entry in parsed(outlet, at + REWRITE_AFTER * PACE).entries if entry.id == item.guid)
    assert at > START and at + REWRITE_AFTER * PACE <= END
    assert (before.title, after.title) == (item.title, item.rewritten)
    assert (before.link, before.published) == (after.link, after.published)


def test_r16_one_item_is_dated_in_the_future() -> None:
    """A careless outlet dates an item days ahead of its publication."""
    item = quirky("ahead")
    (entry,) = (entry for entry in parsed(outlet_with(item.outlet), START).entries if entry.id == item.guid)
    assert utc(entry.published_parsed) > START + timedelta(days=1)


def test_r18_one_item_has_no_date() -> None:
    """One outlet forgets the date of one item, and only of that."""
    item = quirky("undated")
    entries = parsed(outlet_with(item.outlet)).entries
    assert [entry.id for entry in entries if "published" not in entry] == [item.guid]


def test_one_description_carries_furniture() -> None:
    """One description holds "Read more", a tracking pixel of 1x1 and tracking parameters; no other does."""
    item = quirky("furniture")
    entries = [entry for outlet in outlets() for entry in parsed(outlet).entries if outlet.format != "json"]
    (entry,) = (entry for entry in entries if "Read more" in entry.summary)
    assert entry.id == item.guid
    assert re.search(r'<img [^>]*height="1" [^>]*width="1"', entry.summary)
    assert "utm_campaign" in entry.link


# --- the texts --------------------------------------------------------------------------------------------------------


@every_article
def test_every_article_is_complete(article: Article) -> None:
    """Headline, summary, two to four paragraphs, section, author, caption and a scene that can be drawn."""
    assert all((article.title, article.summary, article.section, article.author, article.caption))
    assert 2 <= len(article.paragraphs) <= 4
    assert all(paragraph.strip() == paragraph != "" for paragraph in article.paragraphs)
    assert article.scene in SCENES
    assert re.fullmatch(r"[a-z0-9-]+", article.slug)


@every_article
def test_every_text_is_written_in_its_language(article: Article) -> None:
    """Each language has letters that the others' texts lack; Persian and Kurdish use their own kaf and yeh."""
    own, foreign = {
        "en": ("[a-z]", r"[^\x00-\x7f]"),
        "ar": ("[ةأإى]", "[پچگکیەۆێڕڵA-Za-z]"),
        "ckb": ("[ەۆێڕڵ]", "[كيةىA-Za-z]"),
        "fa": ("[پچگکی]", "[كيەۆێڕڵA-Za-z]"),
        "kmr": ("[êîûçş]", "[ığöüéá]"),
        "tr": ("[ğışçöü]", "[êîûxqw]"),
    }[outlet_with(article.outlet).language]
    text = " ".join((article.title, article.summary, *article.paragraphs, article.caption))
    assert re.search(own, text)
    assert not re.search(foreign, text)


def test_guids_and_addresses_are_unique() -> None:
    """No two items share a guid, no two articles an address."""
    assert max(Counter(item.guid for item in ITEMS).values()) == 1
    assert max(Counter(article.path for article in ARTICLES).values()) == 1


# --- the documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outlet", [outlet for outlet in outlets() if outlet.format != "json"], ids=lambda o: o.id)
def test_xml_feeds_parse_with_nothing_lost(outlet: Outlet) -> None:
    """feedparser reads every XML feed without complaint: format, language, titles, links, dates, authors, sections."""
    document, expected = parsed(outlet), of(outlet, out_at(END))
    assert not document.bozo, document.get("bozo_exception")
    assert document.version == {"rss": "rss20", "rdf": "rss10", "atom": "atom10"}[outlet.format]
    assert (document.feed.title, document.feed.language) == (outlet.title, outlet.language)
    entries = document.entries
    assert [entry.title for entry in entries] == [item.title for item in expected]
    assert [entry.link for entry in entries] == [BASE + item.item.link for item in expected]
    assert [entry.author for entry in entries] == [item.item.article.author for item in expected]
    assert [entry.tags[0].term for entry in entries] == [item.item.article.section for item in expected]
    for entry, item in zip(entries, expected, strict=True):
        date = entry.get("published_parsed") or entry.get("updated_parsed")
        assert (utc(date) if date else None) == item.date


@pytest.mark.parametrize("outlet", [outlet for outlet in outlets() if outlet.format != "json"], ids=lambda o: o.id)
def test_xml_feeds_name_a_picture_for_every_item(outlet: Outlet) -> None:
    """Media RSS, enclosure or an image in the text: each outlet has its own manner, and no item is without."""
    for entry in parsed(outlet).entries:
        candidates = [
            *(media["url"] for media in entry.get("media_content", [])),
            *(media["url"] for media in entry.get("media_thumbnail", [])),
            *(file["href"] for file in entry.enclosures),
            *re.findall(r'<img [^>]*src="([^"]+)"', entry.get("content", [{"value": ""}])[0]["value"]),
        ]
        assert len(candidates) == 1
        assert candidates[0].startswith(f"{BASE}pictures/")


@pytest.mark.parametrize("outlet", [outlet for outlet in outlets() if outlet.format == "json"], ids=lambda o: o.id)
def test_the_json_feed_has_what_the_format_asks_for(outlet: Outlet) -> None:
    """JSON Feed 1.1: version, titles, addresses, language, and items with id, text, picture and date."""
    expected = of(outlet, out_at(END))
    document = json.loads(feed(outlet, expected, BASE))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert (document["title"], document["language"]) == (outlet.title, outlet.language)
    assert [item["id"] for item in document["items"]] == [item.item.guid for item in expected]
    assert [item["url"] for item in document["items"]] == [BASE + item.item.link for item in expected]
    assert [item["title"] for item in document["items"]] == [item.title for item in expected]
    dates = [datetime.fromisoformat(item["date_published"]) for item in document["items"]]
    assert dates == [item.date for item in expected]
    assert all(item["content_html"] and item["image"].startswith(BASE) for item in document["items"])


# --- pictures and configuration ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scene", SCENES)
def test_pictures_are_well_formed_and_depend_on_the_seed_alone(scene: str) -> None:
    """A picture is an SVG of 1200x675, the same for the same seed, another for another."""
    root = fromstring(svg("a/b", scene))
    assert (root.tag, root.get("width"), root.get("height")) == ("{http://www.w3.org/2000/svg}svg", "1200", "675")
    assert svg("a/b", scene) == svg("a/b", scene)
    assert svg("a/b", scene) != svg("a/c", scene)


def test_feeds_yaml_lists_every_outlet() -> None:
    """The hub's configuration: each outlet, asked every few seconds; every tag that an output asks for exists."""
    document = yaml.safe_load(feeds_yaml("http://127.0.0.1:9"))
    feeds = document["feeds"]
    assert [feed["id"] for feed in feeds] == [outlet.id for outlet in outlets()]
    assert [feed["title"] for feed in feeds] == [outlet.title for outlet in outlets()]
    assert [feed["language"] for feed in feeds] == [outlet.language for outlet in outlets()]
    assert [feed["url"] for feed in feeds] == [f"http://127.0.0.1:9/{outlet.feed_path}" for outlet in outlets()]
    assert {(feed["interval"], feed["min_interval"], feed["max_interval"]) for feed in feeds} == {("3s", "2s", "10s")}
    tags = {tag for feed in feeds for tag in feed["tags"]}
    assert {tag for output in document["outputs"] for tag in output["match"]["tags"]} <= tags
    assert {"kurdistan", "arabic"} <= {output["id"] for output in document["outputs"]}
    assert document["hosts"] == {"concurrency": 8, "spacing": "0s"}
