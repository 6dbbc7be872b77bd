"""Which stories an operator means by an id or an address (R14), on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from feedhub.models import Entry
from feedhub.publish.documents import addresses
from feedhub.store import lookup
from feedhub.store.database import Store
from feedhub.store.tables import RelatedRow
from support.ledger import TWO_FEEDS, Ledger, a_config
from support.polls import an_entry, at, news_poll

WEIR = "https://tigris.example/news/2026/river-level-rises"


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path)


def publish(ledger: Ledger, feed: str, *entries: Entry, minutes: float = 0) -> None:
    ledger.record(news_poll(ledger.number(feed), *entries, now=at(minutes)))


def named(ledger: Ledger, reference: str) -> list[int]:
    with ledger.store.reading() as session:
        return lookup.stories_named(session, reference)


def waiting(ledger: Ledger, address: str) -> bool:
    with ledger.store.reading() as session:
        return lookup.is_waiting(session, address)


@pytest.mark.parametrize(
    "address",
    [
        WEIR,
        WEIR.replace("https://", "http://www.") + "/?utm_source=x#top",
        "https://zagros.example/news/2026/river-level-rises",
    ],
)
def test_r14_a_story_is_found_by_the_article_of_any_carrier(ledger: Ledger, address: str) -> None:
    """R14: in canonical form, the representative's article and the others'."""
    publish(ledger, "tigris", an_entry(guid="tag:agency.example,2026:1"))
    other = an_entry("https://zagros.example/news/2026/river-level-rises", guid="tag:agency.example,2026:1")
    publish(ledger, "zagros", other, an_entry("https://zagros.example/news/2026/another", title="Another"))
    ledger.match()
    assert len(ledger.stories()) == 2
    (number,) = named(ledger, address)
    (shared,) = (story for story in ledger.stories() if len(story.carriers) == 2)
    assert named(ledger, shared.id) == [number]


def test_r14_an_address_of_many_stories_finds_them_all_newest_first(ledger: Ledger) -> None:
    """R14: a section's page has a new headline every day."""
    section = "https://tigris.example/local-news"
    for day, title in enumerate(("River rises", "School opens", "Dam leaks")):
        publish(
            ledger, "tigris", an_entry(section, guid=f"g{day}", title=title, published=at(days=day)), minutes=1440 * day
        )
        ledger.match(at(days=day))
    assert ledger.titles() == ["Dam leaks", "School opens", "River rises"]
    newest_first = [named(ledger, story.id)[0] for story in ledger.stories()]
    assert named(ledger, section) == newest_first


def test_an_article_without_a_page_of_its_own_is_found_by_its_link(ledger: Ledger) -> None:
    """The address of a wrapper that cannot be resolved is no canonical URL; it is what readers are given."""
    link = "https://news.google.com/rss/articles/CBMiK2h0dHBz"
    publish(ledger, "tigris", an_entry(link, canonical_url=None), an_entry(WEIR, title="Another"))
    ledger.match()
    assert len(named(ledger, link)) == 1
    assert named(ledger, link + "x") == []


def test_an_unknown_address_or_id_finds_nothing(ledger: Ledger) -> None:
    """Neither does text that is no address."""
    publish(ledger, "tigris", an_entry())
    ledger.match()
    uuid = "00000000-0000-5000-8000-000000000000"
    for name in (WEIR + "-again", "https://tigris.example/", "weir", "", uuid, f"https://hub.example/stories/{uuid}"):
        assert named(ledger, name) == []


@pytest.mark.parametrize(
    "written",
    [
        "urn:uuid:{}",
        "{}",
        "https://hub.example/stories/{}",
        "http://127.0.0.1:8080/stories/{}.json",
        "https://other.example/a/path/stories/{}/#carriers",
    ],
)
def test_r14_a_story_is_found_by_its_id_and_by_its_page_on_any_host(ledger: Ledger, written: str) -> None:
    """R14: the page may have been opened under another address than the public one; capitals do not matter."""
    publish(ledger, "tigris", an_entry(), an_entry("https://tigris.example/news/2026/another", title="Another"))
    ledger.match()
    for story in ledger.stories():
        assert named(ledger, written.format(story.uuid.upper())) == named(ledger, story.id) != []


def test_an_article_whose_address_looks_like_a_story_s_page_is_found(ledger: Ledger) -> None:
    """Outlets number their articles so, too."""
    address = "https://tigris.example/stories/0b7e1f52-aaaa-5bbb-8ccc-0123456789ab"
    publish(ledger, "tigris", an_entry(address))
    ledger.match()
    assert len(named(ledger, address)) == 1


def test_an_entry_that_is_not_matched_yet_waits(ledger: Ledger) -> None:
    """Between a poll and its matching an article belongs to no story."""
    publish(ledger, "tigris", an_entry())
    assert (named(ledger, WEIR), waiting(ledger, WEIR)) == ([], True)
    ledger.match()
    assert (len(named(ledger, WEIR)), waiting(ledger, WEIR)) == (1, False)


def test_an_old_item_that_is_never_published_does_not_wait(ledger: Ledger) -> None:
    """R44: what `initial_items` holds back belongs to no story and never will."""
    poll = news_poll(ledger.number("tigris"), an_entry())
    assert poll.news
    ledger.record(replace(poll, news=replace(poll.news, arrivals=(), withheld=poll.news.arrivals)))
    assert (named(ledger, WEIR), waiting(ledger, WEIR)) == ([], False)


def test_a_feed_that_the_hub_has_not_taken_up_yet_is_no_mistake(ledger: Ledger, tmp_path: Path) -> None:
    """feeds.yaml may have grown since the service started."""
    config = a_config(tmp_path, TWO_FEEDS + '  - {url: "https://new.example/rss", id: new}\n')
    with ledger.store.reading() as session:
        assert {policy.key for policy in lookup.known_policies(session, config).values()} == {"tigris", "zagros"}


def test_r14_a_story_that_merge_shows_under_another_is_found_there(ledger: Ledger) -> None:
    """R14: by its id, which it keeps, and by its article, for as long as the override stands."""
    market = an_entry("https://zagros.example/news/2026/market-opens", title="Market opens in the old town")
    publish(ledger, "tigris", an_entry(content="<p>Rain.</p>"))
    publish(ledger, "zagros", replace(market, summary="Sixty stalls.", content="<p>Sixty stalls.</p>"), minutes=5)
    ledger.match(at(5))
    second, first = ledger.stories()
    ledger.adopt(f"{TWO_FEEDS}dedup: {{merge: [['{first.id}', '{second.id}']]}}\n", at(10))
    ledger.match(at(10))
    assert len(ledger.the_story().carriers) == 2
    assert named(ledger, second.id) == named(ledger, first.id) == named(ledger, market.link)


def test_an_export_holds_the_pages_that_its_pages_lead_to(ledger: Ledger) -> None:
    """R40: related stories that no document holds any more have their pages, and what those lead to as well."""
    names = ("rise", "fall", "flood")
    entries = [an_entry(f"https://tigris.example/news/2026/the-{name}-of-it", title=f"The {name}") for name in names]
    publish(ledger, "tigris", *(replace(entry, published=at(-i), content="") for i, entry in enumerate(entries)))
    ledger.adopt(f"{TWO_FEEDS}outputs: [{{id: all, limit: 1}}]\n", at(1))
    ledger.match(at(1))
    newest, middle, oldest = (named(ledger, entry.link)[0] for entry in entries)
    with ledger.store.writing() as session:
        for one, other in ((newest, middle), (middle, oldest), (oldest, newest)):
            session.add(RelatedRow(story_id=one, other_id=other, reason="other numbers", score=0.9))
    with ledger.store.reading() as session:
        pages = [address for address in addresses(session, ledger.site) if address.startswith("stories/")]
    assert len(pages) == len(set(pages)) == 2 * 3
