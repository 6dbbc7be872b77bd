"""What retention took away does not come back while its publisher lists it (R48). Passes over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from support.desk import Desk, listing
from support.feeds import NOON, Item, item, items, rss
from support.publisher import Publisher

DAY = timedelta(days=1)
KEYS = "outputs: [{id: all, limit: 3}]\nretention: 30d\n"
OLD = items(3)
NEW = [item(n, published=NOON + 39 * DAY - n * timedelta(minutes=1)) for n in (11, 12, 13)]


def renumbered(article: Item) -> Item:
    return replace(article, guid=f"tag:tigris.example,2027:{article.title}")


def moved(article: Item) -> Item:
    """Another platform: https, other guids, tracking parameters (R5)."""
    return replace(article, guid=f"urn:post:{article.title}", link=f"{article.link}?utm_source=rss")


FORMS: dict[str, tuple[Callable[[Item], Item], Callable[[Item], Item]]] = {
    "as before": (lambda it: it, lambda it: it),
    "told anew (R3)": (lambda it: it, lambda it: replace(it, title=f"Correction of {it.title}", text="<p>Sorry</p>")),
    "with another fragment (R4)": (
        lambda it: replace(it, guid=f"{it.guid}#0"),
        lambda it: replace(it, guid=f"{it.guid}#1"),
    ),
    "moved (R5)": (lambda it: it, moved),
    "under one guid (R6)": (lambda it: replace(it, guid="news"), lambda it: replace(it, guid="news", text="<p>x</p>")),
    "without guids": (lambda it: replace(it, guid=None), lambda it: replace(it, guid=None, title=f"Again: {it.title}")),
    "without guids and links": (
        lambda it: replace(it, guid=None, link=None),
        lambda it: replace(it, guid=None, link=None, text="<p>Told anew.</p>"),
    ),
    "re-dated (R15)": (lambda it: it, lambda it: replace(it, published=NOON + 45 * DAY)),
    "with guids after all": (lambda it: replace(it, guid=None), renumbered),
}


@pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS)
def test_r48_an_item_that_has_expired_is_known_in_whatever_form_it_is_listed(
    desk: Desk, publisher: Publisher, before: Callable[[Item], Item], after: Callable[[Item], Item]
) -> None:
    """R48 with R3 to R6 and R15: through a tombstone an item is identified as through an entry, time and again."""
    publish(publisher, *map(before, OLD))
    desk.configure(listing(publisher, "tigris") + KEYS)
    desk.poll(NOON)
    publish(publisher, *map(before, [*NEW, *OLD]))
    desk.poll(NOON + 40 * DAY, every=True)
    published = titles(desk)
    for days in (41, 42, 43):
        form = before if days == 42 else after
        publish(publisher, *map(before, NEW), *(replace(form(it), extra=f"<comments>{days}</comments>") for it in OLD))
        poll = desk.poll(NOON + days * DAY, every=True).polls["tigris"]
        assert poll.news is None or not poll.news.arrivals
        assert poll.state == "ok"
        assert titles(desk) == published
    assert len(published) == 3 and not set(published) & {it.title for it in OLD}
    assert desk.status("tigris").entries == 3


def test_r48_a_feed_that_was_paused_for_a_year_brings_nothing_back(both: Desk, publisher: Publisher) -> None:
    """Nor does one that says the same all the time, or fails: its tombstones wait for its next documents."""
    publish(publisher, *OLD)
    publisher.serve("/zagros", rss(*NEW))
    feeds = listing(publisher, "tigris", "zagros"), listing(publisher, "tigris", "zagros", tigris="paused: true")
    both.configure(feeds[0] + KEYS)
    both.poll(NOON)
    both.configure(feeds[1] + KEYS, NOON + DAY)
    for days in (60, 120, 300, 400):
        publisher.serve("/zagros", rss(*NEW, title=f"Zagros {days}"))
        both.poll(NOON + days * DAY, every=True)
    shown = titles(both)
    both.configure(feeds[0] + KEYS, NOON + 401 * DAY)
    publish(publisher, item(99, published=NOON + 400 * DAY), *OLD)
    both.poll(NOON + 401 * DAY, every=True)
    assert titles(both)[0] == item(99).title
    assert set(titles(both)[1:]) < set(shown)


def test_r48_the_article_of_a_removed_story_is_not_new_to_another_feed(desk: Desk, publisher: Publisher) -> None:
    """A feed with another id and another address, which takes the place of the old one, republishes nothing."""
    publish(publisher, *OLD)
    desk.configure(listing(publisher, "tigris") + KEYS)
    desk.poll(NOON)
    publish(publisher, *NEW, *OLD)
    desk.poll(NOON + 40 * DAY, every=True)
    shown = titles(desk)
    publisher.serve("/rss/new", rss(*NEW, *OLD))
    desk.configure(listing(publisher, "rss/new").replace("id: rss/new", "id: tigris-2") + KEYS, NOON + 41 * DAY)
    desk.poll(NOON + 41 * DAY, every=True)
    assert titles(desk) == shown


def test_r48_what_is_old_when_it_is_first_seen_is_kept_like_anything_else(desk: Desk, publisher: Publisher) -> None:
    """A feed that lists items of five years: each is published, kept for the retention, and then known."""
    ancient = [item(n, published=NOON - n * 365 * DAY) for n in range(1, 6)]
    publish(publisher, *ancient)
    desk.configure(listing(publisher, "tigris") + KEYS)
    desk.poll(NOON)
    desk.poll(NOON + 30 * DAY, every=True)
    assert desk.status("tigris").entries == 5
    desk.poll(NOON + 31 * DAY, every=True)
    assert desk.status("tigris").entries == 3
    publish(publisher, *reversed(ancient))
    desk.poll(NOON + 32 * DAY, every=True)
    assert (desk.status("tigris").entries, len(desk.stories())) == (3, 3)


def publish(publisher: Publisher, *articles: Item) -> None:
    publisher.serve("/tigris", rss(*articles))


def titles(desk: Desk) -> Sequence[str]:
    return [story["title"] for story in desk.stories()]
