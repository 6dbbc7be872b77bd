"""Subscriptions at publishers' hubs: what is offered, what is due, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import or_
from sqlmodel import Session, col, select

from feedhub.models import Event, EventKind, HubOffer, News
from feedhub.store import events, feeds
from feedhub.store.polls import record_delivery
from feedhub.store.tables import FeedRow, SubscriptionRow
from feedhub.websub.subscription import (
    GRACE,
    Credentials,
    State,
    Subscription,
    begin,
    delivered,
    leave,
    still_wanted,
    wanted,
    words,
)

T = TypeVar("T")
Step = Callable[[Subscription], tuple[Subscription, T]]
"""What a subscription becomes, and whatever else comes of it."""

_SAME = frozenset(field.name for field in fields(Subscription)) & SubscriptionRow.model_fields.keys()
_AS_LIST = ("hubs", "missed")


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happens, and how long after its last poll a feed that loses its hub may be polled again."""

    now: datetime
    shortest: timedelta = timedelta(0)


def offers(session: Session) -> dict[int, HubOffer]:
    """What the feeds offer, listed or not; those without a hub are not in it."""
    found = session.exec(select(FeedRow.id, FeedRow.offer).where(col(FeedRow.offer).is_not(None)))
    return {number: _offer(offer) for number, offer in found if number and offer}


def offer_of(session: Session, feed: int) -> HubOffer | None:
    """What this feed offers."""
    offer = session.get_one(FeedRow, feed).offer
    return _offer(offer) if offer else None


def every(session: Session) -> list[Subscription]:
    """All of them, in the order in which they were made."""
    return [_subscription(row) for row in session.exec(select(SubscriptionRow).order_by(col(SubscriptionRow.id)))]


def due(session: Session, now: datetime) -> list[Subscription]:
    """Those for which it is time to do or to judge something, longest overdue first."""
    is_due = or_(col(SubscriptionRow.act_at) <= now, col(SubscriptionRow.missed_at) <= now - GRACE)
    query = select(SubscriptionRow).where(is_due).order_by(col(SubscriptionRow.act_at), col(SubscriptionRow.id))
    return [_subscription(row) for row in session.exec(query)]


def at_callback(session: Session, key: str) -> Subscription | None:
    """The one whose callback has this key."""
    row = session.exec(select(SubscriptionRow).where(SubscriptionRow.key == key)).first()
    return _subscription(row) if row else None


def of_feed(session: Session, feed: int) -> Subscription | None:
    """The one that is wanted for a feed."""
    query = select(SubscriptionRow).where(SubscriptionRow.feed_id == feed, SubscriptionRow.state != State.LEAVING)
    row = session.exec(query).first()
    return _subscription(row) if row else None


def restart(session: Session, shortest: Mapping[int, timedelta], now: datetime) -> None:
    """Take up what an earlier run left. `shortest` is how often each listed feed may be polled."""
    for it in every(session):
        change(session, it.number, lambda s: (begin(s), None), Moment(now, shortest.get(it.feed, timedelta(0))))


def reconcile(
    session: Session, listed: Collection[int], callbacks: str, credentials: Callable[[], Credentials], now: datetime
) -> dict[int, HubOffer]:
    """Make the subscriptions those that the feeds of `listed` offer, with callbacks below `callbacks`; the offers."""
    found = {feed: offer for feed, offer in offers(session).items() if feed in listed}
    kept: set[int] = set()
    for it in every(session):
        offer = found.get(it.feed)
        if offer and it.feed not in kept and still_wanted(it, offer, callbacks):
            kept.add(it.feed)
            change(session, it.number, partial(_rehubbed, offer.hubs), Moment(now))
        else:
            change(session, it.number, lambda s: (leave(s, now), None), Moment(now))
    for feed, offer in found.items():
        if feed not in kept:
            session.add(SubscriptionRow(**_columns(wanted(feed, offer, credentials(), now))))
    session.flush()
    return found


def change(session: Session, number: int, step: Step[T], moment: Moment) -> T | None:
    """Take one step with a subscription as it is now; what came of it, None where the subscription is gone.

    Its row goes when it has ended. A feed that loses its hub is polled as soon as may be.
    """
    row = session.get(SubscriptionRow, number)
    if row is None:
        return None
    after, outcome = step(_subscription(row))
    if after.silent and not row.silent:
        feed = session.get_one(FeedRow, row.feed_id).key
        events.record(session, Event(EventKind.HUB_SILENT, moment.now, words(after), feed))
    if row.pushed and not after.pushed:
        polled_at = session.get_one(FeedRow, row.feed_id).last_poll_at or moment.now
        feeds.hasten(session, row.feed_id, max(moment.now, polled_at + moment.shortest))
    if after.state is State.ENDED:
        session.delete(row)
    else:
        for name, value in _columns(after).items():
            setattr(row, name, value)
    session.flush()
    return outcome


def record(session: Session, feed: int, news: News, number: int, now: datetime) -> None:
    """Store what a feed's hub delivered, and that it did."""
    change(session, number, lambda it: (delivered(it, news.items, now), None), Moment(now))
    record_delivery(session, feed, news, now)


def _subscription(row: SubscriptionRow) -> Subscription:
    values: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    values |= {name: tuple(values[name]) for name in _AS_LIST}
    return Subscription(
        number=row.id or 0,
        feed=row.feed_id,
        credentials=Credentials(row.key, row.secret, row.callback),
        **(values | {"state": State(row.state)}),
    )


def _columns(subscription: Subscription) -> dict[str, Any]:
    values = {name: getattr(subscription, name) for name in _SAME}
    values |= {name: list(values[name]) for name in _AS_LIST}
    private = subscription.credentials
    return values | {
        "feed_id": subscription.feed,
        "key": private.key,
        "secret": private.secret,
        "callback": private.callback,
        "state": subscription.state.value,
        "pushed": subscription.pushed,
    }


def _rehubbed(hubs: tuple[str, ...], subscription: Subscription) -> tuple[Subscription, None]:
    return replace(subscription, hubs=hubs), None


def _offer(stored: Mapping[str, Any]) -> HubOffer:
    return HubOffer(stored["url"], tuple(stored["hubs"]), stored["topic"], tuple(stored["names"]))
