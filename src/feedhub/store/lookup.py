"""Which stories an operator means by an id or an address. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from feedhub.config import Config
from feedhub.config.references import story_id
from feedhub.net.urls import canonical_url, clean_link
from feedhub.store import outputs
from feedhub.store.database import hashed
from feedhub.store.policies import FeedPolicy, policies
from feedhub.store.tables import EntryRow, FeedRow, StoryRow


def id_in(reference: str) -> str | None:
    """The public id that `reference` is, or whose story's page it is the address of, on whatever host; else None.

    A page may have been opened under another address than the public one.
    """
    return story_id(reference, reference.partition("stories/")[0] or None)


def stories_named(session: Session, reference: str) -> list[int]:
    """The story with this id or page, else those that hold an article at this address, newest first.

    Addresses are compared in canonical form; those that have none (wrappers of other hosts) as they are published.
    """
    id = id_in(reference)
    number = outputs.find(session, id) if id else None
    if number is not None:
        return [number]
    query = (
        select(StoryRow.id)
        .where(select(EntryRow.id).where(EntryRow.story_id == StoryRow.id, _at(reference)).exists())
        .order_by(col(StoryRow.published).desc(), col(StoryRow.id))
    )
    return [found for found in session.exec(query) if found is not None]


def is_waiting(session: Session, address: str) -> bool:
    """Whether an article at this address is stored and belongs to no story yet."""
    query = select(EntryRow.id).where(_at(address), col(EntryRow.story_id).is_(None), EntryRow.pending).limit(1)
    return session.exec(query).first() is not None


def known_policies(session: Session, config: Config) -> Mapping[int, FeedPolicy]:
    """The feeds of the configuration that a running hub has taken up, by number."""
    numbers = {key: number for key, number in session.exec(select(FeedRow.key, FeedRow.id)) if number is not None}
    met = tuple(feed for feed in config.feeds if feed.id in numbers)
    return policies(replace(config, feeds=met), numbers)


def _at(address: str) -> ColumnElement[bool]:
    canonical = canonical_url(address)
    if canonical is None:
        return col(EntryRow.link) == clean_link(address)
    return and_(col(EntryRow.url_hash) == hashed(canonical), col(EntryRow.canonical_url) == canonical)
