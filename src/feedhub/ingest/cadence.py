"""When to poll a feed next, and why: a pure function (R22-R24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedhub.models import FailureKind, NextPoll

_FASTER = 0.75
_SLOWER = 1.25
_JITTER = 0.1  # of the interval, so that feeds polled together drift apart (R23)
_PARKED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A feed's intervals as configured: the first guess and between what it may move."""

    first: timedelta
    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a poll came to. `new` entries; or the failure, the how many-th in a row, and the publisher's Retry-After."""

    new: int = 0
    failure: FailureKind | None = None
    failures: int = 0
    retry_after: datetime | None = None


def next_poll(bounds: Bounds, interval: timedelta | None, outcome: Outcome, now: datetime, jitter: float) -> NextPoll:
    """The next time and the reason. `interval` is the one in force, None for a first poll; `jitter` from 0 to 1.

    Jitter never leads beyond the longest interval. After its first poll a feed is asked again anywhere between the
    shortest interval and its own, so that feeds started together do not stay together (R23).
    """
    steady = min(max(interval or bounds.first, bounds.shortest), bounds.longest)
    if outcome.failure is None:
        first = interval is None
        adapted, reason = _adapt(bounds, steady, first=first, new=outcome.new)
        wait = adapted if not first else bounds.shortest + (adapted - bounds.shortest) * jitter
        return NextPoll(now + _jittered(wait, bounds, jitter), reason, adapted)
    wait, reason = _back_off(bounds, steady, outcome.failure, outcome.failures)
    at = now + _jittered(wait, bounds, jitter)
    if outcome.retry_after and outcome.retry_after > at:
        at, reason = outcome.retry_after, "the publisher asked to wait until then (Retry-After)"
    return NextPoll(at, reason, steady, outcome.retry_after)


def _adapt(bounds: Bounds, steady: timedelta, *, first: bool, new: int) -> tuple[timedelta, str]:
    if first:
        return steady, f"every {spoken(steady)} until its rhythm is known"
    if new:
        faster = max(steady * _FASTER, bounds.shortest)
        return faster, f"{new} new at the last poll: every {spoken(faster)}"
    slower = min(steady * _SLOWER, bounds.longest)
    return slower, f"nothing new at the last poll: every {spoken(slower)}"


def _back_off(bounds: Bounds, steady: timedelta, failure: FailureKind, failures: int) -> tuple[timedelta, str]:
    if failure is FailureKind.GONE:
        wait = max(_PARKED, steady)
        return wait, f"gone for good, says the publisher: asked again every {spoken(wait)}"
    doublings = min(failures - 1, 16) if failures > 0 else 0
    wait = min(steady * 2**doublings, max(bounds.longest, steady))
    times = "1 failure" if failures <= 1 else f"{failures} failures in a row"
    return wait, f"{times}: asked again after {spoken(wait)}"


def _jittered(wait: timedelta, bounds: Bounds, jitter: float) -> timedelta:
    return min(wait * (1 + _JITTER * jitter), max(wait, bounds.longest))


def spoken(span: timedelta) -> str:
    """A duration for people, in its two largest units: `15 min`, `1 h 30 min`, `2 d`."""
    seconds = round(span.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
