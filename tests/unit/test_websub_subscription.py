"""R43: a subscription's life, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedhub.models import HubOffer
from feedhub.websub import subscription as life
from feedhub.websub.messages import Intent
from feedhub.websub.subscription import GRACE, LEASE, PROOF, Credentials, State, Subscription

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOPIC = "https://tigris.example/rss"
HUBS = ("https://hub.example/", "https://hub2.example/")
CALLBACKS = "https://news.example.org/websub/callback/"
PRIVATE = Credentials("key", "between the rivers", f"{CALLBACKS}key")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def a_subscription(state: State = State.ACTIVE, **changes: Any) -> Subscription:
    """One at a single hub, confirmed a day ago where it is active."""
    made = Subscription(1, PRIVATE, TOPIC, HUBS[:1], HUBS[0], state, NOW + DAY)
    if state is State.ACTIVE:
        made = replace(made, confirmed_at=NOW - DAY, lease_until=NOW + 9 * DAY)
    return replace(made, **changes)


def an_intent(mode: str = "subscribe", **changes: Any) -> Intent:
    return replace(Intent(mode, TOPIC, "challenge", HOUR), **changes)


def test_the_secret_stays_out_of_texts() -> None:
    """A log or a traceback that shows a subscription shows neither secret nor callback."""
    assert PRIVATE.secret not in repr(a_subscription())
    assert PRIVATE.key not in repr(a_subscription()).replace("key=", "")


# --- what is wanted ---------------------------------------------------------------------------------------------------

_OFFER = HubOffer(TOPIC, HUBS, TOPIC, (TOPIC,))


@pytest.mark.parametrize(
    ("offer", "callbacks", "wanted"),
    [
        (_OFFER, CALLBACKS, True),
        (replace(_OFFER, hubs=HUBS[:1]), CALLBACKS, True),
        (replace(_OFFER, hubs=HUBS[1:]), CALLBACKS, False),
        (replace(_OFFER, topic=TOPIC + "/"), CALLBACKS, False),
        (_OFFER, "https://moved.example.org/websub/callback/", False),
        (None, CALLBACKS, False),
    ],
)
def test_r43_a_subscription_is_kept_while_hub_topic_and_our_address_are_the_same(
    offer: HubOffer | None, callbacks: str, wanted: bool
) -> None:
    """R43: otherwise it is ended, and another one made where one is offered."""
    assert life.still_wanted(a_subscription(), offer, callbacks) is wanted
    assert not life.still_wanted(a_subscription(State.LEAVING), offer, callbacks)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_subscription(State.WANTED), State.ENDED),
        (a_subscription(State.FAILING), State.ENDED),
        (a_subscription(State.FAILING, confirmed_at=NOW - DAY), State.LEAVING),
        (a_subscription(State.ASKED), State.LEAVING),
        (a_subscription(State.ACTIVE), State.LEAVING),
    ],
)
def test_r43_a_hub_that_may_deliver_is_told_when_it_is_no_longer_wanted(before: Subscription, after: State) -> None:
    """R43: one that never took the request need not be."""
    left = life.leave(before, NOW)
    assert (left.state, left.act_at) == (after, NOW)
    assert life.leave(left, NOW + DAY).act_at == (NOW if after is State.LEAVING else NOW + DAY)


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "state", "mode"),
    [
        (a_subscription(State.WANTED), State.WANTED, "subscribe"),
        (a_subscription(State.FAILING), State.FAILING, "subscribe"),
        (a_subscription(State.ASKED), State.FAILING, None),
        (a_subscription(State.ACTIVE), State.ACTIVE, "subscribe"),
        (a_subscription(State.ACTIVE, lease_until=NOW), State.WANTED, "subscribe"),
        (a_subscription(State.LEAVING), State.LEAVING, "unsubscribe"),
        (a_subscription(State.LEAVING, failures=3), State.ENDED, None),
    ],
)
def test_r43_what_is_due(before: Subscription, state: State, mode: str | None) -> None:
    """R43: requests, renewals, partings; a hub that never asked back has failed. Nothing before its time."""
    due, asked = life.due(replace(before, act_at=NOW), NOW, 0.0)
    assert (due.state, asked) == (state, mode)
    assert state is State.ENDED or due.act_at > NOW
    early = replace(before, act_at=NOW + timedelta(seconds=1))
    assert life.due(early, NOW, 0.0) == (early, None)


# --- what hubs answer -------------------------------------------------------------------------------------------------


def test_r43_an_accepted_request_waits_for_the_hub_to_ask_back() -> None:
    """R43: for half an hour; a lease that lasts stays what it is."""
    asked = life.accepted(a_subscription(State.WANTED), NOW, NOW)
    assert (asked.state, asked.act_at) == (State.ASKED, NOW + life.CONFIRMATION)
    assert life.accepted(a_subscription(State.FAILING), NOW, NOW).state is State.ASKED
    assert life.accepted(a_subscription(), NOW, NOW).state is State.ACTIVE
    confirmed = a_subscription(confirmed_at=NOW)
    assert life.accepted(confirmed, NOW, NOW + MINUTE) == confirmed


@pytest.mark.parametrize(("failures", "wait"), [(0, 5), (1, 10), (2, 20), (5, 160), (9, 1440), (400, 1440)])
def test_r43_a_single_hub_is_asked_again_ever_more_rarely(failures: int, wait: int) -> None:
    """R43: never less than once a day, and not all at the same minute."""
    before = a_subscription(State.WANTED, failures=failures)
    failed = life.failed(before, "it answered 500", NOW, 0.0)
    assert (failed.state, failed.reason, failed.act_at) == (State.FAILING, "it answered 500", NOW + wait * MINUTE)
    assert life.failed(before, "", NOW, 1.0).act_at == NOW + 1.25 * wait * MINUTE


def test_r43_of_several_hubs_the_next_is_tried_soon_and_all_again_later() -> None:
    """R43: in the publisher's order, round and round."""
    now, it, waits = NOW, a_subscription(State.WANTED, hubs=HUBS), []
    for hub in (*HUBS, *HUBS):
        assert it.hub == hub
        it = life.failed(it, "", now, 0.0)
        waits.append(it.act_at - now)
        now = it.act_at
    assert waits == [30 * MINUTE / 60, 5 * MINUTE, 30 * MINUTE / 60, 10 * MINUTE]


def test_r22_a_hub_that_asks_for_patience_gets_it() -> None:
    """R22: Retry-After is longer than the back-off, or it is the back-off."""
    it = a_subscription(State.WANTED)
    assert life.failed(it, "", NOW, 0.0, NOW + DAY).act_at == NOW + DAY
    assert life.failed(it, "", NOW, 0.0, NOW + MINUTE).act_at == NOW + 5 * MINUTE


def test_r43_a_renewal_that_fails_is_tried_again_within_the_lease() -> None:
    """R43: at its end at the latest; the hub stays the same."""
    it = a_subscription(hubs=HUBS)
    failed = life.failed(it, "it answered 500", NOW, 0.0)
    assert (failed.state, failed.hub, failed.act_at) == (State.ACTIVE, HUBS[0], NOW + 5 * MINUTE)
    short = a_subscription(lease_until=NOW + MINUTE)
    assert life.failed(short, "", NOW, 0.0).act_at == NOW + MINUTE


# --- what hubs ask ----------------------------------------------------------------------------------------------------

_BEGUN = (State.WANTED, State.ASKED, State.ACTIVE, State.FAILING)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("mode", ["subscribe", "unsubscribe", "denied", "publish"])
def test_r43_a_question_is_answered_by_what_was_asked(mode: str, state: State) -> None:
    """R43: what we want, in the state in which we want it; the topic letter by letter."""
    expected = {
        "subscribe": dict.fromkeys(_BEGUN, State.ACTIVE),
        "unsubscribe": {State.LEAVING: State.ENDED},
        "denied": {**dict.fromkeys(State, State.FAILING), State.LEAVING: State.ENDED},
        "publish": {},
    }[mode]
    it = a_subscription(state)
    after, answer = life.answered(it, an_intent(mode), NOW, 0.0)
    assert (after.state, answer) == (expected.get(state, state), state in expected)
    after, answer = life.answered(it, an_intent(mode, topic=TOPIC + "/"), NOW, 0.0)
    assert (after.state, answer) == (state, False)
    assert after.remark


@pytest.mark.parametrize(
    ("granted", "lease"),
    [(HOUR, HOUR), (None, LEASE), (timedelta(0), 5 * MINUTE), (DAY * 10_000, 365 * DAY)],
)
def test_r43_a_lease_is_renewed_well_before_it_ends(granted: timedelta | None, lease: timedelta) -> None:
    """R43: between 60 and 70 percent of it; one that makes no sense is taken for one that does."""
    for jitter, share in ((0.0, 0.6), (1.0, 0.7)):
        it, answer = life.answered(a_subscription(State.ASKED), an_intent(lease=granted), NOW, jitter)
        assert answer
        assert it.lease_until == NOW + lease
        assert abs(it.act_at - (NOW + lease * share)) < timedelta(milliseconds=1)


def test_r43_a_hub_that_denies_is_left_alone_for_a_day() -> None:
    """R43: its reason, on one line and cut short, is told."""
    it, _ = life.answered(a_subscription(), an_intent("denied", reason="not\n here" + "x" * 999), NOW, 0.0)
    assert it.act_at == NOW + DAY
    assert it.lease_until is None
    assert life.words(it).startswith("its hub denies the subscription: not here")
    assert len(life.words(it)) < 300


# --- is it relied on --------------------------------------------------------------------------------------------------


def test_r43_a_hub_is_relied_on_after_three_deliveries() -> None:
    """R43: and only while it is subscribed."""
    it = a_subscription()
    for _ in range(PROOF):
        assert not it.pushed
        it = life.delivered(it, ["a"], NOW)
    assert it.pushed
    assert life.words(it) == "its hub delivers"
    assert not replace(it, state=State.ASKED).pushed
    assert not life.begin(it).pushed
    lapsed, _ = life.due(replace(it, act_at=NOW, lease_until=NOW), NOW, 0.0)
    assert not lapsed.pushed


def _found(*keys: str, it: Subscription | None = None, minutes: int = 0) -> Subscription:
    """A poll found these, published just now."""
    return life.found(it or a_subscription(proofs=PROOF), dict.fromkeys(keys, NOW), NOW + minutes * MINUTE)


@pytest.mark.parametrize(
    ("deliveries", "silent"),
    [
        ([], True),
        ([["a", "b"]], False),
        ([["a"], ["b"]], False),
        ([["a", "b", "c"]], False),
        ([["a"]], True),
        ([["c"], ["d"]], True),
    ],
)
def test_r43_a_hub_is_silent_that_does_not_bring_what_a_poll_found(deliveries: list[list[str]], silent: bool) -> None:
    """R43: all of it, within a quarter of an hour, in one delivery or more."""
    it = _found("a", "b")
    for items in deliveries:
        it = life.delivered(it, items, NOW + MINUTE)
    assert life.due(it, NOW + GRACE - timedelta(seconds=1), 0.0)[0].silent is False
    judged, _ = life.due(it, NOW + GRACE, 0.0)
    assert judged.silent is silent
    assert judged.pushed is not silent
    assert ("silent" in life.words(judged)) is silent


def test_r43_the_grace_runs_from_the_first_find() -> None:
    """R43: later polls do not prolong it."""
    it = _found("b", it=_found("a"), minutes=14)
    assert life.due(it, NOW + GRACE, 0.0)[0].silent


def test_r43_a_silent_hub_has_to_prove_itself_anew() -> None:
    """R43: it is told of no longer as silent once it delivers, and relied on after three."""
    it, _ = life.due(_found("a"), NOW + GRACE, 0.0)
    assert life.found(it, {"b": NOW}, NOW) == it
    for _ in range(PROOF):
        assert not it.pushed
        it = life.delivered(it, ["c"], NOW)
        assert life.standing(it) == "active"
    assert it.pushed


def test_r43_only_news_since_the_subscription_counts_against_a_hub() -> None:
    """R43: what is older it was not asked for; nor while it is not subscribed."""
    it = a_subscription()
    assert it.confirmed_at
    assert life.found(it, {"a": it.confirmed_at}, NOW).missed_at is None
    assert life.found(it, {"a": it.confirmed_at + MINUTE}, NOW).missed == ("a",)
    assert life.found(a_subscription(State.ASKED), {"a": NOW}, NOW).missed == ()
    assert len(life.found(it, {f"{n}": NOW for n in range(1_000)}, NOW).missed) == 50


def test_r43_a_dropped_delivery_is_counted_and_told_until_a_good_one_comes() -> None:
    """R43: it proves nothing."""
    it = life.dropped(a_subscription(), "a delivery with a wrong signature was dropped")
    assert (it.dropped, it.proofs) == (1, 0)
    assert life.words(it).endswith("; a delivery with a wrong signature was dropped")
    it = life.delivered(it, [], NOW)
    assert (it.dropped, it.remark) == (1, "")


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_words(state: State) -> None:
    """No state leaves an operator alone."""
    assert life.words(a_subscription(state, reason="it answered 500"))
