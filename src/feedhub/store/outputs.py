"""What the outputs hold: stories with their carriers, as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select

from feedhub.config import DedupMode
from feedhub.models import Carrier, Direction, Enclosure, Picture, Related, Source, Story
from feedhub.store.database import chunks
from feedhub.store.policies import CarrierKey, FeedPolicy, rank
from feedhub.store.stories import SHOWN_UNDER, related, shown_carriers
from feedhub.store.tables import EntryRow, FeedRow, HubRow, OutputRow, StoryRow

_MOST_RELATED = 10  # stories that one is said to resemble


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


def stories(
    session: Session, numbers: Sequence[int], policies: Mapping[int, FeedPolicy], mode: DedupMode = "story"
) -> list[Story]:
    """The stories of these numbers, in their order, told by their representatives among the listed feeds.

    In another `mode` they are the parts of stories that have these numbers (R9), which change when their stories do and
    resemble what those resemble. One that no listed feed carries is left out.
    """
    carriers = _carriers(session, numbers, policies, mode)
    wholes = {number: group[0].story for number, group in carriers.items()}
    homes = {carrier.home for group in carriers.values() for carrier in group if carrier.home is not None}
    sources = feed_sources(session, policies)
    rows = {row.id: row for row in _story_rows(session, {*numbers, *wholes.values(), *homes})}
    shown = {row.id: row for row in _entry_rows(session, [group[0].entry for group in carriers.values()])}
    alike = _related(session, list(dict.fromkeys(wholes.values())), policies, sources)
    told = {
        number: _story(
            rows[number],
            shown[group[0].entry],
            tuple(_carrier(carrier, sources, rows) for carrier in group),
            alike.get(wholes[number], ()),
        )
        for number, group in carriers.items()
    }
    if mode != "story":
        told = {number: _as_part(part, rows[number], rows[wholes[number]], mode) for number, part in told.items()}
    return [told[number] for number in numbers if number in told]


def names(session: Session) -> set[str]:
    """Every output that there ever was."""
    return set(session.exec(select(OutputRow.name)))


def find(session: Session, urn: str) -> int | None:
    """The number of the story with this public id; of the one that shows it, where that is another (`merge`, R9)."""
    query = select(SHOWN_UNDER).select_from(StoryRow).outerjoin(EntryRow, col(EntryRow.id) == StoryRow.entry_id)
    return session.exec(query.where(StoryRow.urn == urn)).first()


@dataclass(frozen=True, slots=True)
class _CarrierRow(CarrierKey):
    story: int
    link: str
    title: str
    published: datetime
    rule: str
    evidence: str
    score: float | None
    home: int | None


def _carriers(
    session: Session, numbers: Sequence[int], policies: Mapping[int, FeedPolicy], mode: DedupMode = "story"
) -> dict[int, list[_CarrierRow]]:
    """Each story's carriers in listed feeds, the representative first."""
    columns = (EntryRow.story_id, EntryRow.link, EntryRow.title, EntryRow.published)
    reasons = (EntryRow.rule, EntryRow.evidence, EntryRow.score, EntryRow.home_id)
    found = shown_carriers(session, numbers, _CarrierRow, *columns, *reasons, feeds=policies, mode=mode)
    return {
        story: sorted(carriers, key=lambda carrier: rank(carrier, policies[carrier.feed]))
        for story, carriers in found.items()
    }


def _story_rows(session: Session, numbers: Iterable[int]) -> Iterator[StoryRow]:
    for chunk in chunks(numbers):
        yield from session.exec(select(StoryRow).where(col(StoryRow.id).in_(chunk)))


def _entry_rows(session: Session, numbers: Iterable[int]) -> Iterator[EntryRow]:
    for chunk in chunks(numbers):
        yield from session.exec(select(EntryRow).where(col(EntryRow.id).in_(chunk)))


def feed_sources(session: Session, policies: Mapping[int, FeedPolicy]) -> dict[int, Source]:
    """How each listed feed is named to readers: as configured, else as it calls itself."""
    sources = {}
    for row in session.exec(select(FeedRow)):
        if row.id is not None and (policy := policies.get(row.id)):
            sources[row.id] = Source(policy.key, policy.title or row.title or policy.key, row.link, policy.url)
    return sources


def _related(
    session: Session, numbers: Sequence[int], policies: Mapping[int, FeedPolicy], sources: Mapping[int, Source]
) -> dict[int, tuple[Related, ...]]:
    """What each story resembles without being it, the most alike first, under the stories that it is shown under."""
    wanted = set(numbers)
    pairs = related(session, wanted)
    ends = {number for pair in pairs for number in (pair.story_id, pair.other_id)} - wanted
    rows = {row.id: row for row in _story_rows(session, sorted(ends | wanted)) if row.id is not None}
    places = {number: row.merged_into or number for number, row in rows.items()}
    carriers = _carriers(session, sorted({*places.values()}), policies)
    texts = {row.id: row for row in _entry_rows(session, [group[0].entry for group in carriers.values()])}
    others = {story: texts[group[0].entry] for story, group in carriers.items()}
    rows |= {row.id: row for row in _story_rows(session, sorted(others.keys() - rows.keys())) if row.id is not None}
    found: defaultdict[int, dict[int, Related]] = defaultdict(dict)
    for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.story_id, pair.other_id)):
        one, two = places[pair.story_id], places[pair.other_id]
        for story, other in ((one, two), (two, one)):
            if story in wanted and story != other and other in others and len(found[story]) < _MOST_RELATED:
                entry = others[other]
                row = Related(rows[other].urn, entry.title, entry.link, sources[entry.feed_id], pair.reason)
                found[story].setdefault(other, row)
    return {story: tuple(near.values()) for story, near in found.items()}


def _carrier(row: _CarrierRow, sources: Mapping[int, Source], stories: Mapping[int | None, StoryRow]) -> Carrier:
    if row.home is not None:
        evidence = f"feeds.yaml shows {stories[row.home].urn} under this story"
        row = replace(row, rule="merge", evidence=evidence, score=None)
    return Carrier(
        source=sources[row.feed],
        url=row.link,
        title=row.title,
        published=row.published,
        first_seen=row.first_seen,
        rule=row.rule,
        evidence=row.evidence,
        score=row.score,
    )


def _story(row: StoryRow, shown: EntryRow, carriers: tuple[Carrier, ...], alike: tuple[Related, ...]) -> Story:
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
        related=alike,
    )


def _as_part(told: Story, row: StoryRow, whole: StoryRow, mode: DedupMode) -> Story:
    updated = row.linked_updated if mode == "link" else row.own_updated
    return replace(told, updated=updated or row.published, touched=whole.touched, part_of=whole.urn)
