"""What many feeds become: each story once, under one id for ever. Passes at chosen times over real documents."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from sqlmodel import col, select

import feedhub.hub
from feedhub.store.database import Store, sqlite_url
from feedhub.store.tables import StoryRow
from support.desk import Desk, Engine, carriers, listing
from support.feeds import NOON, Item, atom, item, items, late, rss
from support.publisher import Publisher
from support.reports import ARABIC, MARKET, WEIR

QUARTER = timedelta(minutes=15)


def test_r1_one_address_in_two_feeds_is_one_story_with_both_carriers(desk: Desk, publisher: Publisher) -> None:
    """R1: guids and the title's case differ, the canonical URL is the same (tracking and scheme aside)."""
    mine = item(1, guid="tigris-1")
    theirs = item(1, guid="zagros-99", title=(mine.title or "").upper(), link=f"{mine.link}?utm_source=zagros")
    publisher.serve("/tigris", rss(mine))
    publisher.serve("/zagros", atom(theirs))
    desk.configure(listing(publisher, "tigris", "zagros"))
    desk.poll(NOON)
    assert carriers(desk.story()) == ["tigris", "zagros"]


@pytest.mark.parametrize("page", ["news/kirkuk-fire", "?p=77"])
def test_r1_one_address_is_one_story_days_later_and_undated(desk: Desk, publisher: Publisher, page: str) -> None:
    """R1: it has no time limit, however short the address."""
    fire = item(1, link=f"https://tigris.example/{page}", title="Fire in Kirkuk", published=NOON - timedelta(days=4))
    publisher.serve("/tigris", rss(fire))
    publisher.serve("/zagros", rss(item(1, link=fire.link, guid="z-1", title="FIRE IN KIRKUK", published=None)))
    desk.configure(listing(publisher, "tigris", "zagros"))
    desk.poll(NOON)
    assert carriers(desk.story()) == ["tigris", "zagros"]


def test_r39_what_is_published_in_several_transactions_has_a_date_of_its_own_each_time(
    desk: Desk, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R39: who asks by date alone misses nothing of a large pass in whose midst it looked: HTTP has seconds."""
    monkeypatch.setattr(feedhub.hub, "BATCH", 1)
    publisher.serve("/tigris", rss(*items(2)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    with desk.store.reading() as session:
        first, second = session.exec(select(StoryRow.touched).order_by(col(StoryRow.id)))
    assert first == NOON
    assert NOON + timedelta(seconds=1) <= second < NOON + timedelta(minutes=2)


def test_r2_one_address_under_two_headlines_is_one_story(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", rss(item(1, title="Bridge reopens")))
    publisher.serve("/zagros", rss(item(1, title="Traffic flows again across the river")))
    desk.configure(listing(publisher, "tigris", "zagros"))
    desk.poll(NOON)
    assert carriers(desk.story()) == ["tigris", "zagros"]


@pytest.mark.parametrize("title", ["Weather today", "أخبار اليوم"])
def test_r2_a_generic_headline_at_different_addresses_is_many_stories(
    desk: Desk, publisher: Publisher, title: str
) -> None:
    """The same headline every day, in two feeds: each address is a story."""
    days = [item(n, title=title, published=NOON - timedelta(days=n)) for n in range(1, 4)]
    publisher.serve("/tigris", rss(*days))
    publisher.serve("/zagros", rss(item(9, title=title, link="https://zagros.example/weather/2024-11-22")))
    desk.configure(listing(publisher, "tigris", "zagros"))
    desk.poll(NOON)
    assert len(desk.stories()) == 4


@pytest.mark.parametrize("kept", ["link", "guid"])
def test_r3_a_rewritten_headline_keeps_id_and_date(desk: Desk, publisher: Publisher, kept: str) -> None:
    """R3: same canonical URL or same guid, new title: the story is the same one, `published` unchanged."""
    publisher.serve("/tigris", rss(item(1, title="Bridge closed after rain", guid="a-1")))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = desk.story()
    changed = (
        {"guid": "a-2"} if kept == "link" else {"guid": "a-1", "link": "https://tigris.example/news/2026/1-bridge-open"}
    )
    publisher.serve("/tigris", rss(item(1, title="Bridge open again after rain", **changed)))
    desk.poll(NOON + QUARTER, every=True)
    after = desk.story()
    assert after["title"] == "Bridge open again after rain"
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])


@pytest.mark.parametrize("guid", ["https://tigris.example/?p=77", "tag:tigris.example,2026:77"])
def test_r3_headline_slug_and_date_may_change_at_once(desk: Desk, publisher: Publisher, guid: str) -> None:
    """R3: under a guid that is the post's own number."""
    publisher.serve("/tigris", rss(item(1, guid=guid)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = desk.story()
    publisher.serve("/tigris", rss(item(2, guid=guid, published=NOON + QUARTER)))
    desk.poll(NOON + QUARTER, every=True)
    after = desk.story()
    assert after["title"] == item(2).title
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])


def test_r4_guids_that_differ_by_a_numeric_fragment_are_one_story(desk: Desk, publisher: Publisher) -> None:
    """R4: `#0` and `#1` in one document, `#2` in the next: one story."""
    link = item(1).link
    publisher.serve("/tigris", rss(item(1, guid=f"{link}#0"), item(1, guid=f"{link}#1")))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    publisher.serve("/tigris", rss(item(1, guid=f"{link}#2")))
    desk.poll(NOON + QUARTER, every=True)
    assert len(desk.stories()) == 1


def test_r5_a_site_that_moves_platform_brings_nothing_new(desk: Desk, publisher: Publisher) -> None:
    """R5: 50 items, http becomes https, every guid and date is new: 0 new stories, 0 re-dated."""
    old = [item(n, link=(item(n).link or "").replace("https", "http"), guid=f"node {n} at old") for n in range(1, 51)]
    publisher.serve("/tigris", rss(*old))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    before = [(story["id"], story["date_published"]) for story in desk.stories()]
    moved = NOON + QUARTER
    publisher.serve("/tigris", rss(*(item(n, guid=f"wp-{n}", published=moved) for n in range(1, 51))))
    report = desk.poll(moved, every=True)
    assert (news := report.polls["tigris"].news) is not None
    assert len(news.arrivals) == 0
    assert [(story["id"], story["date_published"]) for story in desk.stories()] == before
    assert len(before) == 50


@pytest.mark.parametrize("guid", ["https://tigris.example/", "article"])
def test_r6_items_that_share_a_guid_are_told_apart_and_status_says_how(
    desk: Desk, publisher: Publisher, guid: str
) -> None:
    """R6: 20 items with one guid, or with the home page for one, and 20 links are 20 stories; polled again, too."""
    publisher.serve("/tigris", rss(*items(20, guid=guid)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    publisher.serve("/tigris", rss(*items(20, guid=guid), title="Tigris, renamed"))
    desk.poll(NOON + QUARTER, every=True)
    assert len(desk.stories()) == 20
    status = desk.status("tigris")
    assert status.identity == "link"
    assert guid in status.identity_reason


def test_r7_polling_identical_bytes_leaves_every_byte_as_it_is(both: Desk, publisher: Publisher) -> None:
    """R7: whether the publisher answers in full each time or with 304."""
    publisher.serve("/tigris", rss(*items(5), item(6, published=None)))
    publisher.serve("/zagros", atom(*items(3, text="<p>told otherwise</p>")), etag='"1"')
    both.configure(listing(publisher, "tigris", "zagros"))
    both.poll(NOON)
    before = both.documents()
    for n in range(1, 6):
        both.poll(NOON + n * QUARTER, every=True)
        assert both.documents() == before
    assert len(publisher.requests) == 12


@pytest.mark.parametrize("concurrency", [1, 16])
def test_r7_neither_order_nor_concurrency_of_a_pass_shows_in_its_outcome(
    desk: Desk, publisher: Publisher, tmp_path: Path, engine: Engine, concurrency: int
) -> None:
    """R7: feeds that answer in the opposite order, and one at a time, leave the same bytes: here, those on record.

    The four feeds share stories and dates, so that every tie there is must be broken by the feeds themselves.
    """
    documents = {
        name: rss(
            *(item(n, guid=f"{name}-{n}", published=None if n % 2 else NOON) for n in range(1 + place, 5 + place)),
            title=f"Paper {name}",
        )
        for place, name in enumerate("abcd")
    }
    for name, document in documents.items():
        publisher.serve(f"/{name}", document)
    hosts = f"hosts: {{spacing: 0s, concurrency: {concurrency}}}\n"
    desk.configure(hosts + listing(publisher, *documents))
    desk.poll(NOON)
    for place, (name, document) in enumerate(documents.items()):
        publisher.behave(f"/{name}", late(document, 0.3 - place * 0.1))
    (tmp_path / "other").mkdir()
    other_store = Store.open(sqlite_url(tmp_path / "other"))
    with Desk(other_store, tmp_path / "other", engine) as other:
        other.configure(listing(publisher, *documents))
        other.poll(NOON)
        assert other.documents() == desk.documents()
        assert len(other.stories()) == 7
    other_store.close()


@pytest.mark.parametrize("concurrency", [1, 4])
def test_r7_what_is_merged_by_its_text_does_not_depend_on_who_answers_first(
    desk: Desk, publisher: Publisher, tmp_path: Path, engine: Engine, concurrency: int
) -> None:
    """R7: four outlets with the same three reports under their own addresses, fetched by one or four at a time."""
    documents = {
        name: rss(
            *(
                item(n, link=f"https://{name}.example/news/2026/{name}-report-{n}", title=title, text=f"<p>{lead}</p>")
                for n, (title, lead) in enumerate((WEIR, MARKET, ARABIC))
            ),
            title=f"Paper {name}",
        )
        for name in "abcd"
    }
    for place, (name, document) in enumerate(documents.items()):
        publisher.behave(f"/{name}", late(document, 0.3 - place * 0.1))
    desk.configure(f"hosts: {{spacing: 0s, concurrency: {concurrency}}}\n" + listing(publisher, *documents))
    desk.poll(NOON)
    assert [sorted(carriers(story)) for story in desk.stories()] == [list("abcd")] * 3
    for name, document in documents.items():
        publisher.serve(f"/{name}", document)
    (tmp_path / "other").mkdir()
    other_store = Store.open(sqlite_url(tmp_path / "other"))
    with Desk(other_store, tmp_path / "other", engine) as other:
        other.configure(listing(publisher, *documents))
        other.poll(NOON)
        assert other.documents() == desk.documents()
    other_store.close()


@pytest.mark.parametrize(
    "teaser", [{"title": "Read more", "text": ""}, {"title": "Photo gallery", "text": "See also"}, {"title": None}]
)
def test_r8_boilerplate_alone_merges_nothing(desk: Desk, publisher: Publisher, teaser: dict[str, str]) -> None:
    """R8: equal headlines and texts that say nothing, at different addresses, stay separate stories."""
    publisher.serve("/tigris", rss(item(1, **teaser), item(2, **teaser)))
    publisher.serve("/zagros", rss(item(3, **teaser), item(4, **teaser)))
    desk.configure(listing(publisher, "tigris", "zagros"))
    desk.poll(NOON)
    assert len(desk.stories()) == 4


def test_r8_posts_of_a_live_blog_are_stories_of_their_own(desk: Desk, publisher: Publisher) -> None:
    """R8: one feed, one article's address, guids and headlines of their own, one post more with each poll."""
    link = "https://tigris.example/news/gaza-war-live-blog"
    posts = [item(n, link=f"{link}#post-{n}") for n in (3, 2, 1)]
    desk.configure(listing(publisher, "tigris"))
    for n in (1, 2, 3):
        publisher.serve("/tigris", rss(*posts[-n:]))
        desk.poll(NOON + n * QUARTER, every=True)
    assert sorted(story["title"] for story in desk.stories()) == sorted(str(post.title) for post in posts)


def test_r8_one_headline_over_different_texts_is_different_news(desk: Desk, publisher: Publisher) -> None:
    """R8: without guid, link and date the text tells; what is left out as a repetition is counted for the operator."""
    bare = {"guid": None, "link": None, "published": None, "title": "Breaking"}
    publisher.serve("/tigris", rss(item(1, **bare), item(2, **bare), item(2, **bare)))
    desk.configure(listing(publisher, "tigris"))
    desk.poll(NOON)
    assert len(desk.stories()) == 2
    assert "1 item repeats another of the same document" in desk.status("tigris").message


def test_r8_a_section_page_is_no_story_for_its_headlines_to_share(desk: Desk, publisher: Publisher) -> None:
    """R8: one address under which different headlines come and go is ambiguous, and ambiguity is refused."""
    section = "https://tigris.example/local"
    publisher.serve("/tigris", rss(*(item(n, link=section, guid=f"t-{n}") for n in range(1, 5))))
    publisher.serve("/zagros", rss(*(item(n, link=section, guid=f"z-{n}") for n in range(5, 9))))
    desk.configure(listing(publisher, "tigris", "zagros"))
    desk.poll(NOON)
    assert len(desk.stories()) == 8


def test_r11_the_representative_is_by_priority_then_pass_then_place_in_the_file(
    desk: Desk, publisher: Publisher
) -> None:
    """R11, in one story that four feeds come to carry; id, `published` and `updated` never move."""
    for name in ("late", "second", "first", "best"):
        publisher.serve(f"/{name}", rss(item(2, guid=f"{name}-2"), title=name))
    for name in ("second", "first"):
        publisher.serve(f"/{name}", rss(item(1, guid=f"{name}-1"), title=name))
    desk.configure(listing(publisher, "late", "second", "first", "best", best="priority: 5"))
    desk.poll(NOON)
    before = _story_of(desk, item(1))
    assert carriers(before) == ["second", "first"]
    for minutes, name in ((15, "late"), (30, "best")):
        rewritten = item(1, guid=f"{name}-1", text="<p>Quite other words.</p>")
        publisher.serve(f"/{name}", rss(rewritten, title=name))
        desk.poll(NOON + timedelta(minutes=minutes), every=True)
    after = _story_of(desk, item(1))
    assert carriers(after) == ["best", "second", "first", "late"]
    assert "Quite other words" in after["content_html"]
    for fixed in ("id", "date_published", "date_modified"):
        assert after[fixed] == before[fixed]


def test_r12_a_merged_story_is_in_the_outputs_of_all_its_feeds(desk: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", rss(item(1), item(2)))
    publisher.serve("/zagros", rss(item(1), item(3)))
    outputs = "outputs:\n  - {id: erbil, match: {tags: [erbil]}}\n  - {id: basra, match: {tags: [basra]}}\n"
    tags = {"tigris": "tags: [basra]", "zagros": "tags: [erbil]"}
    desk.configure(listing(publisher, "tigris", "zagros", **tags) + outputs)
    desk.poll(NOON)
    erbil, basra = ({story["url"] for story in desk.stories(f"feeds/{name}")} for name in ("erbil", "basra"))
    assert erbil == {item(1).link, item(3).link}
    assert basra == {item(1).link, item(2).link}


def test_r13_an_id_survives_restart_merge_and_change_of_representative(both: Desk, publisher: Publisher) -> None:
    publisher.serve("/tigris", rss(item(1)))
    publisher.serve("/zagros", rss())
    feeds = listing(publisher, "tigris", "zagros", zagros="priority: 9")
    both.configure(feeds)
    both.poll(NOON)
    before = both.story()
    both.configure(feeds, NOON + QUARTER)
    assert both.story() == before
    publisher.serve("/zagros", rss(item(1, guid="z-1"), title="Zagros Post"))
    both.poll(NOON + QUARTER, every=True)
    assert carriers(both.story()) == ["zagros", "tigris"]
    assert both.story()["id"] == before["id"]


def test_r40_every_story_says_where_it_is_from_and_who_else_has_it(desk: Desk, publisher: Publisher) -> None:
    """R40: `atom:source`, RSS `<source>`, the extension in JSON; the other carriers as `rel="via"`."""
    publisher.serve("/tigris", rss(item(1), title="Tigris Daily"))
    publisher.serve("/zagros", rss(item(1, link="http://tigris.example/news/2026/1-the-orchard-of-basra?utm_medium=z")))
    desk.configure(listing(publisher, "tigris", "zagros", zagros="title: Zagros Post"))
    desk.poll(NOON)
    in_atom, in_rss = (feedparser.parse(document).entries[0] for document in desk.documents()[:2])
    assert in_atom.source.title == "Tigris Daily"
    assert in_rss.source == {"title": "Tigris Daily", "href": publisher.url("/tigris")}
    for entry in (in_atom, in_rss):
        assert [link.title for link in entry.links if link.rel == "via"] == ["Zagros Post"]
    sources = [carrier["source"] for carrier in desk.story()["_feedhub"]["carriers"]]
    assert sources == ["Tigris Daily", "Zagros Post"]


def test_r47_removing_a_feed_takes_only_its_own_stories_away(desk: Desk, publisher: Publisher) -> None:
    """R47: what another feed carries stays, under the same id; listed again, everything is back as it was."""
    publisher.serve("/tigris", rss(item(1), item(2)))
    publisher.serve("/zagros", rss(item(2, guid="z-2"), item(3)))
    desk.configure(listing(publisher, "tigris", "zagros"))
    desk.poll(NOON)
    before = {story["url"]: story["id"] for story in desk.stories()}
    desk.configure(listing(publisher, "zagros"), NOON + QUARTER)
    left = {story["url"]: story["id"] for story in desk.stories()}
    assert left == {link: before[link] for link in before if link != item(1).link}
    desk.configure(listing(publisher, "tigris", "zagros"), NOON + 2 * QUARTER)
    assert {story["url"]: story["id"] for story in desk.stories()} == before


@pytest.mark.parametrize("given", ["a new URL", "an id", "a new URL, and no id before"])
def test_r47_a_feed_that_moves_or_gets_an_id_brings_nothing_new(desk: Desk, publisher: Publisher, given: str) -> None:
    """R47: 0 new stories and 0 re-dated, undated items included."""
    document = rss(*items(5), item(6, published=None))
    publisher.serve("/old", document)
    publisher.serve("/new", document)
    url, moved = publisher.url("/old"), publisher.url("/new")
    before, after = {
        "a new URL": (f"[{{id: tigris, url: '{url}'}}]", f"[{{id: tigris, url: '{moved}'}}]"),
        "an id": (f"['{url}']", f"[{{id: tigris, url: '{url}'}}]"),
        "a new URL, and no id before": (f"['{url}']", f"['{moved}']"),
    }[given]
    desk.configure(f"feeds: {before}\n")
    desk.poll(NOON)
    stories = [(story["id"], story["date_published"]) for story in desk.stories()]
    desk.configure(f"feeds: {after}\n", NOON + QUARTER)
    desk.poll(NOON + QUARTER, every=True)
    assert [(story["id"], story["date_published"]) for story in desk.stories()] == stories
    assert len(stories) == 6


def _story_of(desk: Desk, article: Item) -> dict[str, Any]:
    return next(story for story in desk.stories() if story["url"] == article.link)
