"""What the operator is told: the feeds' health and the hub's size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from feedhub.store.tables import EntryRow, FeedRow, HubRow, OutputRow, SequenceRow, StoryRow

_RATE_WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed's health. `new_per_day` is the mean of the last seven days, or of its life where that is shorter."""

    title: str
    state: str
    message: str
    last_poll: datetime | None
    next_poll: datetime | None
    reason: str
    new_per_day: float
    entries: int
    format: str
    identity: str
    identity_reason: str


@dataclass(frozen=True, slots=True)
class HubStatus:
    """The hub's size. `unreachable`: no feed could be reached when last tried."""

    stories: int
    entries: int
    revision: int
    unreachable: bool


UNKNOWN = FeedStatus("", "new", "", None, None, "not polled yet", 0.0, 0, "", "", "")
"""A feed that is listed and was never met."""


def feed_statuses(session: Session, now: datetime) -> dict[str, FeedStatus]:
    """The health of every feed there is, by its id."""
    totals = _counts(session)
    recent = _counts(session, since=now - _RATE_WINDOW)
    return {
        row.key: _status(row, totals.get(row.id or 0, 0), recent.get(row.id or 0, 0), now)
        for row in session.exec(select(FeedRow))
    }


def hub_status(session: Session) -> HubStatus:
    hub = session.get(HubRow, 1)
    return HubStatus(
        stories=session.exec(select(func.count()).select_from(StoryRow)).one(),
        entries=session.exec(select(func.count()).select_from(EntryRow)).one(),
        revision=hub.revision if hub else 0,
        unreachable=bool(hub and hub.unreachable),
    )


def entered(session: Session, since: datetime) -> dict[str, int]:
    """How many of the stories that came into being after a time each output holds, by its name."""
    recent = select(EntryRow.story_id).where(EntryRow.first_seen > since).distinct()
    earlier = select(EntryRow.id).where(EntryRow.story_id == SequenceRow.story_id, EntryRow.first_seen <= since)
    query = (
        select(OutputRow.name, func.count())
        .join(SequenceRow, col(SequenceRow.output_id) == OutputRow.id)
        .where(col(SequenceRow.story_id).in_(recent), ~earlier.exists())
        .group_by(OutputRow.name)
    )
    return dict(session.exec(query).all())


def _counts(session: Session, since: datetime | None = None) -> dict[int, int]:
    """How many entries each feed has, or has had since a time."""
    query = select(EntryRow.feed_id, func.count()).group_by(col(EntryRow.feed_id))
    if since:
        query = query.where(EntryRow.first_seen > since)
    return dict(session.exec(query).all())


def _status(row: FeedRow, entries: int, recent: int, now: datetime) -> FeedStatus:
    days = min(max((now - row.created_at) / timedelta(days=1), 1.0), _RATE_WINDOW / timedelta(days=1))
    return FeedStatus(
        title=row.title,
        state=row.state,
        message=row.message,
        last_poll=row.last_poll_at,
        next_poll=row.next_poll_at,
        reason=row.next_reason,
        new_per_day=recent / days,
        entries=entries,
        format=row.format,
        identity=row.identity,
        identity_reason=row.identity_reason,
    )
