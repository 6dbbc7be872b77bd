"""The stories that the operator has taken down (`hide`)."""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlmodel import Session, col, select

from feedhub.net.urls import canonical_url
from feedhub.store.database import chunks
from feedhub.store.feeds import hashed
from feedhub.store.tables import EntryRow, StoryRow

_PAGE = re.compile(r"stories/([0-9a-f-]{36})(?:\.json)?")


def named(hide: Collection[str], site_url: str) -> frozenset[str]:
    """The public ids that `hide` names, as ids or as addresses of the stories' own pages below `site_url`."""
    pages = (_PAGE.fullmatch(line.removeprefix(site_url)) for line in hide if line.startswith(site_url))
    return frozenset(line for line in hide if line.startswith("urn:")).union(
        f"urn:uuid:{page[1]}" for page in pages if page
    )


def taken_down(session: Session, hide: Collection[str], site_url: str) -> dict[int, str]:
    """The stories that are hidden: public ids by number.

    A story is hidden by its id, or by the address of an article of any of its carriers.
    """
    found: dict[int, str] = {}
    query = select(StoryRow.id, StoryRow.urn)
    for urns in chunks(named(hide, site_url)):
        found |= {number: urn for number, urn in session.exec(query.where(col(StoryRow.urn).in_(urns))) if number}
    pages = {page for line in hide if (page := canonical_url(line))}
    query = query.join(EntryRow, col(EntryRow.story_id) == StoryRow.id)
    for some in chunks(pages):
        carried = col(EntryRow.url_hash).in_(map(hashed, some)), col(EntryRow.canonical_url).in_(some)
        found |= {number: urn for number, urn in session.exec(query.where(*carried)) if number}
    return found
