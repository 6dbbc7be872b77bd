"""R43: what a subscriber of ours is owed, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from feedhub.websub import recipient as life
from feedhub.websub.recipient import MOST_FAILURES, Errand, Recipient
from feedhub.websub.request import SubscriptionRequest

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOPIC = "https://news.example.org/feed.atom"
CALLBACK, SECRET = "https://reader.example.com/push/k3y", "between the rivers"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def a_recipient(**changes: Any) -> Recipient:
    """One that has the newest document."""
    made = Recipient(TOPIC, CALLBACK, SECRET, NOW + DAY, digest="a", owed="a", not_before=NOW)
    return replace(made, **changes)


def a_request(**changes: Any) -> SubscriptionRequest:
    return replace(SubscriptionRequest("subscribe", TOPIC, CALLBACK, SECRET, 2 * DAY), **changes)


def failures(count: int, jitter: float = 0.0) -> list[Recipient | None]:
    """What so many failures in a row make of it, each as soon as it may be tried again."""
    found: list[Recipient | None] = [a_recipient(owed="b")]
    while len(found) <= count and (it := found[-1]):
        found.append(life.failed(it, it.not_before, jitter))
    return found[1:]


def test_the_secret_and_the_callback_stay_out_of_texts() -> None:
    """A log or a traceback that shows a recipient shows neither."""
    assert SECRET not in repr(a_recipient())
    assert "k3y" not in repr(a_recipient())


@pytest.mark.parametrize(
    ("changes", "errand"),
    [
        ({}, None),
        ({"owed": "b"}, Errand.DELIVER),
        ({"owed": "b", "not_before": NOW + SECOND}, None),
        ({"lease_until": NOW}, Errand.LAPSE),
        ({"lease_until": NOW, "owed": "b"}, Errand.LAPSE),
        ({"topic": TOPIC + "x", "owed": "b"}, Errand.DENY),
    ],
)
def test_r43_what_a_recipient_is_due(changes: dict[str, Any], errand: Errand | None) -> None:
    """R43: the newest document, where it has another one; nothing once its lease has ended."""
    assert life.due(a_recipient(**changes), [TOPIC], NOW) is errand


def test_r43_a_new_subscriber_has_the_document_and_is_owed_the_next() -> None:
    """R43: it read the topic to find the hub."""
    made = life.subscribed(a_request(), None, "a", NOW)
    assert made == a_recipient(lease_until=NOW + 2 * DAY)
    assert life.due(made, [TOPIC], NOW) is None
    assert life.due(replace(made, owed="b"), [TOPIC], NOW) is Errand.DELIVER


def test_r43_a_renewal_changes_lease_and_secret_and_loses_nothing() -> None:
    """R43: what is owed stays owed, and is tried at once, for the callback has just answered."""
    before = a_recipient(owed="b", failures=3, not_before=NOW + DAY)
    after = life.subscribed(a_request(secret="another"), before, "c", NOW)
    assert after == a_recipient(owed="b", secret="another", lease_until=NOW + 2 * DAY)


def test_r43_a_newer_document_replaces_the_one_that_waits() -> None:
    """R43: what was delivered while another was published is not the newest; that one is due at once."""
    under_way = life.attempted(a_recipient(owed="c", failures=2), NOW)
    assert life.due(under_way, [TOPIC], NOW) is None
    after = life.delivered(under_way, "b", NOW)
    assert (after.digest, after.failures) == ("b", 0)
    assert life.due(after, [TOPIC], NOW) is Errand.DELIVER
    assert life.due(life.delivered(after, "c", NOW), [TOPIC], NOW) is None


def test_r51_a_delivery_whose_answer_was_never_noted_is_made_again() -> None:
    """R43, R51: after a crash, soon, and not at once: what cannot be noted would be sent without end."""
    under_way = life.attempted(a_recipient(owed="b"), NOW)
    assert life.due(under_way, [TOPIC], NOW + 9 * SECOND) is None
    assert life.due(under_way, [TOPIC], NOW + 10 * SECOND) is Errand.DELIVER


def test_r43_failures_are_tried_again_ever_more_rarely_and_then_no_more() -> None:
    """R43: ten seconds, twice that, and so on to four hours; for longer than a day, and then it ends."""
    *tried, last = failures(MOST_FAILURES)
    assert last is None
    times = [NOW, *(it.not_before for it in tried if it)]
    waits = [after - before for before, after in pairwise(times)]
    assert waits[:3] == [10 * SECOND, 20 * SECOND, 40 * SECOND]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=4)
    assert DAY < times[-1] - NOW < 3 * DAY
    assert all(life.due(it, [TOPIC], it.not_before - SECOND) is None for it in tried[:3] if it)


def test_r43_retries_are_spread_and_keep_a_retry_after() -> None:
    """R43, R22: later by up to a quarter, and never before the callback allows it."""
    (it,) = failures(1, jitter=1.0)
    assert it
    assert it.not_before == NOW + 12.5 * SECOND
    held = life.failed(a_recipient(), NOW, 0.0, NOW + DAY)
    assert held
    assert held.not_before == NOW + DAY
