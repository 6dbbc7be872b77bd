"""`demo`: the newsroom and the hub on top, in one process, forgotten when it ends."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from feedhub.cli.serving import listen, run_parts
from feedhub.cli.show import console, plural
from feedhub.config import Config, FeedConfig, Problem
from feedhub.config.watch import ConfigFile
from feedhub.demo.configuration import feeds_yaml
from feedhub.demo.edition import duration
from feedhub.demo.newsroom import newsroom
from feedhub.hub import open_store
from feedhub.ingest.cadence import spoken
from feedhub.ingest.passes import PassReport
from feedhub.models import News, Poll
from feedhub.observe import LogFormat, configure_logging
from feedhub.service import serve_app
from feedhub.settings import Settings
from feedhub.store.database import Store
from feedhub.store.matching import Matched


def run_demo(host: str, port: int, log_format: LogFormat, pace: float) -> None:
    """Run until a signal ends it. `pace` is in seconds."""
    configure_logging(log_format)
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="feedhub-demo-")))
        outlets = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        newsrooms = f"http://127.0.0.1:{outlets.getsockname()[1]}/"
        path = folder / "feeds.yaml"
        path.write_text(feeds_yaml(newsrooms), encoding="utf-8")
        settings = Settings(path, folder, None, True, host, port, log_format)
        listening = held.enter_context(listen(settings))
        settings = replace(settings, port=listening.getsockname()[1])
        store = open_store(settings)
        held.callback(store.close)
        file, every = ConfigFile(path, os.environ), timedelta(seconds=pace)
        guide = held.enter_context(Guide(file.config, settings.address, newsrooms, every))
        asyncio.run(_run(store, file, settings, listening, outlets, guide, every))


async def _run(
    store: Store,
    file: ConfigFile,
    settings: Settings,
    listening: socket.socket,
    outlets: socket.socket,
    guide: Guide,
    pace: timedelta,
) -> None:
    asyncio.get_running_loop().call_later(duration(pace).total_seconds(), guide.all_published)
    async with serve_app(newsroom(lambda: datetime.now(UTC), pace), outlets):
        await run_parts(store, file, settings, listening, guide, polls=True)


class Guide:
    """Tells who runs the demo where to look, then what the newsrooms publish and what the hub makes of it."""

    def __init__(self, config: Config, address: str, newsrooms: str, pace: timedelta) -> None:
        self._config, self._address, self._newsrooms, self._pace = config, address, newsrooms, pace
        self._screen = console()
        self._opened = False  # what was out when the newsrooms opened has been told as one number

    def __enter__(self) -> Self:
        width = len(f"{self._address}feeds/arabic") + 2
        newsrooms, pace = plural(len(self._config.feeds), "newsroom"), self._pace.total_seconds()
        self._say(f"{self._address:{width}}the hub: {newsrooms} in one feed, each story once")
        self._say(f"{self._address + 'outputs':{width}}addresses for your reader app")
        self._say(f"{self._address + 'feeds/arabic':{width}}one of the other feeds, right to left")
        self._say(f"{self._newsrooms:{width}}the newsrooms, all invented, on this machine")
        self._say("")
        self._say(f"They publish an article every {pace:g} s, for {spoken(duration(self._pace))}. Reload the hub and")
        self._say('look for "Also in": what several newsrooms carry is one story, and its page says why. The grain')
        self._say("silo's page shows a look-alike that is none of it. Ctrl-C ends the demo.")
        self._say("")
        return self

    def __exit__(self, *_: object) -> None:
        self._say("\nThe demo has ended; nothing of it is kept.")

    def configured(self, config: Config, mistakes: Sequence[Problem]) -> None:
        pass

    def pass_started(self, feeds: int) -> None:
        pass

    def polled(self, feed: FeedConfig, poll: Poll) -> None:
        if poll.failure:
            self._tell(f"{feed.title}: {poll.message}")
        elif self._opened and poll.news:
            self.delivered(feed, poll.news)

    def delivered(self, feed: FeedConfig, news: News) -> None:
        for arrival in news.arrivals:
            self._tell(f"{feed.title}: {arrival.entry.title}")

    def pass_ended(self, report: PassReport) -> None:
        pass

    def matched(self, matched: Matched) -> None:
        articles = plural(matched.founded + matched.joined, "article")
        if not self._opened:
            self._opened = True
            self._tell(f"{articles} so far: {plural(matched.founded, 'story')}, {matched.joined} merged with another's")
            return
        if matched.joined:
            self._tell(f"  merged {matched.joined} of {articles}: another newsroom had the story already")
        if matched.edited:
            self._tell(f"  {plural(matched.edited, 'article')} edited: still the same story")

    def all_published(self) -> None:
        """The newsrooms have nothing more to say."""
        self._tell("The newsrooms have published all they have. The hub goes on until Ctrl-C.")

    def _tell(self, line: str) -> None:
        self._say(f"{datetime.now(UTC):%H:%M:%S} {line}")

    def _say(self, line: str) -> None:
        self._screen.print(line, markup=False)
