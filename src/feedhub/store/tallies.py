"""How common words are: counted once for each day that is over, and the same ever after (R7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy
from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from feedhub.store.database import chunks
from feedhub.store.prints import Prints
from feedhub.store.tables import EntryRow, KeyRow, TallyRow
from feedhub.stories.statistics import SAMPLE, WINDOW, Statistics, Tally

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_LATE = 2  # days after which entries still come in: polls under way at midnight, a hub that stood still
_HELD = 2  # days whose statistics a process holds: the current one, and the one before for what comes late


def day_of(moment: datetime) -> int:
    """The day of a moment, counted from 1970 in UTC."""
    return (moment - _EPOCH) // _DAY


class Tallies:
    """The statistics for each day, made from the stored tallies of the days before it. `window` in days."""

    def __init__(self, prints: Prints, window: int) -> None:
        self._prints, self._window = prints, window
        self._made: dict[int, Statistics] = {}

    def statistics(self, session: Session, day: int) -> Statistics:
        """What entries first seen on this day are matched with. Days before it that were not counted yet are now."""
        if day not in self._made:
            while len(self._made) >= _HELD:
                del self._made[min(self._made)]
            self._made[day] = Statistics(self._tallies(session, range(day - WINDOW // _DAY, day)))
        return self._made[day]

    def _tallies(self, session: Session, days: range) -> list[Tally]:
        rows = session.exec(select(TallyRow).where(col(TallyRow.day).between(days[0], days[-1])))
        tallies = {row.day: Tally.from_json(row.tally) for row in rows}
        for day in sorted(set(days).difference(tallies)):
            tallies[day] = self._count(session, day)
            session.execute(insert(TallyRow).values(day=day, tally=tallies[day].to_json()))
            self._expire(session, day)
        return [tallies[day] for day in days]

    def _count(self, session: Session, day: int) -> Tally:
        start = _EPOCH + day * _DAY
        query = (
            sqlalchemy.select(col(EntryRow.id), col(EntryRow.digest))
            .where(col(EntryRow.first_seen) >= start, col(EntryRow.first_seen) < start + _DAY)
            .order_by(col(EntryRow.key), col(EntryRow.feed_id))
            .limit(SAMPLE)
        )
        sample = [(entry, digest) for entry, digest in session.execute(query)]
        return Tally.of(print_ for some in chunks(sample) for print_ in self._prints.load(session, some).values())

    def _expire(self, session: Session, over: int) -> None:
        """Take away what no entry first seen after the day `over` looks at any more; tallies are kept for late ones."""
        session.execute(delete(KeyRow).where(col(KeyRow.day) < over + 1 - self._window))
        session.execute(delete(TallyRow).where(col(TallyRow.day) < over + 1 - WINDOW // _DAY - _LATE))
