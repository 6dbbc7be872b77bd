"""Subscriptions as both databases keep them (R43)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from feedhub.models import EventKind, FeedMemory, HubOffer, Validators
from feedhub.store import events, feeds, subscriptions
from feedhub.store.database import Store
from feedhub.store.status import feed_statuses
from feedhub.store.subscriptions import Moment
from feedhub.store.tables import EntryRow, FeedRow
from feedhub.websub import subscription as life
from feedhub.websub.subscription import GRACE, Credentials, State, Subscription
from support.ledger import Ledger
from support.polls import NOON, a_poll, an_entry, arrival, at, edit, news, news_poll

CALLBACKS = "https://hub.example/websub/callback/"
HUB = "https://push.example/?user=7"


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path)


def credentials() -> Callable[[], Credentials]:
    """A new key and secret each time."""
    numbers = itertools.count(1)
    return lambda: Credentials(key := f"key{next(numbers)}", f"secret of {key}", CALLBACKS + key)


def an_offer(topic: str = "https://tigris.example/rss", *hubs: str) -> HubOffer:
    return HubOffer(topic, hubs or (HUB,), topic, (topic,))


def offer(ledger: Ledger, feed: str, offered: HubOffer | None, now: datetime = NOON) -> None:
    """A poll of the feed finds this."""
    poll = news_poll(ledger.number(feed), now=now)
    assert poll.news
    ledger.record(replace(poll, news=replace(poll.news, offer=offered)))


def every(store: Store) -> list[Subscription]:
    with store.reading() as session:
        return subscriptions.every(session)


def reconcile(ledger: Ledger, *listed: str, callbacks: str = CALLBACKS, now: datetime = NOON) -> list[Subscription]:
    """The subscriptions once they are those that the feeds listed offer."""
    numbers = [ledger.number(feed) for feed in listed]
    made = credentials() if callbacks == CALLBACKS and not every(ledger.store) else lambda: _another(callbacks)
    with ledger.store.writing() as session:
        subscriptions.reconcile(session, numbers, callbacks, made, now)
    return every(ledger.store)


def _another(callbacks: str) -> Credentials:
    return Credentials("another", "another secret", f"{callbacks}another")


def change(
    store: Store, it: Subscription, now: datetime = NOON, shortest: timedelta = timedelta(0), **values: Any
) -> None:
    """Make the stored one have these values."""
    with store.writing() as session:
        subscriptions.change(session, it.number, lambda s: (replace(s, **values), None), Moment(now, shortest))


def memory(ledger: Ledger, feed: str = "tigris") -> FeedMemory:
    with ledger.store.reading() as session:
        return feeds.memory(session, ledger.number(feed))


def test_r43_every_feed_that_offers_a_hub_has_one_subscription(ledger: Ledger) -> None:
    """R43: a feed without a hub, or that is not listed, has none; a second look changes nothing."""
    offer(ledger, "tigris", an_offer())
    (made,) = reconcile(ledger, "tigris", "zagros")
    assert (made.feed, made.hub, made.state, made.act_at) == (ledger.number("tigris"), HUB, State.WANTED, NOON)
    assert made.credentials == Credentials("key1", "secret of key1", f"{CALLBACKS}key1")
    assert reconcile(ledger, "tigris", "zagros") == [made]
    assert reconcile(ledger, "zagros") == []


def test_r43_what_is_stored_is_what_comes_back(ledger: Ledger) -> None:
    """Each field, on both databases."""
    offer(ledger, "tigris", an_offer())
    (made,) = reconcile(ledger, "tigris")
    values: dict[str, Any] = {
        "state": State.ACTIVE,
        "act_at": at(5),
        "reason": "it answered 500",
        "failures": 3,
        "confirmed_at": at(1),
        "lease_until": at(2),
        "silent": True,
        "proofs": 2,
        "missed": ("a", "b"),
        "missed_at": at(4),
        "delivered": 7,
        "delivered_at": at(3),
        "dropped": 8,
        "remark": "odd",
        "hubs": (HUB, "https://push2.example/"),
        "hub": "https://push2.example/",
        "topic": "https://tigris.example/other",
        "credentials": Credentials("other", "other secret", f"{CALLBACKS}other"),
    }
    change(ledger.store, made, **values)
    assert every(ledger.store) == [replace(made, **values)]


def test_r43_a_change_of_topic_or_address_ends_one_and_begins_another(ledger: Ledger) -> None:
    """R43: the old one stays until its hub knows; more hubs in the offer change nothing."""
    offer(ledger, "tigris", an_offer())
    (made,) = reconcile(ledger, "tigris")
    change(ledger.store, made, state=State.ACTIVE, confirmed_at=NOON)
    offer(ledger, "tigris", an_offer("https://tigris.example/rss", "https://push2.example/", HUB))
    (same,) = reconcile(ledger, "tigris")
    assert (same.hub, same.hubs, same.state) == (HUB, ("https://push2.example/", HUB), State.ACTIVE)
    old, new = reconcile(ledger, "tigris", callbacks="https://moved.example/websub/callback/", now=at(1))
    assert (old.state, old.act_at, old.credentials) == (State.LEAVING, at(1), made.credentials)
    assert (new.state, new.credentials.callback) == (State.WANTED, "https://moved.example/websub/callback/another")
    with ledger.store.reading() as session:
        assert subscriptions.of_feed(session, made.feed) == new
        assert subscriptions.at_callback(session, "key1") == old
        assert subscriptions.at_callback(session, "tigris") is None


def test_r43_what_is_due_is_asked_of_the_database(ledger: Ledger) -> None:
    """R43: by the time to act, and by the end of a hub's grace."""
    offer(ledger, "tigris", an_offer())
    offer(ledger, "zagros", an_offer("https://zagros.example/rss"))
    tigris, zagros = reconcile(ledger, "tigris", "zagros")
    change(ledger.store, tigris, act_at=at(10))
    change(ledger.store, zagros, act_at=at(1000), missed_at=at(0), missed=("a",))

    def due(now: datetime) -> list[int]:
        with ledger.store.reading() as session:
            return [it.feed for it in subscriptions.due(session, now)]

    assert due(at(9)) == []
    assert due(at(10)) == [tigris.feed]
    assert due(NOON + GRACE) == [tigris.feed, zagros.feed]


@pytest.mark.parametrize(
    ("polled", "shortest", "not_before", "expected"),
    [(0, 5, None, 60), (58, 5, None, 63), (0, 5, 90, 90), (58, 2000, None, 1440)],
)
def test_r43_a_feed_that_loses_its_hub_is_polled_as_soon_as_may_be(
    ledger: Ledger, polled: int, shortest: int, not_before: int | None, expected: int
) -> None:
    """R43, R22: now, but not more often than the operator wants, not within a Retry-After, not later than it was."""
    offer(ledger, "tigris", an_offer())
    (it,) = reconcile(ledger, "tigris")
    change(ledger.store, it, state=State.ACTIVE, proofs=life.PROOF)
    assert memory(ledger).pushed
    assert not memory(ledger, "zagros").pushed
    next_poll = replace(a_poll(it.feed).next, at=at(1440), not_before=at(not_before) if not_before else None)
    ledger.record(a_poll(it.feed, at(polled), next=next_poll))
    change(ledger.store, it, at(60), timedelta(minutes=shortest), state=State.FAILING)
    assert not memory(ledger).pushed
    with ledger.store.reading() as session:
        assert session.exec(select(FeedRow.next_poll_at).where(FeedRow.id == it.feed)).one() == at(expected)


def test_r43_after_a_restart_every_hub_proves_itself_anew(ledger: Ledger) -> None:
    """R43: the subscription stays what it is otherwise."""
    offer(ledger, "tigris", an_offer())
    (it,) = reconcile(ledger, "tigris")
    change(ledger.store, it, state=State.ACTIVE, proofs=life.PROOF, missed=("a",), missed_at=NOON)
    before = every(ledger.store)[0]
    with ledger.store.writing() as session:
        subscriptions.restart(session, {}, at(60))
    assert every(ledger.store) == [life.begin(before)]
    assert not memory(ledger).pushed


def test_r43_a_delivery_is_recorded_with_its_entries_and_without_a_poll(ledger: Ledger) -> None:
    """R43: entries and edits come in; what the last poll knows of the document stays, but for its validators.

    An edit may be an old wording that came late: the next poll reads the document whole.
    """
    first = an_entry()
    ledger.record(news_poll(ledger.number("tigris"), first))
    offer(ledger, "tigris", an_offer())
    (it,) = reconcile(ledger, "tigris")
    before = memory(ledger)
    second = an_entry("https://tigris.example/news/2026/gates-open")
    rewritten = replace(first, title="River level falls")
    brought = news(arrival(second, at(30)), edits=(edit(1, rewritten),), body_hash="other", items=("a",))
    with ledger.store.writing() as session:
        subscriptions.record(session, it.feed, brought, it.number, at(30))
        titles = session.exec(select(EntryRow.title).order_by(col(EntryRow.id))).all()
        assert titles == ["River level falls", second.title]
        row = session.get_one(FeedRow, it.feed)
        assert (row.last_new_at, row.last_poll_at) == (at(30), NOON)
    after = memory(ledger)
    assert (after.validators, after.body_hash, len(after.delivered)) == (Validators(), None, 1)
    assert replace(after, validators=before.validators, body_hash=before.body_hash, delivered=()) == before
    assert (every(ledger.store)[0].delivered, every(ledger.store)[0].delivered_at) == (1, at(30))


def test_r43_status_names_the_hub_in_words_and_without_secrets(ledger: Ledger) -> None:
    """R43: nothing where no hub is named, `offered` where it was not asked, then how far it has come."""

    def push(feed: str = "tigris") -> Any:
        with ledger.store.reading() as session:
            return feed_statuses(session, NOON)[feed].push

    assert push() is None
    offer(ledger, "tigris", an_offer())
    assert (push().state, push().hub) == ("offered", "https://push.example/")
    (it,) = reconcile(ledger, "tigris")
    assert (push().state, push().message) == ("wanted", "its hub is about to be asked")
    change(ledger.store, it, state=State.ACTIVE, silent=True, delivered=3, dropped=1, lease_until=at(5))
    assert (push().state, push().delivered, push().dropped, push().lease_until) == ("silent", 3, 1, at(5))
    assert "silent" in push().message
    assert "secret" not in repr(push())
    change(ledger.store, it, state=State.LEAVING)
    assert push().state == "offered"


def test_r43_that_a_hub_falls_silent_is_told_once(ledger: Ledger) -> None:
    """R43: however often it does so in a day, and without its address."""
    offer(ledger, "tigris", an_offer())
    (it,) = reconcile(ledger, "tigris")
    for silent in (True, True, False, True):
        change(ledger.store, it, state=State.ACTIVE, silent=silent)
    with ledger.store.reading() as session:
        (told,) = events.newest(session, 10)
    assert (told.event.kind, told.event.feed) == (EventKind.HUB_SILENT, "tigris")
    assert told.event.sentence == "its hub is silent: a poll found news that it had not delivered"


def test_r43_the_end_of_a_subscription_is_the_end_of_its_row(ledger: Ledger) -> None:
    """And a step with what is gone is none."""
    offer(ledger, "tigris", an_offer())
    (it,) = reconcile(ledger, "tigris")
    change(ledger.store, it, state=State.ENDED)
    assert every(ledger.store) == []
    with ledger.store.writing() as session:
        assert subscriptions.change(session, it.number, _never_taken, Moment(NOON)) is None


def test_r47_a_feed_that_moves_keeps_no_offer_of_the_old_address(ledger: Ledger) -> None:
    """R47: what the old document said of its hub is not the new one's."""
    offer(ledger, "tigris", an_offer())
    ledger.adopt("feeds: [{url: 'https://tigris.example/new', id: tigris}]")
    with ledger.store.reading() as session:
        assert subscriptions.offer_of(session, ledger.number("tigris")) is None


def _never_taken(it: Subscription) -> tuple[Subscription, bool]:
    raise AssertionError(it)
