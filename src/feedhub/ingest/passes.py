"""One pass: the feeds that are due, polled side by side and recorded as they answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from feedhub.config import FeedConfig
from feedhub.ingest.events import told
from feedhub.ingest.health import is_offline
from feedhub.ingest.pacing import after_offline
from feedhub.ingest.pipeline import Tools, failed, poll_feed
from feedhub.models import OFFLINE_KINDS, Failed, FailureKind, FeedMemory, Poll
from feedhub.net.urls import host_of
from feedhub.store.database import StoreError
from feedhub.store.polls import record

_OFFLINE_MESSAGE = "this machine seems to be offline; the feed is not to blame"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PassReport:
    """What a pass came to: each feed's poll by the feed's id, and whether the network was missing here (R25).

    `unreachable`: after this pass no listed feed at all could be reached when last tried.
    """

    polls: Mapping[str, Poll]
    offline: bool
    unreachable: bool = False


async def run_pass(
    listed: Mapping[str, FeedConfig],
    due: Sequence[FeedMemory],
    now: datetime,
    tools: Tools,
    on_poll: Callable[[FeedConfig, Poll], None],
) -> PassReport:
    """Poll the feeds of `due` (their configuration in `listed`, by id) and record each; `on_poll` hears of each.

    Failures that could be this machine's own are held back until the pass is over and it is known whose they are.
    """
    polls: dict[str, Poll] = {}

    async def settle(memory: FeedMemory, poll: Poll) -> None:
        poll = polls[memory.key] = told(memory, replace(poll, message=tools.conceal(poll.message)))
        asked = tools.hosts.unsaved()
        await tools.store.write(record, poll, asked)
        tools.hosts.saved(asked)
        on_poll(listed[memory.key], poll)

    async def one(memory: FeedMemory) -> None:
        poll = polls[memory.key] = await _poll(listed[memory.key], memory, now, tools)
        if poll.failure not in OFFLINE_KINDS:
            await settle(memory, poll)

    async with asyncio.TaskGroup() as group:
        for memory in due:
            group.create_task(one(memory))
    offline = is_offline(_by_host(listed, polls))
    for memory in due:
        if (poll := polls[memory.key]).failure in OFFLINE_KINDS:
            await settle(memory, _excused(listed[memory.key], memory, poll) if offline else poll)
    return PassReport(polls, offline)


async def _poll(feed: FeedConfig, memory: FeedMemory, now: datetime, tools: Tools) -> Poll:
    try:
        return await poll_feed(feed, memory, now, tools)
    except StoreError:  # no feed is to blame
        raise
    except Exception as error:
        log.exception("poll failed by a fault of feedhub's own", feed=feed.id)
        detail = f"a fault in feedhub itself ({type(error).__name__}); the log has the details, please report it"
        return failed(feed, memory, now, Failed(FailureKind.BROKEN, detail))


def _excused(feed: FeedConfig, memory: FeedMemory, poll: Poll) -> Poll:
    """The same poll, counted against no feed: asked again as soon as the network may be back."""
    soon = after_offline(feed, memory, poll.at)
    return replace(
        poll, state="offline", message=_OFFLINE_MESSAGE, failures=memory.failures, next=soon, move=memory.move
    )


def _by_host(listed: Mapping[str, FeedConfig], polls: Mapping[str, Poll]) -> dict[str, list[FailureKind | None]]:
    hosts: defaultdict[str, list[FailureKind | None]] = defaultdict(list)
    for key, poll in polls.items():
        if poll.held:
            continue
        hosts[host_of(listed[key].url)].append(poll.failure)
    return hosts
