"""Subscriptions at our own hub as both databases keep them (R43)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from feedhub.store import recipients
from feedhub.store.database import Store
from feedhub.store.recipients import Following, Waiting
from feedhub.websub import recipient as life
from feedhub.websub.recipient import Recipient
from feedhub.websub.request import MOST_UNVERIFIED_AT_HOST, Refusal, SubscriptionRequest
from support.polls import NOON, at

TOPIC, OTHER = "https://news.example.org/feed.atom", "https://news.example.org/feed.rss"
REQUEST = SubscriptionRequest("subscribe", TOPIC, "https://reader.example.com/k3y", "secret", timedelta(days=2))


def ask(store: Store, request: SubscriptionRequest = REQUEST) -> Refusal | None:
    with store.writing() as session:
        return recipients.ask(session, request)


def question(store: Store, challenge: str) -> SubscriptionRequest | None:
    """The oldest request, put in question."""
    with store.writing() as session:
        return recipients.question(session, the_request(store), challenge)


def the_request(store: Store) -> int:
    return next((one.number for one in waiting(store) if one.kind == "request"), 0)


def settle(store: Store, challenge: str, newest: str | None = "a") -> bool:
    with store.writing() as session:
        return recipients.settle(session, challenge, newest, NOON)


def waiting(store: Store, *topics: str, minutes: int = 0) -> list[Waiting]:
    with store.reading() as session:
        return recipients.waiting(session, topics or (TOPIC, OTHER), at(minutes))


def the_recipient(store: Store) -> Recipient | None:
    with store.reading() as session:
        return recipients.recipient(session, 1)


def subscribe(store: Store, request: SubscriptionRequest = REQUEST, newest: str = "a") -> None:
    assert ask(store, request) is None
    assert question(store, "challenge") == request
    assert settle(store, "challenge", newest)


def test_r43_what_was_asked_waits_until_it_is_settled(store: Store) -> None:
    """R43: it comes back as it was; what was confirmed is subscribed, once."""
    assert ask(store) is None
    assert waiting(store) == [Waiting("reader.example.com", "request", 1)]
    assert the_recipient(store) is None
    assert question(store, "two rivers") == question(store, "rivers meet") == REQUEST
    assert not settle(store, "two rivers")
    assert settle(store, "rivers meet")
    assert question(store, "again") is None
    assert not settle(store, "rivers meet")
    assert waiting(store) == []
    assert the_recipient(store) == Recipient(TOPIC, REQUEST.callback, "secret", at(2 * 24 * 60), "a", "a", NOON)


def test_r43_an_answer_to_an_earlier_request_settles_no_later_one(store: Store) -> None:
    """R43: who asked again with another secret is asked again."""
    ask(store)
    question(store, "first")
    ask(store, replace(REQUEST, secret="another"))
    assert not settle(store, "first")
    assert the_recipient(store) is None
    question(store, "second")
    assert settle(store, "second")
    for challenge, newest in (("third", None), ("fourth", "a")):
        assert the_recipient(store)
        assert ask(store, replace(REQUEST, mode="unsubscribe")) is None
        question(store, challenge)
        assert settle(store, challenge, newest)
    assert the_recipient(store) is None
    ask(store)
    with store.writing() as session:
        recipients.drop(session, the_request(store))
    assert waiting(store) == []


def test_r43_whose_document_is_not_the_newest_is_due(store: Store) -> None:
    """R43: by the digests of its own topic, and not before its wait is over."""
    subscribe(store)
    subscribe(store, replace(REQUEST, topic=OTHER))
    due = [Waiting("reader.example.com", "recipient", 1)]
    with store.writing() as session:
        assert recipients.topics(session) == {TOPIC, OTHER}
        recipients.owe(session, {TOPIC: "b"})
    assert waiting(store) == due
    with store.writing() as session:
        assert recipients.change(session, 1, lambda it: life.failed(it, NOON, 0.0, at(5)))
        assert recipients.followings(session) == {TOPIC: Following(1, 1), OTHER: Following(1, 0)}
    assert (waiting(store, minutes=4), waiting(store, minutes=5)) == ([], due)
    with store.writing() as session:
        recipients.owe(session, {TOPIC: "a"})
    assert waiting(store, minutes=5) == []  # the change was taken back


def test_r43_whose_lease_or_topic_ends_is_due(store: Store) -> None:
    """R43: and once it has ended nothing is left to be changed."""
    subscribe(store)
    due = [Waiting("reader.example.com", "recipient", 1)]
    assert waiting(store, OTHER) == due
    assert waiting(store, minutes=2 * 24 * 60) == due
    with store.writing() as session:
        assert not recipients.change(session, 1, lambda _: None)
        assert not recipients.change(session, 1, _never_taken)


def test_r43_what_has_no_room_is_not_taken_in(store: Store) -> None:
    """R43: requests are counted by host; one in place of another needs no more room; nothing to leave is no request."""
    for number in range(MOST_UNVERIFIED_AT_HOST):
        assert ask(store, replace(REQUEST, callback=f"https://reader.example.com/{number}")) is None
    refusal = ask(store)
    assert refusal
    assert refusal.status == 429
    assert ask(store, replace(REQUEST, callback="https://reader.example.com/7")) is None
    other = replace(REQUEST, callback="https://other.example.com/")
    assert ask(store, other) is None
    assert ask(store, replace(other, topic=OTHER, mode="unsubscribe")) == Refusal(
        404, "hub.callback: it has no subscription to this topic"
    )


def _never_taken(it: Recipient) -> Recipient:
    raise AssertionError(it)
