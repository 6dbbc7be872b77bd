"""What is kept no longer goes, in small steps, each a transaction of its own (R48, R50).

A step looks at the next few rows behind a cursor, takes away what is to go, and says what went and where the next step
begins: None at the end. One that is killed leaves nothing half done, and whoever begins anew finds the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, LargeBinary, cast, delete, func, insert, or_, update
from sqlmodel import Session, col, select

from feedhub.net.hosts import CLOCK_DRIFT
from feedhub.store import hub
from feedhub.store.database import hashed
from feedhub.store.stories import PARTS, part, touch
from feedhub.store.tables import (
    EntryRow,
    FeedRow,
    GoneRow,
    HostRow,
    HubRow,
    OutputRow,
    PollRow,
    RelatedRow,
    SequenceRow,
    StoryRow,
    table_of,
)
from feedhub.store.tombstones import bury

POLLS_KEPT = timedelta(days=30)
_STORIES = 200  # that one step looks at
_ROWS = 2_000  # the same, where a row is small


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went: stories, entries and how much text in bytes, tombstones, feeds that are listed no more, and polls."""

    stories: int = 0
    entries: int = 0
    text: int = 0
    tombstones: int = 0
    feeds: int = 0
    polls: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))


Step = tuple[Pruned, int | None]
"""What went, and where the next step begins."""


def is_due(session: Session, now: datetime) -> bool:
    """Whether it was last done in another hour than this: so the daemon and cron do it alike (R49)."""
    done = session.exec(select(HubRow.pruned_at)).one()
    return done is None or _hour(done) != _hour(now)


def note_done(session: Session, now: datetime) -> None:
    """It was done to its end. Hosts that may be asked again are remembered no longer either."""
    session.execute(update(HubRow).values(pruned_at=now))
    free = (col(HostRow.free_at) <= now) & or_(col(HostRow.not_before).is_(None), col(HostRow.not_before) <= now)
    delete_rows(session, HostRow, free)


def horizon(now: datetime, retention: timedelta) -> datetime:
    """When an entry must have been seen first, or later, to be kept.

    The rest of its first day does not count: matching looks back by whole days, as far as `dedup.window`.
    """
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - retention


def expire(session: Session, after: int, before: datetime, now: datetime, shown: Callable[[], Collection[int]]) -> Step:
    """The stories whose every carrier was first seen before that time and that no document shows. They go whole.

    Stories are numbered as they are founded: the old ones come first, and the look ends where there are no more.
    """
    query = (
        select(StoryRow.id, StoryRow.merged_into).where(col(StoryRow.id) > after, whole()).order_by(col(StoryRow.id))
    )
    rows = [(number, head) for number, head in session.exec(query.limit(_STORIES)) if number is not None]
    ages = _ages(session, [number for number, _head in rows])
    # What is shown under another story goes with that one; what has no carrier left was parted from all of them.
    old = [number for number, head in rows if head is None and (number not in ages or ages[number][1] < before)]
    kept = shown() if old else ()
    going = families(session, [number for number in old if number not in kept])
    entries, text = measure(session, col(EntryRow.story_id).in_(going))
    take_away(session, going, now)
    recent = not old and ages and all(before <= first and last <= now + CLOCK_DRIFT for first, last in ages.values())
    return Pruned(len(going), entries, text), None if recent or len(rows) < _STORIES else rows[-1][0]


def forget_tombstones(session: Session, after: int, retention: timedelta) -> Step:
    """The tombstones that the next feed has not named on so many days on which it brought a new document.

    A feed that is paused, fails, or says the same for years has no such days: whatever it lists then is known.
    """
    query = select(FeedRow.id, FeedRow.document_days).where(col(FeedRow.id) > after).order_by(col(FeedRow.id))
    feed = session.exec(query.limit(1)).first()
    if feed is None or feed[0] is None:
        return Pruned(), None
    number, clock = feed
    silent = select(EntryRow.id).where(EntryRow.feed_id == number, col(EntryRow.last_listed).is_not(None))
    silent = silent.where(col(EntryRow.last_listed) < clock - retention // timedelta(days=1))
    some = session.exec(silent.limit(_ROWS)).all()
    delete_rows(session, EntryRow, col(EntryRow.id).in_(some))
    return Pruned(tombstones=len(some)), number if len(some) < _ROWS else after


def forget_polls(session: Session, after: int, now: datetime) -> Step:
    """The notes of polls that are a month old."""
    query = select(PollRow.id, PollRow.at).where(col(PollRow.id) > after).order_by(col(PollRow.id)).limit(_ROWS)
    rows = [(number, at) for number, at in session.exec(query) if number is not None]
    old = [number for number, at in rows if at < now - POLLS_KEPT]
    delete_rows(session, PollRow, col(PollRow.id).in_(old))
    recent = not old and all(at <= now + CLOCK_DRIFT for _number, at in rows)
    return Pruned(polls=len(old)), None if recent or len(rows) < _ROWS else rows[-1][0]


# --- what a story leaves ----------------------------------------------------------------------------------------------


def families(session: Session, stories: Sequence[int]) -> list[int]:
    """The stories, with those that `merge` shows under them. A story stays while entries of another go by its id (R9).

    Such an entry was in it when outputs first showed it by itself, and has left it since.
    """
    head = func.coalesce(col(StoryRow.merged_into), col(StoryRow.id))
    under = select(StoryRow.id, head).where(col(StoryRow.id).in_(stories) | col(StoryRow.merged_into).in_(stories))
    heads: dict[int, int] = {number: first for number, first in session.exec(under) if number is not None}
    elsewhere = select(head).where(col(StoryRow.id).in_(heads), col(EntryRow.story_id) != head)
    held = {first for mode in PARTS for first in session.exec(elsewhere.join(EntryRow, part(mode) == StoryRow.id))}
    return [number for number, first in heads.items() if first not in held]


def measure(session: Session, *conditions: ColumnElement[bool]) -> tuple[int, int]:
    """How many entries these are, and how many bytes of text they have."""
    texts = col(EntryRow.content), col(EntryRow.summary)
    if session.get_bind().dialect.name == "sqlite":
        sizes = [func.length(cast(text, LargeBinary)) for text in texts]
    else:
        sizes = [func.octet_length(text) for text in texts]
    query = sqlalchemy.select(func.count(), func.coalesce(func.sum(sizes[0] + sizes[1]), 0)).where(*conditions)
    entries, text = session.execute(query).one()
    return entries, int(text)


def take_away(session: Session, stories: Sequence[int], now: datetime) -> None:
    """The stories, from outputs and all: of their entries tombstones stay, of themselves their ids (R13)."""
    if not stories:
        return
    _part(session, stories, now)
    theirs = col(EntryRow.story_id).in_(stories)
    parts = parts_named(session, theirs)
    bury(session, session.exec(select(table_of(EntryRow).c.id).where(theirs)).all())
    _forget(session, stories, now)
    forget_parts(session, parts, now)
    hub.bump(session)


def parts_named(session: Session, entries: ColumnElement[bool]) -> set[int]:
    """The rows of `stories` that are no stories, and under which outputs show these entries (R9)."""
    named = (select(StoryRow.id).join(EntryRow, part(mode) == StoryRow.id).where(entries, ~whole()) for mode in PARTS)
    return {number for query in named for number in session.exec(query) if number is not None}


def forget_parts(session: Session, parts: Collection[int], now: datetime) -> None:
    """Take away those of the parts that no entry is shown under any more. Another entry takes on one that is left."""
    heirs: dict[int, int] = {}
    for mode in PARTS:
        query = sqlalchemy.select(part(mode), func.min(col(EntryRow.id))).where(part(mode).in_(parts))
        heirs.update(map(tuple, session.execute(query.group_by(part(mode)))))
    for number, entry in heirs.items():
        session.get_one(StoryRow, number).entry_id = entry
    session.flush()
    _forget(session, [number for number in parts if number not in heirs], now)


def delete_rows(session: Session, model: Any, condition: ColumnElement[bool]) -> int:
    """Delete the rows for which this holds; returns how many."""
    done: Any = session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
    return int(done.rowcount)


def whole() -> ColumnElement[bool]:
    """Whether a row of `stories` is a story: not what an output shows one of its entries under (R9)."""
    return col(StoryRow.entry_id).is_(None)


def _forget(session: Session, stories: Sequence[int], now: datetime) -> None:
    """Delete these rows, from outputs as well; their ids stay."""
    if not stories:
        return
    _leave_outputs(session, stories, now)
    urns = session.exec(select(StoryRow.urn).where(col(StoryRow.id).in_(stories)))
    session.execute(insert(table_of(GoneRow)), [{"id": hashed(urn)} for urn in urns])
    delete_rows(session, StoryRow, col(StoryRow.id).in_(stories))


def _part(session: Session, stories: Collection[int], now: datetime) -> None:
    """No other story is said to resemble these any more, which documents show."""
    one, other = col(RelatedRow.story_id), col(RelatedRow.other_id)
    either = one.in_(stories) | other.in_(stories)
    pairs = session.exec(select(RelatedRow.story_id, RelatedRow.other_id).where(either))
    touch(session, {number for pair in pairs for number in pair}.difference(stories), now)
    delete_rows(session, RelatedRow, either)


def _leave_outputs(session: Session, stories: Iterable[int], now: datetime) -> None:
    """Their numbers are free for ever; that they are is noted, so that what has changed by it gets a new date (R39)."""
    output, there = col(SequenceRow.output_id), col(SequenceRow.story_id).in_(stories)
    last = sqlalchemy.select(output, func.max(SequenceRow.number)).where(there).group_by(output)
    for number, highest in session.execute(last).all():
        row = session.get_one(OutputRow, number)
        row.expired_number, row.expired_at = max(row.expired_number, highest), now
    session.flush()
    delete_rows(session, SequenceRow, there)


def _ages(session: Session, stories: Sequence[int]) -> dict[int | None, tuple[datetime, datetime]]:
    """When the first and the last carrier of each story were first seen."""
    story, first_seen = col(EntryRow.story_id), col(EntryRow.first_seen)
    query = sqlalchemy.select(story, func.min(first_seen), func.max(first_seen)).where(story.in_(stories))
    return {number: (first, last) for number, first, last in session.execute(query.group_by(story))}


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
