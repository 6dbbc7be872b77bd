"""A subscription's life: what it becomes when something happens. Pure: given `now` and a `jitter` from 0 to 1.

::

    wanted --asked--> asked --confirmed--> active --lease ends--> wanted
       ^                |  never confirmed    |  denied
       |                v                     v
       +--- time ---- failing <---------------+       leaving --confirmed, or in vain--> ended

A hub is trusted to deliver, and its feed polled rarely, only once it has proved it, and no longer than it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from feedhub.models import HubOffer
from feedhub.websub.messages import Intent, Mode

LEASE = timedelta(days=10)  # what we ask for; hubs usually grant it
PROOF = 3  # deliveries in a row before a hub is relied on
GRACE = timedelta(minutes=15)  # in which a hub may deliver what a poll found first
CONFIRMATION = timedelta(minutes=30)  # in which a hub is to ask back
ANSWER = timedelta(minutes=2)  # until a request whose answer was lost, by a crash, is made again
_LEASES = timedelta(minutes=5), timedelta(days=365)  # beyond them a lease is a mistake
_RETRY, _LONGEST_RETRY = timedelta(minutes=5), timedelta(days=1)
_NEXT_HUB = timedelta(seconds=30)
_RENEW_AT, _RENEW_SPREAD = 0.6, 0.1  # shares of the lease
_FAREWELLS = 3  # a hub that does not take leave finds the callback gone
_MOST_MISSED = 50


class State(StrEnum):
    """How far a subscription has come. The names are part of `status --json`."""

    WANTED = "wanted"
    ASKED = "asked"
    ACTIVE = "active"
    FAILING = "failing"
    LEAVING = "leaving"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What only this subscription's hub knows: where to deliver, and with what to sign."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    callback: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed's subscription at one hub. `number` is the store's, 0 before it is stored.

    At `act_at` something is due: see :func:`due`. `missed` are keys of items that a poll found first, `missed_at` when
    the oldest of them was; `proofs` counts the deliveries since the hub last failed to. `dropped` counts deliveries
    that were not believed, `remark` says what the hub last did wrong.
    """

    feed: int
    credentials: Credentials
    topic: str
    hubs: tuple[str, ...]
    hub: str
    state: State
    act_at: datetime
    number: int = 0
    reason: str = ""
    failures: int = 0
    confirmed_at: datetime | None = None
    lease_until: datetime | None = None
    silent: bool = False
    proofs: int = 0
    missed: tuple[str, ...] = ()
    missed_at: datetime | None = None
    delivered: int = 0
    delivered_at: datetime | None = None
    dropped: int = 0
    remark: str = ""

    @property
    def pushed(self) -> bool:
        """Whether the feed may be polled rarely."""
        return self.state is State.ACTIVE and not self.silent and self.proofs >= PROOF


# --- what is wanted ---------------------------------------------------------------------------------------------------


def wanted(feed: int, offer: HubOffer, credentials: Credentials, now: datetime) -> Subscription:
    """A new subscription, to be asked for at once."""
    return Subscription(feed, credentials, offer.topic, offer.hubs, offer.hubs[0], State.WANTED, now)


def still_wanted(subscription: Subscription, offer: HubOffer | None, callbacks: str) -> bool:
    """Whether it is the one to have, now that the feed offers this and deliveries are taken below `callbacks`."""
    return (
        subscription.state is not State.LEAVING
        and offer is not None
        and subscription.topic == offer.topic
        and subscription.hub in offer.hubs
        and subscription.credentials.callback.startswith(callbacks)
    )


def leave(subscription: Subscription, now: datetime) -> Subscription:
    """It is no longer wanted. A hub that never confirmed has nothing to be told."""
    if subscription.state is State.LEAVING:
        return subscription
    state = State.LEAVING if subscription.confirmed_at or subscription.state is State.ASKED else State.ENDED
    return replace(subscription, state=state, act_at=now, failures=0)


def begin(subscription: Subscription) -> Subscription:
    """After a restart a hub has to prove itself anew: what it tried to deliver meanwhile is not known."""
    return replace(subscription, proofs=0, missed=(), missed_at=None)


# --- what time brings -------------------------------------------------------------------------------------------------


def due(subscription: Subscription, now: datetime, jitter: float) -> tuple[Subscription, Mode | None]:
    """What it becomes by the time alone, and what to ask its hub for now, if anything."""
    subscription = _judged(subscription, now)
    if now < subscription.act_at:
        return subscription, None
    match subscription.state:
        case State.ASKED:
            return failed(subscription, "its hub accepted the request and never confirmed it", now, jitter), None
        case State.LEAVING if subscription.failures >= _FAREWELLS:
            return replace(subscription, state=State.ENDED), None
        case State.LEAVING:
            parting = replace(subscription, failures=subscription.failures + 1, act_at=now + CONFIRMATION)
            return parting, "unsubscribe"
        case State.ACTIVE if not _leased(subscription, now):
            lapsed = replace(subscription, state=State.WANTED, lease_until=None, proofs=0)
            return replace(lapsed, act_at=now + ANSWER), "subscribe"
        case _:
            return replace(subscription, act_at=now + ANSWER), "subscribe"


def _judged(subscription: Subscription, now: datetime) -> Subscription:
    """A hub that has not delivered in time what a poll found is silent."""
    if subscription.missed_at is None or now < subscription.missed_at + GRACE:
        return subscription
    return replace(subscription, silent=True, proofs=0, missed=(), missed_at=None)


# --- what a hub answers -----------------------------------------------------------------------------------------------


def accepted(subscription: Subscription, asked_at: datetime, now: datetime) -> Subscription:
    """The hub took the request and will ask back, unless it has done so before it answered."""
    if subscription.confirmed_at and subscription.confirmed_at >= asked_at:
        return subscription
    state = State.ASKED if subscription.state in (State.WANTED, State.FAILING) else subscription.state
    return replace(subscription, state=state, act_at=now + CONFIRMATION)


def failed(
    subscription: Subscription, why: str, now: datetime, jitter: float, not_before: datetime | None = None
) -> Subscription:
    """The hub did not take the request, or took it in vain: the next one is tried, and all again ever more rarely.

    While a lease lasts it is kept. `not_before` is the hub's Retry-After.
    """
    if subscription.state is State.LEAVING:
        return subscription
    failures = subscription.failures + 1
    failing = replace(subscription, reason=why, failures=failures)
    if _leased(subscription, now) and subscription.lease_until:
        return replace(failing, act_at=min(_later(now, failures, jitter, not_before), subscription.lease_until))
    hubs = subscription.hubs
    place = (hubs.index(subscription.hub) + 1) % len(hubs) if subscription.hub in hubs else 0
    at = now + _NEXT_HUB if place else _later(now, failures // len(hubs), jitter, not_before)
    return replace(failing, state=State.FAILING, hub=hubs[place], act_at=at, lease_until=None, proofs=0)


def _later(now: datetime, rounds: int, jitter: float, not_before: datetime | None) -> datetime:
    doublings = min(max(rounds - 1, 0), 16)
    wait = min(_RETRY * (1 << doublings), _LONGEST_RETRY)
    return max(now + wait * (1 + jitter / 4), not_before or now)


# --- what a hub asks --------------------------------------------------------------------------------------------------


def answered(subscription: Subscription, intent: Intent, now: datetime, jitter: float) -> tuple[Subscription, bool]:
    """What it becomes when the hub asks whether that was us, and whether it was (sections 5.2 and 5.3)."""
    if intent.topic != subscription.topic:
        return _remarked(subscription, "its hub asks about a topic that it was not asked for"), False
    match intent.mode, subscription.state:
        case "subscribe", State.WANTED | State.ASKED | State.ACTIVE | State.FAILING:
            return _confirmed(subscription, intent.lease, now, jitter), True
        case "unsubscribe", State.LEAVING:
            return replace(subscription, state=State.ENDED), True
        case "denied", State.LEAVING:
            return replace(subscription, state=State.ENDED), True
        case "denied", _:
            return _denied(subscription, intent.reason, now, jitter), True
    return _remarked(subscription, "its hub asks to confirm what it was not asked for"), False


def _confirmed(subscription: Subscription, granted: timedelta | None, now: datetime, jitter: float) -> Subscription:
    """Renewed well before the lease ends, and not together with all others."""
    shortest, longest = _LEASES
    lease = min(max(LEASE if granted is None else granted, shortest), longest)
    return replace(
        subscription,
        state=State.ACTIVE,
        silent=subscription.silent and subscription.state is State.ACTIVE,
        reason="",
        failures=0,
        confirmed_at=now,
        lease_until=now + lease,
        act_at=now + lease * (_RENEW_AT + _RENEW_SPREAD * jitter),
    )


def _denied(subscription: Subscription, reason: str, now: datetime, jitter: float) -> Subscription:
    """A hub that says no is not asked again for a day."""
    said = " ".join(reason.split())[:200]
    why = f"its hub denies the subscription{f': {said}' if said else ''}"
    return failed(replace(subscription, lease_until=None), why, now, jitter, now + _LONGEST_RETRY)


# --- what a hub delivers ----------------------------------------------------------------------------------------------


def delivered(subscription: Subscription, items: Iterable[str], now: datetime) -> Subscription:
    """A signed document of the feed arrived with these items."""
    missed = tuple(sorted(set(subscription.missed).difference(items)))
    return replace(
        subscription,
        silent=False,
        proofs=subscription.proofs + 1,
        missed=missed,
        missed_at=subscription.missed_at if missed else None,
        delivered=subscription.delivered + 1,
        delivered_at=now,
        remark="",
    )


def dropped(subscription: Subscription, why: str) -> Subscription:
    """Something was delivered that cannot be believed or read."""
    return replace(_remarked(subscription, why), dropped=subscription.dropped + 1)


def found(subscription: Subscription, items: Mapping[str, datetime], now: datetime) -> Subscription:
    """A poll found new items, given with their dates: the hub has `GRACE` to deliver those it was subscribed for."""
    since = subscription.confirmed_at
    if subscription.state is not State.ACTIVE or subscription.silent or since is None:
        return subscription
    late = {key for key, published in items.items() if published > since}
    missed = tuple(sorted(late.union(subscription.missed)))[:_MOST_MISSED]
    return replace(subscription, missed=missed, missed_at=(subscription.missed_at or now) if missed else None)


def _remarked(subscription: Subscription, remark: str) -> Subscription:
    return replace(subscription, remark=remark)


def _leased(subscription: Subscription, now: datetime) -> bool:
    return subscription.state is State.ACTIVE and (subscription.lease_until or now) > now


# --- in words ---------------------------------------------------------------------------------------------------------


def standing(subscription: Subscription) -> str:
    """Its state in a word: `silent` for one that is active in vain."""
    silent = subscription.state is State.ACTIVE and subscription.silent
    return "silent" if silent else subscription.state.value


def words(subscription: Subscription) -> str:
    """What an operator is told: one sentence."""
    return "; ".join(filter(None, (_words(subscription), subscription.remark)))


def _words(subscription: Subscription) -> str:
    match subscription.state:
        case State.WANTED:
            return "its hub is about to be asked"
        case State.ASKED:
            return "its hub has accepted the request; that it asks back is awaited"
        case State.ACTIVE if subscription.silent:
            return "its hub is silent: a poll found news that it had not delivered"
        case State.ACTIVE if subscription.reason:
            return f"its hub delivers, but the renewal fails: {subscription.reason}"
        case State.ACTIVE if subscription.pushed:
            return "its hub delivers"
        case State.ACTIVE:
            return f"its hub has confirmed; it is relied on after {PROOF} deliveries, {subscription.proofs} so far"
        case State.FAILING:
            return f"{subscription.reason}; it is asked again later"
        case _:
            return "its hub is being told that its deliveries are no longer wanted"
