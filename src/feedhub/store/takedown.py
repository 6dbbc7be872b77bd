"""The stories that the operator has taken down (`hide`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import or_
from sqlmodel import Session, col, select

from feedhub.config import DedupMode
from feedhub.config.references import story_id
from feedhub.net.urls import canonical_url
from feedhub.store.database import chunks, hashed
from feedhub.store.stories import SHOWN_UNDER, part
from feedhub.store.tables import EntryRow, StoryRow


def named(hide: Collection[str], site_url: str) -> frozenset[str]:
    """The public ids that `hide` names, as ids or as addresses of the stories' own pages below `site_url`."""
    return frozenset(id for line in hide if (id := story_id(line, site_url)))


def taken_down(session: Session, hide: Collection[str], site_url: str) -> dict[int, str]:
    """The stories that are hidden: public ids by number.

    A story is hidden by its id, or by the address of an article of any of its carriers. One that `merge` shows under
    another is hidden with it, and takes it along: there its text would still be read.
    """
    shown = {*_with_ids(session, named(hide, site_url)), *_carrying(session, hide)}
    query = select(StoryRow.id, StoryRow.urn)
    return {
        number: urn
        for numbers in chunks(shown)
        for number, urn in session.exec(
            query.where(or_(col(StoryRow.id).in_(numbers), col(StoryRow.merged_into).in_(numbers)))
        )
        if number is not None
    }


def parts_of(session: Session, stories: Collection[int], mode: DedupMode) -> dict[int, str]:
    """What an output of this mode shows these stories' entries under (R9): public ids by number."""
    query = select(StoryRow.id, StoryRow.urn).join(EntryRow, part(mode) == StoryRow.id).distinct()
    return {
        number: urn
        for some in chunks(stories)
        for number, urn in session.exec(query.where(col(EntryRow.story_id).in_(some)))
        if number is not None
    }


def _with_ids(session: Session, urns: Collection[str]) -> Iterator[int]:
    """The stories under which those of these public ids are shown."""
    query = select(SHOWN_UNDER).select_from(StoryRow).outerjoin(EntryRow, col(EntryRow.id) == StoryRow.entry_id)
    for some in chunks(urns):
        yield from session.exec(query.where(col(StoryRow.urn).in_(some)))


def _carrying(session: Session, hide: Collection[str]) -> Iterator[int]:
    """The stories under which an article at one of these addresses is shown."""
    query = select(EntryRow.story_id).where(col(EntryRow.story_id).is_not(None))
    for some in chunks({page for line in hide if (page := canonical_url(line))}):
        carried = col(EntryRow.url_hash).in_(map(hashed, some)), col(EntryRow.canonical_url).in_(some)
        yield from (number for number in session.exec(query.where(*carried)) if number is not None)
