"""What polls and entries come to: the feeds' own counts, and how many entries came when, and by which rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col, func, select

from feedhub.models import Poll
from feedhub.store.tables import EntryRow, FeedRow

HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATE = 100  # answers: a mean of late is over about so many
_MOST_DELAYS = 2_000  # stories


def count(row: FeedRow, poll: Poll) -> None:
    """Count a poll into its feed's row, which the poll changes anyway: so counting costs no statement."""
    row.polls += 1
    row.received += poll.size
    if poll.failure:
        row.failed += 1
        return
    unchanged = poll.outcome == "unchanged"
    row.unchanged += unchanged
    answers = row.polls - row.failed
    row.unchanged_share = _mean(row.unchanged_share, float(unchanged), answers)
    row.response_ms = _mean(row.response_ms, poll.elapsed / timedelta(milliseconds=1), answers)


def hour_number(moment: datetime) -> int:
    """Hours since 1970, in which :func:`hourly` counts."""
    return (moment - _EPOCH) // HOUR


def hourly(session: Session, since: datetime) -> dict[int, dict[int, int]]:
    """How many entries of each feed were first seen in each hour since then, by the feed's number and the hour's.

    It is read from an index alone.
    """
    hour = _Hour(col(EntryRow.first_seen))
    query = select(EntryRow.feed_id, hour, func.count()).where(EntryRow.first_seen >= since)
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for feed, number, entries in session.exec(query.group_by(col(EntryRow.feed_id), hour)):
        found[feed][number] = entries
    return found


def by_day_and_rule(session: Session, since: datetime) -> Mapping[tuple[date, str], int]:
    """How many entries were first seen on each day (UTC) since then and matched by each rule."""
    day = _Hour(col(EntryRow.first_seen)) // 24
    query = select(day, EntryRow.rule, func.count()).where(EntryRow.first_seen >= since)
    rows = session.exec(query.group_by(day, col(EntryRow.rule)))
    return {((_EPOCH + timedelta(days=int(number))).date(), rule): entries for number, rule, entries in rows}


def delays(session: Session, since: datetime) -> list[timedelta]:
    """From a story's publication to the poll that brought it, of the newest stories since then, shortest first.

    Stories without a date do not count, nor those that were out before their feed was listed.
    """
    query = (
        select(EntryRow.first_seen, EntryRow.published)
        .join(FeedRow, col(FeedRow.id) == EntryRow.feed_id)
        .where(
            EntryRow.first_seen >= since,
            EntryRow.rule == "founded",
            col(EntryRow.declared).is_not(None),
            col(EntryRow.published) > col(FeedRow.created_at),
        )
        .order_by(col(EntryRow.first_seen).desc())
        .limit(_MOST_DELAYS)
    )
    return sorted(first_seen - published for first_seen, published in session.exec(query))


def _mean(before: float | None, value: float, count: int) -> float:
    return value if before is None else before + (value - before) / min(count, _LATE)


class _Hour(FunctionElement[int]):
    """The hours from 1970 to a moment, rounded down."""

    type = Integer()
    inherit_cache = True

    def __init__(self, moment: Mapped[datetime]) -> None:
        super().__init__(moment)


@compiles(_Hour, "sqlite")
def _sqlite_hour(element: _Hour, compiler: Any, **options: Any) -> str:
    seconds = f"substr({compiler.process(element.clauses, **options)}, 1, 19)"  # strftime would round fractions up
    return f"(CAST(strftime('%s', {seconds}) AS INTEGER) / 3600)"


@compiles(_Hour)
def _hour(element: _Hour, compiler: Any, **options: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **options)}) / 3600) AS INTEGER)"
