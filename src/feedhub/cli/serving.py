"""`serve`."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

import structlog

from feedhub.cli.faults import Fault
from feedhub.cli.show import OFFLINE_HINT, console, pass_progress, plural
from feedhub.config import Config, FeedConfig, Problem
from feedhub.config.watch import ConfigFile
from feedhub.hub import Hub, OnPoll, adopt, open_hub, open_store
from feedhub.ingest.passes import PassReport
from feedhub.models import News, Poll
from feedhub.observe import configure_logging
from feedhub.publish.select import Site
from feedhub.service import Listener, Service
from feedhub.settings import Settings
from feedhub.store.database import Store
from feedhub.store.lock import Keep, held_for_good, hold
from feedhub.store.matching import Matched
from feedhub.web.access import Access

log = structlog.get_logger("feedhub")


def run_service(settings: Settings, *, polls: bool, serves: bool) -> None:
    """Serve and poll until a signal ends it."""
    if not (polls or serves):
        raise Fault("--no-poll and --no-web together leave nothing to do")
    file = ConfigFile(settings.config, os.environ)
    configure_logging(settings.log_format, file.config.secrets | settings.secrets)
    with ExitStack() as held:
        listening = held.enter_context(listen(settings)) if serves else None
        if listening:
            settings = replace(settings, port=listening.getsockname()[1])
        store = open_store(settings)
        held.callback(store.close)
        keep = held.enter_context(hold(store, datetime.now(UTC))) if polls else held_for_good
        teller = held.enter_context(Teller(file.config, settings, serves=listening is not None))
        asyncio.run(run_parts(store, file, settings, listening, teller, polls=polls, keep=keep))


def listen(settings: Settings) -> socket.socket:
    """The listening socket; raises Fault where the address is taken or is not this machine's."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # what follows repeats the address
        raise Fault(f"cannot listen at {settings.address}: {reason}; choose another with --host and --port") from error


async def run_parts(
    store: Store,
    file: ConfigFile,
    settings: Settings,
    listening: socket.socket | None,
    listener: Listener,
    *,
    polls: bool,
    keep: Keep = held_for_good,
) -> None:
    """Run the sides that are wanted until a signal ends them; `listener` hears how it goes."""
    address = settings.address if listening else None

    @asynccontextmanager
    async def opening(config: Config) -> AsyncIterator[tuple[Site, Hub | None]]:
        now = datetime.now(UTC)
        if not polls:
            yield await store.write(adopt, config, address, now), None
        else:
            async with open_hub(store, config, settings, now, address=address) as hub:
                yield hub.site, hub

    access = Access.at(settings.host, settings.admin_token)
    service = Service(store, opening, listening, listener, keep, access, allow_private=settings.allow_private)
    await service.run(file)


class Teller:
    """Tells the operator: progress of the first pass on a terminal, then a line in the log for each poll.

    On a terminal polls that brought nothing stay untold: with a feed every few seconds they would hide the others.
    """

    def __init__(self, config: Config, settings: Settings, *, serves: bool) -> None:
        self._config, self._settings, self._serves = config, settings, serves
        self._secrets = config.secrets | settings.secrets
        self._screen = console()
        self._bar = ExitStack()
        self._advance: OnPoll = self._log_poll
        self._unmatched: dict[str, tuple[FeedConfig, Poll]] = {}
        self._first: int | None = None  # feeds in the first pass
        self._over = False  # the first pass is

    def __enter__(self) -> Self:
        if self._serves:
            self._screen.print(f"the merged feed is at {self._settings.address}", markup=False)
        feeds = plural(len(self._config.feeds), "feed")
        self._screen.print(f"feedhub reads {feeds} from {self._settings.config}", markup=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
        for feed, poll in self._unmatched.values():
            log.info("polled", **poll_line(feed, poll, None))
        log.info("stopped")

    def configured(self, config: Config, mistakes: Sequence[Problem]) -> None:
        """Say whether the file is in force. What it once held secret is kept out of the log for good."""
        if mistakes:
            told = [str(problem) for problem in mistakes]
            log.error("feeds.yaml is refused; the last good configuration stays in force", mistakes=told)
            return
        if config == self._config:
            log.info("feeds.yaml is in order again; nothing in it is new")
            return
        self._secrets |= config.secrets
        configure_logging(self._settings.log_format, self._secrets)
        before, after = ({feed.id for feed in one.feeds} for one in (self._config, config))
        log.info("feeds.yaml is in force", feeds=len(after), added=len(after - before), removed=len(before - after))
        self._config = config
        self._end_first_pass()

    def pass_started(self, feeds: int) -> None:
        if self._first is None:
            self._first = feeds
            if self._screen.is_terminal:
                self._advance = self._bar.enter_context(pass_progress(self._screen, feeds))

    def polled(self, feed: FeedConfig, poll: Poll) -> None:
        self._advance(feed, poll)

    def pass_ended(self, report: PassReport) -> None:
        """Sum up the first pass. A shorter one may overtake it where one of its feeds is slow."""
        if self._over or len(report.polls) != self._first:
            return
        self._end_first_pass()
        failed = sum(poll.failure is not None for poll in report.polls.values())
        new = sum(len(poll.news.arrivals) for poll in report.polls.values() if poll.news)
        feeds = plural(len(report.polls), "feed")
        self._screen.print(f"first pass: {feeds}, {plural(new, 'new entry')}, {failed} failed", markup=False)
        if report.unreachable:
            self._screen.print(OFFLINE_HINT, markup=False)

    def delivered(self, feed: FeedConfig, news: News) -> None:
        """A line in the log; none while the progress bar is on the screen."""
        if not self._screen.is_terminal or self._over:
            log.info("delivered by its hub", feed=feed.id, new=len(news.arrivals), edited=len(news.edits))

    def matched(self, matched: Matched) -> None:
        """A line in the log; none while the progress bar is on the screen, which it would tear apart."""
        for key in sorted(matched.merged.keys() & self._unmatched.keys()):
            log.info("polled", **poll_line(*self._unmatched.pop(key), matched.merged[key]))
        if self._screen.is_terminal and not self._over:
            return
        log.info("matched", new_stories=matched.founded, merged=matched.joined, edited=matched.edited)

    def _end_first_pass(self) -> None:
        self._over = True
        self._bar.close()
        self._advance = self._log_poll

    def _log_poll(self, feed: FeedConfig, poll: Poll) -> None:
        """A line for the poll, once it is known how many of its entries joined a story."""
        if self._screen.is_terminal and not is_eventful(poll):
            return
        if earlier := self._unmatched.pop(feed.id, None):
            log.info("polled", **poll_line(*earlier, None))
        if poll.news and poll.news.arrivals:
            self._unmatched[feed.id] = feed, poll
        else:
            log.info("polled", **poll_line(feed, poll, 0))


def poll_line(feed: FeedConfig, poll: Poll, merged: int | None) -> dict[str, object]:
    """What the log says of a poll. `merged` is how many of its entries joined a story, None where that is not known."""
    values = {
        "feed": feed.id,
        "outcome": poll.outcome,
        "seconds": round(poll.elapsed.total_seconds(), 3),
        "bytes": poll.size,
        "new": len(poll.news.arrivals) if poll.news else 0,
        "merged": merged,
        "next": poll.next.at.isoformat(timespec="seconds"),
        "message": poll.message or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def is_eventful(poll: Poll) -> bool:
    """Whether a poll brought something: entries, edits, a failure or another remark."""
    return bool(poll.message or (poll.news and (poll.news.arrivals or poll.news.edits)))
