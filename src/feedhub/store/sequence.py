"""The places that stories take in the outputs: numbers given once, when a story enters, and never again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from feedhub.store.database import chunks
from feedhub.store.policies import FeedPolicy
from feedhub.store.tables import EntryRow, OutputRow, SequenceRow, StoryRow, table_of


def enter_outputs(session: Session, policies: Mapping[int, FeedPolicy], stories: Sequence[tuple[int, int]]) -> None:
    """Number (story, feed) pairs into the outputs of their feeds, where the story has no number yet, in this order."""
    outputs = {row.name: row.id for row in session.exec(select(OutputRow)) if row.id is not None}
    wanted: defaultdict[int, dict[int, None]] = defaultdict(dict)
    for story, feed in stories:
        for name in policies[feed].outputs:
            wanted[outputs[name]][story] = None
    for output, entering in wanted.items():
        last = select(func.coalesce(func.max(SequenceRow.number), 0)).where(SequenceRow.output_id == output)
        numbers, known = count(session.exec(last).one() + 1), _numbered(session, output, entering)
        new = [story for story in entering if story not in known]
        if new:
            rows = [{"output_id": output, "number": next(numbers), "story_id": story} for story in new]
            session.execute(insert(table_of(SequenceRow)), rows)


def backfill(session: Session, policies: Mapping[int, FeedPolicy]) -> None:
    """Let stories enter the outputs they belong to since the configuration changed, oldest first."""
    query = (
        select(EntryRow.story_id, EntryRow.feed_id)
        .join(StoryRow, col(StoryRow.id) == EntryRow.story_id)
        .where(col(EntryRow.feed_id).in_(policies))
        .order_by(col(StoryRow.published), col(StoryRow.id))
    )
    pairs = [(story, feed) for story, feed in session.execute(query) if story is not None]
    enter_outputs(session, policies, pairs)


def _numbered(session: Session, output: int, stories: Mapping[int, None]) -> set[int]:
    query = select(SequenceRow.story_id).where(SequenceRow.output_id == output)
    return {
        number
        for numbers in chunks(stories)
        for number in session.exec(query.where(col(SequenceRow.story_id).in_(numbers)))
    }
