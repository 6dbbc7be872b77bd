"""Reader apps that people use, subscribed to the hub over HTTP: they show every story, at its time, and none twice."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace

import pytest

from support.feeds import Item, recent, rss
from support.newsboat import Newsboat
from support.program import Program, Service, until
from support.publisher import Publisher
from support.readers import LemonReader, ReaderApp, Rss2email, Seen, Sfeed
from support.requirements import missing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # the first test runs all ten rounds

FEEDS = """
site: {{title: Test}}
defaults: {{interval: 1s, min_interval: 1s, max_interval: 1s}}
feeds:
  - {{url: "{tigris}", id: tigris, priority: 1}}
  - {{url: "{zagros}", id: zagros}}
"""
FORMATS = ("atom", "rss")
APPS: dict[str, type[Newsboat | Sfeed | Rss2email | LemonReader]] = {
    "newsboat": Newsboat,
    "sfeed": Sfeed,
    "rss2email": Rss2email,
    "reader": LemonReader,
}
ROUNDS = 10
ARTICLES = recent(30)[::-1]  # the oldest first
COPIED, REWRITTEN, CORRECTED = 1, 2, 3  # articles of the Tigris Daily that something happens to


@dataclass
class Region:
    """Two newsrooms and the hub that serves both, which can be started again at the same address."""

    publisher: Publisher
    program: Program
    address: str
    hub: Service | None = None
    stack: ExitStack = field(default_factory=ExitStack)
    tigris: list[Item] = field(default_factory=list)
    zagros: list[Item] = field(default_factory=list)

    def start(self) -> None:
        self.hub = self.stack.enter_context(self.program.serving())
        assert self.hub.address == self.address

    def restart(self) -> None:
        assert self.hub
        assert self.hub.stop() == 0
        self.start()

    def publish(self) -> None:
        self.publisher.serve("/tigris", rss(*reversed(self.tigris)))
        self.publisher.serve(
            "/zagros", rss(*reversed(self.zagros), title="Zagros Post", link="https://zagros.example/")
        )

    def until(self, condition: Callable[[list[dict[str, object]]], object], what: str) -> None:
        """Wait until the hub's stories are so."""
        hub = self.hub
        assert hub
        until(lambda: condition(hub.stories()), what)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with Publisher() as publisher, ExitStack() as stack:
        program = Program(tmp_path_factory.mktemp("hub"), FEEDHUB_PORT=str(port))
        program.configure(FEEDS.format(tigris=publisher.url("/tigris"), zagros=publisher.url("/zagros")))
        yield Region(publisher, program, f"http://127.0.0.1:{port}/", stack=stack)


@dataclass(frozen=True)
class Told:
    """What an app said after each round: how many stories are new; and all that it has shown in the end."""

    app: str
    repeats_rewritten: bool
    new: list[int]
    seen: list[Seen]


@pytest.fixture(scope="module")
def told(region: Region, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Told]:
    """One run of ten rounds for all apps that there are, by app and format."""
    there = {name: app for name, app in APPS.items() if app.missing() is None}
    folder = tmp_path_factory.mktemp("readers")
    new: dict[tuple[str, str], list[int]] = {(name, form): [] for name in there for form in FORMATS}
    begin(region)
    subscribed: dict[tuple[str, str], ReaderApp] = {
        (name, form): there[name](folder / name / form, f"{region.address}feed.{form}") for name, form in new
    }
    for number in range(ROUNDS):
        if number:
            happen(region, number)
        for key, app in subscribed.items():
            new[key].append(app.reload())
    return {key: Told(key[0], app.repeats_rewritten, new[key], app.seen()) for key, app in subscribed.items()}


def begin(region: Region) -> None:
    """Six stories of one newsroom and two of the other."""
    region.tigris, region.zagros = ARTICLES[:6], ARTICLES[6:8]
    region.publish()
    region.start()
    region.until(lambda stories: len(stories) == 8, "8 stories")


# How many stories are new in each round; in the fourth, the sixth and the seventh something else happens.
NEW = [8, 2, 2, 0, 2, 0, 0, 2, 2, 2]


def happen(region: Region, number: int) -> None:
    """What newsrooms do in a round, until the hub shows it."""
    match number:
        case 3:
            copy = ARTICLES[COPIED]
            link = f"{copy.link}?utm_source=zagros"
            region.zagros.append(replace(copy, title=str(copy.title).upper(), link=link, guid="zagros-1"))
            region.publish()
            region.until(merged, "a merged story")
        case 5:
            region.tigris[REWRITTEN] = replace(ARTICLES[REWRITTEN], title=REWRITTEN_HEADLINE)
            region.tigris[CORRECTED] = replace(ARTICLES[CORRECTED], text=CORRECTION)
            region.publish()
            region.until(edited, "both edits")
        case 6:
            region.restart()
            region.until(lambda stories: len(stories) == sum(NEW[:number]), "the stories of before")
        case _:
            known = sum(NEW[:number])
            region.tigris.append(ARTICLES[known])
            region.zagros.append(ARTICLES[known + 1])
            region.publish()
            region.until(lambda stories: len(stories) == known + 2, f"{known + 2} stories")


REWRITTEN_HEADLINE = "Rewritten headline of a story that is already out"
CORRECTION = "<p>A correction replaces the whole report: nobody came, and the works go on until spring.</p>"


def merged(stories: list[dict[str, object]]) -> bool:
    return any(len(story["_feedhub"]["carriers"]) == 2 for story in stories)  # type: ignore[index]


def edited(stories: list[dict[str, object]]) -> bool:
    titles = {story["title"] for story in stories}
    return REWRITTEN_HEADLINE in titles and any("nobody came" in str(story["content_html"]) for story in stories)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", APPS)
def test_a_reader_app_shows_each_story_once(name: str, form: str, request: pytest.FixtureRequest) -> None:
    """Over ten rounds with new stories, a merge, two edits and a restart of the hub (R1, R3, R13).

    All stories under their addresses and at their times; what an app says is new was never there before.
    """
    if absent := APPS[name].missing():
        missing(absent)
    told: Told = request.getfixturevalue("told")[name, form]
    assert told.new == [new + (number == 5 and told.repeats_rewritten) for number, new in enumerate(NEW)]
    expected = ARTICLES[: sum(NEW)]
    assert {story.url: story.published for story in told.seen} == {
        str(article.link): article.published for article in expected
    }
    shown = Counter(story.id for story in told.seen)
    assert len(shown) == len(expected)
    assert shown.total() == len(expected) + told.repeats_rewritten


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["newsboat", "reader"])
def test_r3_a_reader_app_shows_the_new_headline(name: str, form: str, request: pytest.FixtureRequest) -> None:
    """R3: those that follow edits have the newest headline at the story's first time."""
    if absent := APPS[name].missing():
        missing(absent)
    told: Told = request.getfixturevalue("told")[name, form]
    titles = {story.url: story.title for story in told.seen}
    assert titles[str(ARTICLES[REWRITTEN].link)] == REWRITTEN_HEADLINE
