"""Subscriptions at our own hub: who asked, who has confirmed it, who is owed which document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, or_, update
from sqlmodel import Session, SQLModel, col, func, select

from feedhub.store.tables import RecipientRow, RequestRow
from feedhub.websub.messages import Mode
from feedhub.websub.recipient import Recipient, subscribed
from feedhub.websub.request import Census, Refusal, SubscriptionRequest, overfull

Step = Callable[[Recipient], Recipient | None]
"""What a recipient becomes; None where it ends."""

_SAME = tuple(field.name for field in fields(Recipient))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to do at a host: a request that is to be confirmed, or a recipient that is due, by its number."""

    host: str
    kind: Literal["request", "recipient"]
    number: int


@dataclass(frozen=True, slots=True)
class Following:
    """How many have subscribed to a topic, and how many of them did not take what was delivered last."""

    subscribers: int
    failing: int


# --- requests ---------------------------------------------------------------------------------------------------------


def ask(session: Session, request: SubscriptionRequest) -> Refusal | None:
    """Take in a request, in place of an earlier one for the same subscription; or why not."""
    key = _key(request)
    earlier = session.exec(select(RequestRow).where(RequestRow.key == key)).first()
    if earlier is None:
        if request.mode == "unsubscribe" and _row(session, key) is None:
            return Refusal(404, "hub.callback: it has no subscription to this topic")
        if refusal := overfull(request, _census(session, request)):
            return refusal
    row = earlier or RequestRow(key=key, host=request.host, mode="", secret="", lease_seconds=0, challenge="")
    row.mode, row.topic, row.callback, row.secret = request.mode, request.topic, request.callback, request.secret
    row.lease_seconds, row.challenge = int(request.lease.total_seconds()), ""
    session.add(row)
    session.flush()
    return None


def question(session: Session, number: int, challenge: str) -> SubscriptionRequest | None:
    """The request with this number, about to be put in question with this challenge; None where it is settled."""
    row = session.get(RequestRow, number)
    if row is None:
        return None
    row.challenge = challenge
    session.add(row)
    session.flush()
    return _request(row)


def drop(session: Session, number: int) -> None:
    """Forget the request with this number."""
    session.execute(delete(RequestRow).where(col(RequestRow.id) == number))


def settle(session: Session, challenge: str, newest: str | None, now: datetime) -> bool:
    """The request in question was confirmed, where `newest` is the digest of the topic's document, or was not.

    Either way it is done with; False where a later request has taken its place, or it was done with before.
    """
    row = session.exec(select(RequestRow).where(RequestRow.challenge == challenge)).first()
    if row is None:
        return False
    session.delete(row)
    if newest is not None:
        request, kept = _request(row), _row(session, row.key)
        if request.mode == "subscribe":
            after = subscribed(request, _recipient(kept) if kept else None, newest, now)
            _put(session, kept or RecipientRow(key=row.key, host=row.host, **_values(after)), after)
        elif kept:
            session.delete(kept)
    session.flush()
    return True


# --- recipients -------------------------------------------------------------------------------------------------------


def topics(session: Session) -> set[str]:
    """What somebody has subscribed to."""
    return set(session.exec(select(RecipientRow.topic).distinct()))


def owe(session: Session, newest: Mapping[str, str]) -> None:
    """These are the digests of the topics' newest documents."""
    for topic, digest in newest.items():
        behind = (col(RecipientRow.topic) == topic) & (col(RecipientRow.owed) != digest)
        session.execute(update(RecipientRow).where(behind).values(owed=digest))


def waiting(session: Session, published: Collection[str], now: datetime) -> list[Waiting]:
    """What is to be done now, oldest first, requests before all else. `published` are the topics there are."""
    requests = select(RequestRow.host, RequestRow.id).order_by(col(RequestRow.id))
    is_due = (col(RecipientRow.digest) != col(RecipientRow.owed)) & (col(RecipientRow.not_before) <= now)
    ends = or_(col(RecipientRow.lease_until) <= now, col(RecipientRow.topic).not_in(published))
    recipients = select(RecipientRow.host, RecipientRow.id).where(or_(is_due, ends))
    recipients = recipients.order_by(col(RecipientRow.not_before), col(RecipientRow.id))
    return [
        *(Waiting(host, "request", number) for host, number in session.exec(requests) if number),
        *(Waiting(host, "recipient", number) for host, number in session.exec(recipients) if number),
    ]


def recipient(session: Session, number: int) -> Recipient | None:
    """The one with this number, None where it has ended."""
    row = session.get(RecipientRow, number)
    return _recipient(row) if row else None


def change(session: Session, number: int, step: Step) -> bool:
    """Take one step with a recipient as it is now; False where it has ended, by this step or before."""
    row = session.get(RecipientRow, number)
    if row is None:
        return False
    after = step(_recipient(row))
    if after is None:
        session.delete(row)
    else:
        _put(session, row, after)
    session.flush()
    return after is not None


def followings(session: Session) -> dict[str, Following]:
    """How each topic is followed; those that nobody has subscribed to are not in it."""
    failing = func.count().filter(col(RecipientRow.failures) > 0)
    query = select(RecipientRow.topic, func.count(), failing).group_by(RecipientRow.topic)
    return {topic: Following(subscribers, behind) for topic, subscribers, behind in session.exec(query)}


def _census(session: Session, request: SubscriptionRequest) -> Census:
    def count(table: type[SQLModel], *conditions: Any) -> int:
        return session.exec(select(func.count()).select_from(table).where(*conditions)).one()

    return Census(
        subscribed=count(RecipientRow),
        subscribed_at_host=count(RecipientRow, RecipientRow.host == request.host),
        unverified=count(RequestRow),
        unverified_at_host=count(RequestRow, RequestRow.host == request.host),
    )


def _key(request: SubscriptionRequest) -> str:
    return hashlib.sha256(f"{request.topic}\n{request.callback}".encode()).hexdigest()


def _row(session: Session, key: str) -> RecipientRow | None:
    return session.exec(select(RecipientRow).where(RecipientRow.key == key)).first()


def _request(row: RequestRow) -> SubscriptionRequest:
    mode: Mode = "subscribe" if row.mode == "subscribe" else "unsubscribe"
    return SubscriptionRequest(mode, row.topic, row.callback, row.secret, timedelta(seconds=row.lease_seconds))


def _recipient(row: RecipientRow) -> Recipient:
    return Recipient(**{name: getattr(row, name) for name in _SAME})


def _values(recipient: Recipient) -> dict[str, Any]:
    return {name: getattr(recipient, name) for name in _SAME}


def _put(session: Session, row: RecipientRow, recipient: Recipient) -> None:
    for name, value in _values(recipient).items():
        setattr(row, name, value)
    session.add(row)
