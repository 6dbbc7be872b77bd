"""What is kept no longer goes, as far as no document shows it (R48): the steps of the store, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from sqlmodel import Session

from feedhub.publish.select import Site, shown
from feedhub.store import removal, retention
from feedhub.store.database import Store
from feedhub.store.retention import Pruned, Step


async def prune_when_due(store: Store, site: Site, now: datetime) -> Pruned:
    """Take away what the retention says, once in an hour of the clock. Others write between its steps."""
    if not await store.read(retention.is_due, now):
        return Pruned()
    pruned = Pruned()
    for work in _works(site, now, retention.horizon(now, site.config.retention)):
        place: int | None = 0
        while place is not None:
            some, place = await store.write(work, place)
            pruned += some
    await store.write(retention.note_done, now)
    return pruned


def prune(session: Session, site: Site, now: datetime, *, removed: bool = False) -> Pruned:
    """The same at once, in one transaction. `removed`: with all that feeds brought which are not listed any more."""
    pruned = Pruned()
    for work in _works(site, now, now if removed else retention.horizon(now, site.config.retention)):
        place: int | None = 0
        while place is not None:
            some, place = work(session, place)
            pruned += some
    retention.note_done(session, now)
    return pruned


_Work = Callable[[Session, int], Step]


def _works(site: Site, now: datetime, until: datetime) -> Iterator[_Work]:
    """The kinds of work, each to be done step by step. Feeds that were removed by `until` are forgotten."""
    before = retention.horizon(now, site.config.retention)
    yield lambda session, after: removal.forget_entries(session, after, until, now)
    yield lambda session, after: removal.forget_feeds(session, after, until)
    yield lambda session, after: retention.expire(session, after, before, now, partial(shown, session, site))
    yield lambda session, after: retention.forget_tombstones(session, after, site.config.retention)
    yield lambda session, after: retention.forget_polls(session, after, now)
