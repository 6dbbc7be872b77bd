"""A reader app that people use, subscribed to the hub over HTTP: it shows every story, and none twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from support import newsboat
from support.feeds import Item, item, rss
from support.newsboat import Newsboat
from support.program import Program, Service, until
from support.publisher import Publisher
from support.requirements import missing

pytestmark = pytest.mark.slow

FEEDS = """
site: {{title: Test}}
defaults: {{interval: 1s, min_interval: 1s, max_interval: 1s}}
feeds:
  - {{url: "{tigris}", id: tigris, priority: 1}}
  - {{url: "{zagros}", id: zagros}}
"""
FORMATS = ("atom", "rss")
TIGRIS = tuple(item(number) for number in range(5))
ZAGROS = tuple(item(number) for number in range(5, 8))


@dataclass(frozen=True, slots=True)
class Region:
    """Two newsrooms, and a hub that serves both."""

    publisher: Publisher
    hub: Service

    def publish(self, tigris: tuple[Item, ...], zagros: tuple[Item, ...]) -> None:
        publish(self.publisher, tigris, zagros)

    def wait_for(self, stories: int) -> None:
        until(lambda: len(self.hub.stories()) == stories, f"{stories} stories")


@pytest.fixture
def region(program: Program) -> Iterator[Region]:
    if not newsboat.program():
        missing("newsboat")
    with Publisher() as publisher:
        publish(publisher, TIGRIS, ZAGROS)
        program.configure(FEEDS.format(tigris=publisher.url("/tigris"), zagros=publisher.url("/zagros")))
        with program.serving() as hub:
            yield Region(publisher, hub)


def publish(publisher: Publisher, tigris: tuple[Item, ...], zagros: tuple[Item, ...]) -> None:
    publisher.serve("/tigris", rss(*tigris))
    publisher.serve("/zagros", rss(*zagros, title="Zagros Post", link="https://zagros.example/"))


def readers(region: Region, folder: Path) -> list[Newsboat]:
    """One for each format that newsboat reads."""
    return [Newsboat(folder / form, f"{region.hub.address}feed.{form}") for form in FORMATS]


def test_a_reader_app_shows_each_story_once(region: Region, tmp_path: Path) -> None:
    """Three reloads; between them two stories arrive, a headline changes, a second newsroom carries a story (R1, R3).

    Newsboat counts as unread what it takes for new: after each reload the reader reads everything.
    """
    region.wait_for(8)
    subscribed = readers(region, tmp_path)
    for reader in subscribed:
        assert reader.reload() == 8
        assert reader.stories() == {article.link: article.title for article in (*TIGRIS, *ZAGROS)}
        reader.read_everything()

    rewritten = replace(TIGRIS[3], title="Rewritten headline of a story that is already out")
    carried = replace(
        TIGRIS[1], title=str(TIGRIS[1].title).upper(), link=f"{TIGRIS[1].link}?utm_source=zagros", guid="zagros-1"
    )
    tigris = (item(8), item(9), *TIGRIS[:3], rewritten, *TIGRIS[4:])
    region.publish(tigris, (carried, *ZAGROS))
    until(lambda: merged_and_rewritten(region.hub, str(rewritten.title)), "the merge and the edit")
    region.wait_for(10)
    for reader in subscribed:
        assert reader.reload() == 2
        assert reader.stories() == {article.link: article.title for article in (*tigris, *ZAGROS)}
        reader.read_everything()

    for reader in subscribed:
        assert reader.reload() == 0
        assert len(reader.stories()) == 10


def merged_and_rewritten(hub: Service, title: str) -> bool:
    """Whether some story has two carriers and some other the new headline."""
    items = hub.stories()
    return any(len(story["_feedhub"]["carriers"]) == 2 for story in items) and any(
        story["title"] == title for story in items
    )
