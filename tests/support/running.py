"""A hub at work in this process: the pass of `feedhub poll` on a database of its own, with the time as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from feedhub.config import Config, load
from feedhub.hub import Hub, open_hub, open_store
from feedhub.ingest.passes import PassReport
from feedhub.models import Document, Poll
from feedhub.publish.documents import render
from feedhub.settings import Settings
from feedhub.store.database import Store
from feedhub.store.matching import Matched
from feedhub.store.tables import EntryRow, FeedRow, StoryRow


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass came to: each feed's poll by its id, and what became of the entries."""

    report: PassReport
    matched: Matched

    @property
    def polls(self) -> dict[str, Poll]:
        return dict(self.report.polls)

    @property
    def quiet(self) -> bool:
        """Whether nothing came of it: no entry new, none edited, no story touched."""
        news = [poll.news for poll in self.report.polls.values() if poll.news]
        return not self.matched.changed and not any(found.arrivals or found.edits for found in news)


class Running:
    """A hub that is open."""

    def __init__(self, hub: Hub, store: Store) -> None:
        self.hub, self.store = hub, store

    async def tick(self, now: datetime, only: Sequence[str] = ()) -> Pass:
        """Poll all feeds, or those with the ids `only` in that order, and match what they brought."""
        asked = await self.hub.askable(now, only)
        memories = sorted(asked, key=lambda memory: only.index(memory.key)) if only else asked
        report = await self.hub.poll(memories, now, lambda _feed, _poll: None)
        return Pass(report, await self.hub.match(now))

    def document(self, path: str) -> bytes:
        with self.store.reading() as session:
            found = render(session, self.hub.site, path)
        assert isinstance(found, Document), path
        return found.body

    def states(self) -> dict[str, str]:
        """Each feed's state by its id."""
        with self.store.reading() as session:
            return dict(session.exec(select(FeedRow.key, FeedRow.state)).all())

    def entries(self) -> list[EntryRow]:
        with self.store.reading() as session:
            rows = list(session.exec(select(EntryRow).order_by(col(EntryRow.id))))
            session.expunge_all()
        return rows

    def stories(self) -> dict[str, StoryRow]:
        """Every story by its public id."""
        with self.store.reading() as session:
            rows = list(session.exec(select(StoryRow)))
            session.expunge_all()
        return {row.urn: row for row in rows}


@asynccontextmanager
async def running(folder: Path, feeds_yaml: str, now: datetime) -> AsyncIterator[Running]:
    """A hub on an empty database in `folder`, permitted to ask this machine, adopted at `now`."""
    config = _written(folder, feeds_yaml)
    settings = Settings(config=folder / "feeds.yaml", data=folder, allow_private=True)
    store = open_store(settings)
    try:
        async with open_hub(store, config, settings, now) as hub:
            yield Running(hub, store)
    finally:
        store.close()


def _written(folder: Path, feeds_yaml: str) -> Config:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "feeds.yaml"
    path.write_text(feeds_yaml, encoding="utf-8")
    return load(path, {})
