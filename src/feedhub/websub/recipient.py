"""Who has subscribed at our hub, and what it is owed. Pure: given `now` and a `jitter` from 0 to 1.

A recipient is owed the newest document of its topic as long as it has another one. Only the newest is ever delivered:
one that is published while an older one waits takes its place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from feedhub.websub.request import SubscriptionRequest

MOST_FAILURES = 20  # in a row: about two days
_RETRY, _LONGEST_RETRY = timedelta(seconds=10), timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A verified subscription at our hub.

    `owed` is the digest of the topic's newest document, `digest` of the one that the recipient has. Before `not_before`
    nothing is delivered. `failures` are in a row.
    """

    topic: str
    callback: str = field(repr=False)
    secret: str = field(repr=False)
    lease_until: datetime
    digest: str
    owed: str
    not_before: datetime
    failures: int = 0


class Errand(Enum):
    """What a recipient is due."""

    DELIVER = auto()
    DENY = auto()  # what it subscribed to is not published any more: it is told, once, and let go
    LAPSE = auto()  # its lease has ended


def due(recipient: Recipient, topics: Collection[str], now: datetime) -> Errand | None:
    """What is to be done for it now. `topics` are those that are published."""
    if recipient.lease_until <= now:
        return Errand.LAPSE
    if recipient.topic not in topics:
        return Errand.DENY
    return Errand.DELIVER if recipient.digest != recipient.owed and recipient.not_before <= now else None


def subscribed(request: SubscriptionRequest, before: Recipient | None, newest: str, now: datetime) -> Recipient:
    """What a confirmed request makes of what was there `before`; a renewal loses nothing that is owed.

    A new subscriber has read the topic's document, whose digest is `newest`, to find the hub.
    """
    until = now + request.lease
    if before is None:
        return Recipient(request.topic, request.callback, request.secret, until, newest, newest, now)
    return replace(before, secret=request.secret, lease_until=until, not_before=now, failures=0)


def attempted(recipient: Recipient, now: datetime) -> Recipient:
    """It is about to be delivered to. If no answer is ever noted, that is tried again."""
    return replace(recipient, not_before=now + _RETRY)


def delivered(recipient: Recipient, digest: str, now: datetime) -> Recipient:
    """It took the document with this digest."""
    return replace(recipient, digest=digest, not_before=now, failures=0)


def held(recipient: Recipient, until: datetime) -> Recipient:
    """Its host wants to be left alone until then, which is no fault of the recipient's (R22)."""
    return replace(recipient, not_before=until)


def failed(recipient: Recipient, now: datetime, jitter: float, not_before: datetime | None = None) -> Recipient | None:
    """It did not take the document: tried again ever more rarely; None once that has been in vain for too long.

    `not_before` is its Retry-After.
    """
    failures = recipient.failures + 1
    if failures >= MOST_FAILURES:
        return None
    wait = min(_RETRY * (1 << (failures - 1)), _LONGEST_RETRY) * (1 + jitter / 4)
    return replace(recipient, failures=failures, not_before=max(now + wait, not_before or now))
