"""What an operator is told once: stored as it happens, so that every process shows the same, and never twice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_
from sqlmodel import Session, col, func, select

from feedhub.models import Event, EventKind
from feedhub.store.tables import EventRow, HubRow

MOST = 1_000
KEPT = timedelta(days=90)
_SAID = timedelta(days=1)  # for so long the same need not be said again
_EVENTS = uuid.uuid5(uuid.NAMESPACE_URL, "https://feedhub.invalid/events")


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its permanent public id."""

    urn: str
    event: Event


def record(session: Session, event: Event) -> bool:
    """Store the event, in the transaction of what brought it about; False where it was said already.

    What was last said of the same feed, or of the hub, is not said again within a day: so two processes that notice the
    same thing tell of it once. Events that are too old, or too many, go.
    """
    last = select(EventRow).where(EventRow.feed == event.feed).order_by(col(EventRow.id).desc()).limit(1)
    row = session.exec(last).first()
    if row and (row.kind, row.sentence) == (event.kind, event.sentence) and event.at - row.at < _SAID:
        return False
    urn = _urn(event)
    if session.exec(select(EventRow.id).where(EventRow.urn == urn)).first() is not None:
        return False
    session.add(EventRow(urn=urn, feed=event.feed, kind=event.kind.value, at=event.at, sentence=event.sentence))
    session.flush()
    newest = session.exec(select(func.max(EventRow.id))).one() or 0
    old = or_(col(EventRow.id) <= newest - MOST, col(EventRow.at) < event.at - KEPT)
    session.execute(delete(EventRow).where(old).execution_options(synchronize_session=False))
    return True


def newest(session: Session, limit: int) -> Sequence[Recorded]:
    """The newest events, the latest recorded first."""
    query = select(EventRow).order_by(col(EventRow.id).desc()).limit(limit)
    return [
        Recorded(row.urn, Event(EventKind(row.kind), row.at, row.sentence, row.feed)) for row in session.exec(query)
    ]


def feed_urn(session: Session) -> str:
    """The permanent public id of the feed of events."""
    return uuid.uuid5(_EVENTS, session.exec(select(HubRow.first_site_url)).one()).urn


def _urn(event: Event) -> str:
    return uuid.uuid5(_EVENTS, "\n".join((event.feed, event.kind, event.at.isoformat(), event.sentence))).urn
