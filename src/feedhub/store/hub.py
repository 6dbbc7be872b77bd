"""The hub's own row: its revision, and when what describes it last changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from feedhub.store.tables import HubRow, OutputRow

_OUTPUTS = uuid.uuid5(uuid.NAMESPACE_URL, "https://feedhub.invalid/outputs")


def revision(session: Session) -> int:
    """Counts the changes that a published document could show; 0 before the first start."""
    return session.exec(select(HubRow.revision)).first() or 0


def created_at(session: Session) -> datetime:
    """When the hub was first started."""
    return session.exec(select(HubRow.created_at)).one()


def described_at(session: Session) -> datetime:
    """When something that all documents show last changed."""
    return session.exec(select(HubRow.described_at)).one()


def reach(session: Session) -> tuple[bool, datetime | None]:
    """Whether no listed feed could be reached when last tried, and since when that is so or no longer so."""
    return session.exec(select(HubRow.unreachable, HubRow.reach_changed_at)).one()


def site_url(session: Session) -> str | None:
    """The site's address at the last start, None before the first."""
    return session.exec(select(HubRow.site_url)).first()


def bump(session: Session) -> None:
    """Say that published documents may have changed."""
    session.execute(update(HubRow).values(revision=col(HubRow.revision) + 1))


def redescribe(session: Session, now: datetime) -> None:
    """Say that something all outputs show changed: a feed's title, the configuration, the program."""
    session.execute(update(HubRow).values(revision=col(HubRow.revision) + 1, described_at=now))


def note_rename(session: Session) -> None:
    """Remember that a feed calls itself otherwise: documents that name it change with the next matching."""
    session.execute(update(HubRow).values(renamed=True))


def settle_renames(session: Session, now: datetime) -> bool:
    """Make known what :func:`note_rename` remembered; False if that was nothing."""
    renamed = session.exec(select(HubRow.renamed)).first() or False
    if renamed:
        session.execute(update(HubRow).values(renamed=False))
        redescribe(session, now)
    return renamed


def note_reach(session: Session, now: datetime, *, unreachable: bool) -> None:
    """Remember whether no feed at all could be reached: the page says so."""
    session.execute(
        update(HubRow)
        .where(col(HubRow.unreachable) != unreachable)
        .values(revision=col(HubRow.revision) + 1, unreachable=unreachable, reach_changed_at=now)
    )


def configuration(session: Session) -> dict[str, Any] | None:
    """The note of the configuration in force; None before the first start."""
    note = session.exec(select(HubRow.configuration)).first()
    return dict(note) if note else None


def note_configuration(session: Session, note: dict[str, Any]) -> None:
    """Remember the configuration in force."""
    if configuration(session) != note:
        session.execute(update(HubRow).values(configuration=note))


def describe(session: Session, description: str, site_url: str, outputs: Iterable[str], now: datetime) -> bool:
    """Note the configuration in force, given as a digest, and give new outputs their permanent ids; True if it changed.

    An output's id comes from its name and the site's address at the very first start, so that it survives a move.
    """
    hub = session.get(HubRow, 1)
    if hub and hub.description == description:
        return False
    if hub is None:
        hub = HubRow(created_at=now, first_site_url=site_url, described_at=now)
        session.add(hub)
    hub.description, hub.site_url = description, site_url
    session.flush()
    redescribe(session, now)
    known = set(session.exec(select(OutputRow.name)))
    for name in outputs:
        if name not in known:
            urn = uuid.uuid5(_OUTPUTS, f"{hub.first_site_url}\n{name}").urn
            session.add(OutputRow(name=name, urn=urn, created_at=now))
    session.flush()
    return True
