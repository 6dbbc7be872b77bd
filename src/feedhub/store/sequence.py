"""The outputs' sequences: which stories entered an output, in what order, and how they are told now.

What stands here of stories holds as well for the parts of them that outputs of another `mode` show as one (R9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from feedhub.config import DedupMode, OutputConfig
from feedhub.store.database import chunks
from feedhub.store.policies import CarrierKey, FeedPolicy, modes, rank
from feedhub.store.stories import part, shown_carriers
from feedhub.store.tables import EntryRow, OutputRow, SequenceRow, StoryRow, table_of
from feedhub.stories.selection import Wording, judge


@dataclass(frozen=True, slots=True)
class Told:
    """A story as it reads now, told by its representative. `source` is the representative's feed, `feeds` are all.

    `story` is its number; of a part, that of the story which the representative belongs to.
    """

    story: int
    source: int
    feeds: frozenset[int]
    wording: Wording


@dataclass(frozen=True, slots=True)
class Place:
    """A story's place in an output, and its order key (R15)."""

    number: int
    story: int
    published: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """An entry that was matched: the story that carried it, None for a new entry, and the one that carries it now.

    `edited_at` is when a significant edit of it came in, None where it is matched for another reason.
    """

    entry: int
    before: int | None
    after: int
    edited_at: datetime | None = None


def enter(
    session: Session, policies: Mapping[int, FeedPolicy], stories: Iterable[int], mode: DedupMode = "story"
) -> None:
    """Number the stories into the outputs that they belong to and have no number in yet, in this order (R12, R45)."""
    _number(session, _belong(session, policies, stories, mode))


def entering(session: Session, policies: Mapping[int, FeedPolicy]) -> dict[str, list[int]]:
    """The stories that :func:`backfill` would let enter, by output, in their order. Reads only."""
    rows = {row.name: row for row in session.exec(select(OutputRow))}
    known = {name: set(_numbered(session, row)) for name, row in rows.items()}
    found: dict[str, list[int]] = {}
    for mode in modes(policies):
        belonging = _belong(session, policies, _carried(session, policies, mode), mode)
        for name, stories in belonging.entering.items():
            found[name] = [number for number in stories if number not in known.get(name, ())]
    return found


def follow(session: Session, policies: Mapping[int, FeedPolicy], moves: Sequence[Move], mode: DedupMode) -> None:
    """Number the stories as their entries moved, each move after those before it, as if each were alone (R7).

    A story enters an output with the entry by which it first belongs there, however many were matched at once.
    """
    stories = dict.fromkeys(story for move in moves for story in (move.before, move.after) if story is not None)
    groups: defaultdict[int | None, dict[int, _Telling]] = defaultdict(dict)
    for story, carriers in _tellings(session, stories, policies, mode):
        groups[story] = {one.entry: one for one in carriers}
    found = {entry: one for group in groups.values() for entry, one in group.items()}
    for move in reversed(moves):
        del groups[move.after][move.entry]
        groups[move.before][move.entry] = found[move.entry]
    belonging = _Belonging(mode)
    for move in moves:
        del groups[move.before][move.entry]
        groups[move.after][move.entry] = found[move.entry]
        for number in filter(None, (move.before, move.after)):
            if groups[number]:
                belonging.judge(number, _told([*groups[number].values()], policies), policies)
    _number(session, belonging)


class _Belonging:
    """The stories that belong in each output of a mode, by its name, in the order in which they enter."""

    def __init__(self, mode: DedupMode) -> None:
        self._mode = mode
        self.entering: defaultdict[str, dict[int, None]] = defaultdict(dict)

    def judge(self, story: int, told: Told, policies: Mapping[int, FeedPolicy]) -> None:
        """Take the story up in the outputs in which it belongs as it is told now."""
        of_feeds = {output.id: output for feed in told.feeds for output in policies[feed].outputs.values()}
        taking = {name: output.match for name, output in of_feeds.items() if output.dedup == self._mode}
        for name, match in taking.items():
            if story not in self.entering[name] and judge(match, told.wording).selected:
                self.entering[name][story] = None


def _belong(
    session: Session, policies: Mapping[int, FeedPolicy], stories: Iterable[int], mode: DedupMode
) -> _Belonging:
    belonging = _Belonging(mode)
    for some in chunks(dict.fromkeys(stories)):
        told = tell(session, some, policies, mode)
        for story in filter(told.__contains__, some):
            belonging.judge(story, told[story], policies)
    return belonging


def _number(session: Session, belonging: _Belonging) -> None:
    outputs = {row.name: row for row in session.exec(select(OutputRow))}
    for name, entering in belonging.entering.items():
        output = outputs[name]
        known = _numbered_among(session, output, entering)
        new = [story for story in entering if story not in known]
        rows = [
            {"output_id": output.id, "number": number, "story_id": story}
            for number, story in enumerate(new, start=output.last_number + 1)
        ]
        if rows:
            session.execute(insert(table_of(SequenceRow)), rows)
            output.last_number += len(rows)


def backfill(session: Session, policies: Mapping[int, FeedPolicy]) -> None:
    """Let stories enter the outputs they belong to since the configuration changed, oldest first."""
    for mode in modes(policies):
        enter(session, policies, _carried(session, policies, mode), mode)


def _carried(session: Session, feeds: Collection[int], mode: DedupMode) -> list[int]:
    """The stories, or parts of them, that one of the feeds carries, oldest first."""
    carried = select(EntryRow.id).where(part(mode) == StoryRow.id, col(EntryRow.feed_id).in_(feeds))
    query = select(StoryRow.id).where(carried.exists()).order_by(col(StoryRow.published), col(StoryRow.id))
    return [story for story in session.exec(query) if story is not None]


def ends(session: Session, output: str) -> tuple[int, int]:
    """The first number that a story still has in the output, and the last that was given.

    Where no story is left, or the output is not known yet, the first is the one that comes next.
    """
    row = session.exec(select(OutputRow).where(OutputRow.name == output)).first()
    if row is None:
        return 1, 0
    first = session.exec(select(func.min(SequenceRow.number)).where(SequenceRow.output_id == row.id)).one()
    return first or row.last_number + 1, row.last_number


def places(
    session: Session,
    output: OutputConfig,
    feeds: Collection[int],
    *,
    above: int = 0,
    below: int | None = None,
    limit: int,
) -> list[Place]:
    """The newest `limit` places between two numbers, both excluded, of stories that a feed among `feeds` carries."""
    query = _places(output, feeds).where(col(SequenceRow.number) > above)
    if below is not None:
        query = query.where(col(SequenceRow.number) < below)
    return [Place(*row) for row in session.execute(query.order_by(col(SequenceRow.number).desc()).limit(limit))]


def next_places(session: Session, output: str, stories: Sequence[int]) -> list[Place]:
    """The places that these stories would take if they entered the output now, in this order; the newest first."""
    _first, last = ends(session, output)
    query = sqlalchemy.select(col(StoryRow.id), col(StoryRow.published))
    found = (session.execute(query.where(col(StoryRow.id).in_(some))) for some in chunks(stories))
    published = {number: at for rows in found for number, at in rows}
    return [Place(n, story, published[story]) for n, story in enumerate(stories, start=last + 1)][::-1]


def latest(session: Session, output: OutputConfig, feeds: Collection[int], limit: int) -> list[Place]:
    """The `limit` places of the stories published last, the latest first."""
    query = _places(output, feeds).order_by(col(StoryRow.published).desc(), col(SequenceRow.number).desc())
    return [Place(*row) for row in session.execute(query.limit(limit))]


def touched(session: Session, output: OutputConfig, first: int, last: int | None = None) -> datetime | None:
    """When one of the stories changed last that have a number from `first` to `last`, carried or not any more.

    A part of a story changes when anything of the story does.
    """
    query = select(func.max(StoryRow.touched))
    if output.dedup == "story":
        query = query.join(SequenceRow, col(SequenceRow.story_id) == StoryRow.id)
    else:
        query = query.join(EntryRow, col(EntryRow.story_id) == StoryRow.id)
        query = query.join(SequenceRow, col(SequenceRow.story_id) == part(output.dedup))
    query = query.join(OutputRow, col(OutputRow.id) == SequenceRow.output_id)
    query = query.where(OutputRow.name == output.id, SequenceRow.number >= first)
    return session.exec(query if last is None else query.where(SequenceRow.number <= last)).one()


def last_until(session: Session, output: str, number: int) -> int | None:
    """The highest number up to this one that a story still has in the output."""
    query = (
        select(SequenceRow.number)
        .join(OutputRow, col(OutputRow.id) == SequenceRow.output_id)
        .where(OutputRow.name == output, SequenceRow.number <= number)
    )
    return session.exec(query.order_by(col(SequenceRow.number).desc()).limit(1)).first()


def expired(session: Session, output: str, first: int) -> datetime | None:
    """When retention last took a story out of the output, where any that it took had this number or a higher one."""
    query = select(OutputRow.expired_at).where(OutputRow.name == output, OutputRow.expired_number >= first)
    return session.exec(query).first()


def tell(
    session: Session, stories: Sequence[int], policies: Mapping[int, FeedPolicy], mode: DedupMode = "story"
) -> dict[int, Told]:
    """How each story is told, by its number; one that no listed feed carries is left out."""
    return {story: _told(carriers, policies) for story, carriers in _tellings(session, stories, policies, mode)}


@dataclass(frozen=True, slots=True)
class _Telling(CarrierKey):
    story: int
    title: str
    summary: str
    categories: Sequence[str]
    language: str | None


def _tellings(
    session: Session, stories: Iterable[int], policies: Mapping[int, FeedPolicy], mode: DedupMode
) -> Iterable[tuple[int, list[_Telling]]]:
    """Each story with its carriers in listed feeds."""
    wording = (EntryRow.story_id, EntryRow.title, EntryRow.summary, EntryRow.categories, EntryRow.language)
    return shown_carriers(session, stories, _Telling, *wording, feeds=policies, mode=mode).items()


def _told(carriers: Sequence[_Telling], policies: Mapping[int, FeedPolicy]) -> Told:
    shown = min(carriers, key=lambda carrier: rank(carrier, policies[carrier.feed]))
    wording = Wording(shown.title, shown.summary, tuple(shown.categories), shown.language)
    return Told(shown.story, shown.feed, frozenset(carrier.feed for carrier in carriers), wording)


def _places(output: OutputConfig, feeds: Collection[int]) -> sqlalchemy.Select[int, int, datetime]:
    carried = select(EntryRow.id).where(part(output.dedup) == SequenceRow.story_id, col(EntryRow.feed_id).in_(feeds))
    return (
        sqlalchemy.select(col(SequenceRow.number), col(SequenceRow.story_id), col(StoryRow.published))
        .join(OutputRow, col(OutputRow.id) == SequenceRow.output_id)
        .join(StoryRow, col(StoryRow.id) == SequenceRow.story_id)
        .where(col(OutputRow.name) == output.id, carried.exists())
    )


def _numbered(session: Session, output: OutputRow) -> Iterable[int]:
    return session.exec(select(SequenceRow.story_id).where(SequenceRow.output_id == output.id))


def _numbered_among(session: Session, output: OutputRow, stories: Iterable[int]) -> set[int]:
    query = select(SequenceRow.story_id).where(SequenceRow.output_id == output.id)
    return {
        number
        for numbers in chunks(stories)
        for number in session.exec(query.where(col(SequenceRow.story_id).in_(numbers)))
    }
