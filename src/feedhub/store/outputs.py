"""What the outputs hold: stories with their carriers, as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy
from sqlmodel import Session, col, select

from feedhub.models import Carrier, Direction, Enclosure, Picture, Source, Story
from feedhub.store.database import chunks
from feedhub.store.policies import CarrierKey, FeedPolicy, rank
from feedhub.store.tables import EntryRow, FeedRow, HubRow, OutputRow, StoryRow


@dataclass(frozen=True, slots=True)
class Output:
    """An output's stored side. `described_at` is when something that all outputs show last changed."""

    urn: str
    created_at: datetime
    described_at: datetime


def output(session: Session, name: str) -> Output:
    """The permanent identity of an output that the configuration in force names."""
    row = session.exec(select(OutputRow).where(OutputRow.name == name)).one()
    return Output(row.urn, row.created_at, session.get_one(HubRow, 1).described_at)


def stories(session: Session, numbers: Sequence[int], policies: Mapping[int, FeedPolicy]) -> list[Story]:
    """The stories of these numbers, in their order, told by their representatives among the listed feeds.

    A story that no listed feed carries is left out.
    """
    carriers = _carriers(session, numbers, policies)
    sources = feed_sources(session, policies)
    rows = {row.id: row for row in _story_rows(session, numbers)}
    shown = {row.story_id: row for row in _entry_rows(session, [group[0].entry for group in carriers.values()])}
    return [
        _story(rows[number], shown[number], tuple(_carrier(carrier, sources) for carrier in carriers[number]))
        for number in numbers
        if number in carriers
    ]


def find(session: Session, urn: str) -> int | None:
    """The number of the story with this public id."""
    return session.exec(select(StoryRow.id).where(StoryRow.urn == urn)).first()


@dataclass(frozen=True, slots=True)
class _CarrierRow(CarrierKey):
    link: str
    title: str
    published: datetime
    rule: str
    evidence: str


def _carriers(
    session: Session, numbers: Sequence[int], policies: Mapping[int, FeedPolicy]
) -> dict[int, list[_CarrierRow]]:
    """Each story's carriers in listed feeds, the representative first."""
    found: defaultdict[int, list[_CarrierRow]] = defaultdict(list)
    query = sqlalchemy.select(
        col(EntryRow.story_id),
        col(EntryRow.id),
        col(EntryRow.feed_id),
        col(EntryRow.first_seen),
        col(EntryRow.key),
        col(EntryRow.link),
        col(EntryRow.title),
        col(EntryRow.published),
        col(EntryRow.rule),
        col(EntryRow.evidence),
    ).where(col(EntryRow.feed_id).in_(policies))
    for chunk in chunks(numbers):
        for story, *fields in session.execute(query.where(col(EntryRow.story_id).in_(chunk))):
            found[story].append(_CarrierRow(*fields))
    return {
        story: sorted(carriers, key=lambda carrier: rank(carrier, policies[carrier.feed]))
        for story, carriers in found.items()
    }


def _story_rows(session: Session, numbers: Sequence[int]) -> Iterator[StoryRow]:
    for chunk in chunks(numbers):
        yield from session.exec(select(StoryRow).where(col(StoryRow.id).in_(chunk)))


def _entry_rows(session: Session, numbers: Sequence[int]) -> Iterator[EntryRow]:
    for chunk in chunks(numbers):
        yield from session.exec(select(EntryRow).where(col(EntryRow.id).in_(chunk)))


def feed_sources(session: Session, policies: Mapping[int, FeedPolicy]) -> dict[int, Source]:
    """How each listed feed is named to readers: as configured, else as it calls itself."""
    sources = {}
    for row in session.exec(select(FeedRow)):
        if row.id is not None and (policy := policies.get(row.id)):
            sources[row.id] = Source(policy.key, policy.title or row.title or policy.key, row.link, policy.url)
    return sources


def _carrier(row: _CarrierRow, sources: Mapping[int, Source]) -> Carrier:
    return Carrier(
        source=sources[row.feed],
        url=row.link,
        title=row.title,
        published=row.published,
        first_seen=row.first_seen,
        rule=row.rule,
        evidence=row.evidence,
    )


def _story(row: StoryRow, shown: EntryRow, carriers: tuple[Carrier, ...]) -> Story:
    return Story(
        id=row.urn,
        published=row.published,
        updated=row.updated,
        touched=row.touched,
        title=shown.title,
        url=shown.link,
        summary=shown.summary,
        content=shown.content,
        author=shown.author,
        categories=tuple(shown.categories),
        language=shown.language,
        direction=cast(Direction, shown.direction),
        picture=Picture(**shown.picture) if shown.picture else None,
        enclosures=tuple(Enclosure(**enclosure) for enclosure in shown.enclosures),
        carriers=carriers,
    )
