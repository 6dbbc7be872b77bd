"""What of a poll an operator should hear of, once: a pure decision between what was remembered and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from feedhub.ingest.health import GAP_ADVICE, GAP_SHOWN
from feedhub.models import Event, EventKind, FailureKind, FeedMemory, Poll

FAILURES = 5  # in a row, of any kind: waits double, so that is most of a day for most feeds
_REFUSALS = 2  # a single challenge may be a mistake
_MOVED = "it has moved for good; `feedhub status` has the new address and the line of feeds.yaml to change"
_GAP = f"items were missed: more was published between two polls than the document holds; {GAP_ADVICE}"
_AGAIN = {EventKind.STALE: "something new has come again"}


def told(memory: FeedMemory, poll: Poll) -> Poll:
    """The poll with its events, and with the trouble that the operator knows of from now on.

    A trouble is told when it begins and when it is over, however many polls find it. What is not the feed's fault, or
    is no poll, changes nothing (R25).
    """
    if poll.held or poll.state == "offline":
        return replace(poll, trouble=memory.trouble)
    trouble = _trouble(memory.trouble, poll)
    poll = replace(poll, trouble=trouble)
    return replace(poll, events=tuple(_events(memory, poll)))


def _trouble(before: str, poll: Poll) -> str:
    match poll.failure:
        case None:
            return EventKind.STALE.value if poll.state == "stale" else ""
        case FailureKind.GONE:
            return EventKind.GONE.value
        case FailureKind.BLOCKED if poll.failures >= _REFUSALS:
            return EventKind.BLOCKED.value
    failing = poll.failures >= FAILURES and before in ("", EventKind.STALE)
    return EventKind.FAILING.value if failing else before


def _events(memory: FeedMemory, poll: Poll) -> Iterator[Event]:
    before, after = memory.trouble, poll.trouble
    if after and after != before:
        yield Event(EventKind(after), poll.at, poll.message, memory.key)
    if before and not after:
        yield Event(EventKind.RECOVERED, poll.at, _AGAIN.get(EventKind(before), "it answers again"), memory.key)
    if poll.cadence and poll.cadence.gap_at == poll.at and not _missed_of_late(memory, poll):
        yield Event(EventKind.GAP, poll.at, _GAP, memory.key)
    if poll.move and poll.move.adopted_at and not (memory.move and memory.move.adopted_at):
        yield Event(EventKind.MOVED, poll.at, _MOVED, memory.key)


def _missed_of_late(memory: FeedMemory, poll: Poll) -> bool:
    gap_at = memory.cadence.gap_at
    return gap_at is not None and poll.at - gap_at < GAP_SHOWN
