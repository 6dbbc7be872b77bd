"""What is remembered of hosts from one process to the next: whom not to ask yet (R22, R23)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from feedhub.models import HostsMemory, HostState
from feedhub.store.tables import HostRow, HubRow


def begin(session: Session, now: datetime) -> HostsMemory:
    """What the last process that polled left for this one, and note that this one polls from now on."""
    in_order = session.exec(select(HubRow.polling_since)).first() is None
    session.execute(update(HubRow).values(polling_since=now))
    past = (col(HostRow.free_at) <= now) & (col(HostRow.not_before).is_(None) | (col(HostRow.not_before) <= now))
    session.execute(delete(HostRow).where(past))
    states = {row.host: HostState(row.host, row.free_at, row.not_before) for row in session.exec(select(HostRow))}
    return HostsMemory(states, now, in_order)


def record(session: Session, states: Iterable[HostState]) -> None:
    """Store these as they are now."""
    for state in states:
        session.merge(HostRow(host=state.host, free_at=state.free_at, not_before=state.not_before))


def end(session: Session, states: Iterable[HostState]) -> None:
    """The last word of a process that ends in order."""
    record(session, states)
    session.execute(update(HubRow).values(polling_since=None))
