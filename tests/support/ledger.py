"""A hub without a network: a configuration in force, outcomes recorded, entries matched, outputs read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from feedhub.config import Config, load
from feedhub.hub import adopt
from feedhub.models import Document, Entry, FeedMemory, Gone, OutputView, Poll, Story
from feedhub.publish.archive import load_document
from feedhub.publish.documents import render
from feedhub.publish.pruning import prune
from feedhub.publish.select import Holding, Site
from feedhub.store import feeds, hub, outputs
from feedhub.store.database import Store
from feedhub.store.matching import BATCH, Matched, Matcher
from feedhub.store.polls import record
from feedhub.store.retention import Pruned
from feedhub.store.tables import EntryRow, FeedRow, OutputRow, PollRow, SequenceRow, StoryRow
from support.polls import NOON, at

Row = TypeVar("Row", EntryRow, FeedRow, PollRow)

HUB = "https://hub.example/"

TWO_FEEDS = """
feeds:
  - {url: "https://tigris.example/rss", id: tigris}
  - {url: "https://zagros.example/rss", id: zagros}
"""


def a_config(folder: Path, text: str = TWO_FEEDS, url: str = HUB) -> Config:
    """The configuration of a feeds.yaml with this text, for a hub at this address."""
    path = folder / "feeds.yaml"
    path.write_text(f"site: {{url: '{url}'}}\n{text}", encoding="utf-8")
    return load(path, {})


class Ledger:
    """One database and the configuration in force. Each verb is one transaction."""

    def __init__(
        self, store: Store, folder: Path, text: str = TWO_FEEDS, url: str = HUB, born: datetime = NOON
    ) -> None:
        self.store, self._folder = store, folder
        self.site: Site
        self.adopt(text, born, url)

    def adopt(self, text: str, now: datetime = NOON, url: str = HUB) -> None:
        """Start with this feeds.yaml."""
        config = a_config(self._folder, text, url)
        with self.store.writing() as session:
            self.site = adopt(session, config, None, now)
        self.matcher = Matcher(self.site.policies, self.site.config.dedup)

    def number(self, feed: str) -> int:
        """The store's number of the feed with this id."""
        return next(number for number, policy in self.site.policies.items() if policy.key == feed)

    def record(self, *polls: Poll) -> None:
        """Store these outcomes, each in a transaction of its own."""
        for poll in polls:
            with self.store.writing() as session:
                record(session, poll)

    def match(self, now: datetime = NOON) -> Matched:
        """Match whatever waits, as :meth:`feedhub.hub.Hub.match` does, in one transaction."""
        with self.store.writing() as session:
            matched, waiting = self.matcher.begin(session, now), self.matcher.pending(session)
            for start in range(0, len(waiting), BATCH):
                matched += self.matcher.match(session, waiting[start : start + BATCH], now)
            return matched

    def prune(self, now: datetime, *, removed: bool = False) -> Pruned:
        """Take away what is kept no longer."""
        with self.store.writing() as session:
            return prune(session, self.site, now, removed=removed)

    def answer(self, path: str) -> Document | Gone | None:
        """What stands at this address below the site's."""
        with self.store.reading() as session:
            return render(session, self.site, path)

    def entries_pending(self) -> list[int]:
        """The entries that wait, in the order of matching."""
        with self.store.reading() as session:
            return self.matcher.pending(session)

    def stories(self, output: str = "all", limit: int | None = None) -> list[Story]:
        """What the output's document holds, newest in its sequence first."""
        with self.store.reading() as session:
            config = self.site.output(output)
            assert config is not None
            chosen = Holding(session, self.site, replace(config, limit=limit or config.limit)).chosen()
            numbers = [member.place.story for member in chosen]
            return outputs.stories(session, numbers, self.site.policies, config.dedup)

    def view(self, output: str = "all") -> OutputView:
        """The output's document as the writers get it."""
        config = self.site.output(output)
        assert config is not None
        with self.store.reading() as session:
            return load_document(session, self.site, config)[0]

    def the_story(self, output: str = "all") -> Story:
        """The output's only story."""
        (story,) = self.stories(output)
        return story

    def titles(self, output: str = "all", limit: int | None = None) -> list[str]:
        return [story.title for story in self.stories(output, limit)]

    def revision(self) -> int:
        with self.store.reading() as session:
            return hub.revision(session)

    def memory(self, feed: str) -> FeedMemory:
        """What the next poll of the feed would know."""
        with self.store.reading() as session:
            (memory,) = feeds.due(session, [self.number(feed)], at(days=365))
            return memory

    def known(self, feed: str, entry: Entry) -> int:
        """The store's number of this entry of the feed."""
        with self.store.reading() as session:
            (number,) = feeds.known_items(session, self.number(feed), set(), {entry.guid}, set())
            return number

    def feeds(self) -> Sequence[FeedRow]:
        with self.store.reading() as session:
            return _apart(session, select(FeedRow).order_by(col(FeedRow.id)))

    def entries(self) -> Sequence[EntryRow]:
        with self.store.reading() as session:
            return _apart(session, select(EntryRow).order_by(col(EntryRow.id)))

    def polls(self) -> Sequence[PollRow]:
        with self.store.reading() as session:
            return _apart(session, select(PollRow).order_by(col(PollRow.id)))

    def sequence(self, output: str = "all") -> list[tuple[int, str]]:
        """The whole sequence of an output: numbers with the public ids of their stories."""
        query = (
            select(SequenceRow.number, StoryRow.urn)
            .join(StoryRow, col(StoryRow.id) == SequenceRow.story_id)
            .join(OutputRow, col(OutputRow.id) == SequenceRow.output_id)
            .where(OutputRow.name == output)
            .order_by(col(SequenceRow.number))
        )
        with self.store.reading() as session:
            return [(number, urn) for number, urn in session.exec(query)]


def _apart(session: Session, query: SelectOfScalar[Row]) -> Sequence[Row]:
    """Rows that outlive the session."""
    rows = session.exec(query).all()
    session.expunge_all()
    return rows
