"""Months of real feeds, snapshot by snapshot, as a hub that polled at those times would have lived through them."""

from __future__ import annotations

import asyncio
import html
import io
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import feedparser
import pytest

from support import corpus, published
from support.corpus import Snapshot
from support.published import Shown
from support.publisher import Publisher
from support.running import Running, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# The series and how many distinct items each holds. FEEDHUB_TEST_REPLAY names those to run, "all" or a few.
ITEMS = {
    "bbc": 908,
    "rnz": 2513,
    "nzherald": 754,
    "smh": 574,
    "stuffnz": 385,
    "philstar": 913,
    "gmanews": 2912,
    "aljazeera-youtube-atom": 121,
    "dailytelegraph-breaks": 609,
    "aljazeera-zh-machine-translated": 16,
}
WANTED = os.environ.get("FEEDHUB_TEST_REPLAY", "bbc rnz")
SERIES = list(ITEMS) if WANTED == "all" else WANTED.split()

# Documents that end too early and yet bring something, by series.
PARTLY_READ = {"nzherald": ["20200428T003440Z"]}  # cut inside its 20th item; of the 19 whole ones eight are new

SECONDS = "%Y-%m-%dT%H:%M:%SZ"
FEEDS_YAML = """
site: {title: Replayed, url: 'https://hub.example/'}
hosts: {spacing: 0s}
feeds:
  - {id: replayed, url: '%s'}
"""


@dataclass(frozen=True, slots=True)
class Item:
    """What feedparser alone makes of an item: its id, else its link, and its headline as plain text."""

    key: str
    title: str


@dataclass
class Replay:
    """What a subscriber saw of a series. `first` and `latest` are the stories by id as first and as last shown."""

    name: str
    snapshots: int = 0
    items: dict[str, str] = field(default_factory=dict)  # each distinct item's last headline
    story_of: dict[str, str] = field(default_factory=dict)  # the story that an item became, by its key
    first: dict[str, Shown] = field(default_factory=dict)
    latest: dict[str, Shown] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)  # each story's date at the end, by id
    updated: str = ""  # the output's own
    retitled: int = 0
    surprises: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    changed_by_faults: list[str] = field(default_factory=list)


def items(body: bytes) -> list[Item]:
    """The items of a document that are whole, each once; BBC tells a guid's places in its lists by a fragment (R4)."""
    entries = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries
    found = {}
    for entry in entries if is_whole(body) else entries[:-1]:
        key = re.sub(r"#\d+$", "", entry.get("id") or entry.get("link", ""))
        found[html.unescape(key)] = plain(entry.get("title", ""))
    return [Item(key, title) for key, title in found.items()]


def plain(title: str) -> str:
    """Without tags, references and control characters."""
    text = html.unescape(re.sub(r"<[^<>]*>", "", title))
    return " ".join(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", text).split())


def is_whole(body: bytes) -> bool:
    """Whether the publisher's document is there to its end."""
    return body.rstrip().endswith((b"</rss>", b"</feed>"))


@pytest.fixture(params=SERIES)
def replay(request: pytest.FixtureRequest, test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    return lived_through(test_data, request.param, tmp_path_factory.getbasetemp() / f"replay-{request.param}")


@cache
def lived_through(data: Path, name: str, folder: Path) -> Replay:
    return asyncio.run(live_through(name, corpus.series(data, name), folder))


async def live_through(name: str, snapshots: Sequence[Snapshot], folder: Path) -> Replay:
    replay = Replay(name)
    with Publisher() as publisher:
        async with running(folder, FEEDS_YAML % publisher.url("/feed"), snapshots[0].at) as hub:
            for snapshot in snapshots:
                publisher.serve("/feed", snapshot.body)
                await live_on(replay, hub, snapshot)
            replay.stored = {urn: f"{story.published:{SECONDS}}" for urn, story in hub.stories().items()}
    return replay


async def live_on(replay: Replay, hub: Running, snapshot: Snapshot) -> None:
    """One poll, and what the subscriber finds afterwards."""
    name, body = snapshot.path.stem, snapshot.body
    before = None if is_whole(body) else documents(hub)
    poll = (await hub.tick(snapshot.at)).polls["replayed"]
    replay.snapshots += 1
    if (poll.failure is None) != bool(body):
        replay.surprises.append(f"{name}: {len(body)} bytes are {poll.state}")
    if before is not None and before != documents(hub):
        replay.changed_by_faults.append(name)
    document = hub.document("feed.atom")
    stories = {story.id: story for story in published.shown("feed.atom", document)}
    compare(replay, name, items(body), stories)
    note_moves(replay, name, stories, f"{snapshot.at:{SECONDS}}")
    if replay.updated > (updated := published.updated(document)):
        replay.moved.append(f"{name}: the output was updated {replay.updated}, now {updated}")
    replay.latest |= stories
    replay.updated = updated


def documents(hub: Running) -> list[bytes]:
    return [hub.document(f"feed.{form}") for form in ("atom", "rss", "json")]


def compare(replay: Replay, name: str, found: Sequence[Item], stories: dict[str, Shown]) -> None:
    """Each new item is a new story, under its headline; a known one shows under the same id what it is called now."""
    new = [item for item in found if item.key not in replay.items]
    fresh = [story for story in stories.values() if story.id not in replay.first]
    for item in new:
        story = next((story for story in fresh if story.title == item.title), None)
        if story is None:
            replay.surprises.append(f"{name}: not published: {item}")
        else:
            fresh.remove(story)
            replay.story_of[item.key] = story.id
    replay.surprises += [f"{name}: published without an item: {story}" for story in fresh]
    for item in found:
        shown = stories.get(replay.story_of.get(item.key, ""))
        if shown and shown.title != item.title:
            replay.surprises.append(f"{name}: {item} is published as {shown}")
        replay.retitled += replay.items.get(item.key, item.title) != item.title
        replay.items[item.key] = item.title
    replay.first = stories | replay.first


def note_moves(replay: Replay, name: str, stories: dict[str, Shown], now: str) -> None:
    """A story's date never moves, its update only onward, and neither lies in the future (R3, R15, R16)."""
    for story in stories.values():
        if story.published != replay.first[story.id].published:
            replay.moved.append(f"{name}: {story} was published {replay.first[story.id].published}")
        if story.updated < replay.latest.get(story.id, story).updated:
            replay.moved.append(f"{name}: {story} was updated {replay.latest[story.id].updated}")
        if max(story.published, story.updated) > now:
            replay.moved.append(f"{name}: {story} lies in the future")


def test_r3_each_item_is_one_story_for_ever(replay: Replay, capsys: pytest.CaptureFixture[str]) -> None:
    """Every distinct item is published once, at once, and an edit shows in its place under the same id."""
    with capsys.disabled():
        counts = f"{len(replay.items)} items, {len(replay.stored)} stories, {replay.retitled} new headlines"
        print(f"\n{replay.name}: {replay.snapshots} snapshots, {counts}")
    assert replay.surprises == []
    assert len(replay.items) == ITEMS[replay.name]
    assert len(replay.story_of) == len(replay.items) == len(set(replay.story_of.values())) == len(replay.stored)


def test_r15_no_story_is_dated_anew(replay: Replay) -> None:
    """Through all snapshots no id or date moves, and what is called updated moves onward only."""
    assert replay.moved == []
    assert replay.stored == {story.id: story.published for story in replay.first.values()}


def test_r41_faulty_documents_change_nothing(replay: Replay) -> None:
    """Empty and cut documents leave the published bytes as they were; whole items before a cut count."""
    assert replay.changed_by_faults == PARTLY_READ.get(replay.name, [])
