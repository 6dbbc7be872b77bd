"""What is left of feeds that were taken out of feeds.yaml (R47): steps as in :mod:`feedhub.store.retention`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy
from sqlmodel import Session, col, func, select

from feedhub.store.retention import (
    Pruned,
    Step,
    delete_rows,
    families,
    forget_parts,
    measure,
    parts_named,
    take_away,
)
from feedhub.store.tables import EntryRow, FeedRow, PollRow, RecallRow, SubscriptionRow, WordingRow, table_of

_ROWS = 1_000  # numbers of entries that one step looks at


def removed(session: Session, until: datetime) -> list[int]:
    """The feeds that are not listed any more, since that time or longer."""
    query = select(FeedRow.id).where(col(FeedRow.removed_at) <= until).order_by(col(FeedRow.id))
    return [number for number in session.exec(query) if number is not None]


def removed_keys(session: Session, until: datetime) -> list[str]:
    """Their ids."""
    return list(session.exec(select(FeedRow.key).where(col(FeedRow.removed_at) <= until).order_by(col(FeedRow.id))))


def forget_entries(session: Session, after: int, until: datetime, now: datetime) -> Step:
    """All that these feeds brought: the stories that only they carried go, and others lose these carriers.

    Nothing that is shown changes: what is not listed is not shown.
    """
    feeds, newest = removed(session, until), session.exec(select(func.max(EntryRow.id))).one() or 0
    if not feeds or after >= newest:
        return Pruned(), None
    last = after + _ROWS
    theirs = col(EntryRow.feed_id).in_(feeds) & col(EntryRow.id).between(after + 1, last)
    entries, text = measure(session, theirs, col(EntryRow.last_listed).is_(None))
    stories = families(session, _emptied(session, feeds, after, last))
    take_away(session, stories, now)
    delete_rows(session, WordingRow, col(WordingRow.entry_id).in_(select(EntryRow.id).where(theirs)))
    parts = parts_named(session, theirs)
    rows = delete_rows(session, EntryRow, theirs)
    forget_parts(session, parts, now)
    return Pruned(len(stories), entries, text, tombstones=rows - entries), last


def forget_feeds(session: Session, _after: int, until: datetime) -> Step:
    """The feeds themselves, once their entries are forgotten."""
    feeds = removed(session, until)
    polls = delete_rows(session, PollRow, col(PollRow.feed_id).in_(feeds))
    delete_rows(session, SubscriptionRow, col(SubscriptionRow.feed_id).in_(feeds))
    delete_rows(session, RecallRow, col(RecallRow.feed_id).in_(feeds))
    delete_rows(session, FeedRow, col(FeedRow.id).in_(feeds))
    return Pruned(feeds=len(feeds), polls=polls), None


def _emptied(session: Session, feeds: Collection[int], after: int, last: int) -> list[int]:
    """The stories that keep no carrier once the feeds' entries up to that number are gone."""
    carrier, story = table_of(EntryRow).c.id, table_of(EntryRow).c.story_id
    theirs = col(EntryRow.feed_id).in_(feeds) & carrier.between(after + 1, last) & story.is_not(None)
    touched = set(session.execute(sqlalchemy.select(story).where(theirs).distinct()).scalars())
    stay = story.in_(touched) & (col(EntryRow.feed_id).not_in(feeds) | (carrier > last))
    return sorted(touched.difference(session.execute(sqlalchemy.select(story).where(stay).distinct()).scalars()))
