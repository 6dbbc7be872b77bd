"""When to poll a feed next, and why: a pure function (R22-R25, R27).

Polls are as dense as the square root of the expected rate of items, which for a given number of requests makes the
mean delay least. `interval` is what a feed costs on average over the hub; feeds that bring more get more of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedhub.ingest import rhythm as rhythms
from feedhub.ingest.hints import Hints, allowed
from feedhub.ingest.rhythm import Rhythm
from feedhub.models import FailureKind, NextPoll

_JITTER = 0.1  # of the wait, so that feeds polled together drift apart (R23)
_PARKED = timedelta(days=1)
_OFFLINE_RETRY = timedelta(minutes=1)
_WINDOW_SHARE = 0.5  # of a document's items may be new by the next poll: beyond, a burst could push some out unseen
_TELLING = 3  # items
_PUSHED = timedelta(days=1)  # a hub may fall silent without a word
_MISSED = 0.5  # of the wait in force, at most, after items were missed
_FRESH = "Cache-Control, Expires"
_TOGETHER = timedelta(minutes=59)  # at most: feeds that wait for the same moment start within its hour


@dataclass(frozen=True, slots=True)
class Bounds:
    """A feed's intervals as configured: the first guess and between what it may move."""

    first: timedelta
    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a feed, the poll in question included.

    `interval` is the wait in force, None for a first poll; `window` the number of items in its last document, 0 where
    unknown; `typical` the hub's :func:`typical_demand`, None for a feed by itself. `together`: it was
    asked along with all others, since the hub or its network was away. `pushed`: a publisher's hub delivers what is new
    (WebSub).
    """

    interval: timedelta | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    hints: Hints = field(default_factory=Hints)
    window: int = 0
    typical: float | None = None
    together: bool = False
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """A 200 or a 304: how many items were `new`, whether some were missed, and for how long the answer is fresh."""

    new: int = 0
    gap: bool = False
    fresh: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A failure, the how many-th in a row, and the publisher's Retry-After."""

    kind: FailureKind
    failures: int
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offline:
    """The network was missing here (R25)."""


Outcome = Answered | Refused | Offline


def next_poll(bounds: Bounds, history: History, outcome: Outcome, now: datetime, jitter: float) -> NextPoll:
    """The next time and the reason; `jitter` is from 0 to 1.

    Hints can only make a wait longer, up to `max_interval`; Retry-After and a parked feed go beyond it. After its
    first poll, and after a pause, a feed is asked again anywhere between the shortest interval and its own wait, or the
    configured one where that is longer, so that feeds started together do not stay together (R23).
    """
    steady = min(max(history.interval or bounds.first, bounds.shortest), bounds.longest)
    match outcome:
        case Offline():
            return NextPoll(now + _OFFLINE_RETRY, f"offline: asked again in {spoken(_OFFLINE_RETRY)}", steady)
        case Refused(retry_after=retry_after):
            at, reason = _timed(_back_off(bounds, steady, outcome), bounds, history.hints, now, jitter)
            if retry_after and retry_after > at:
                at, reason = retry_after, "the publisher asked to wait until then (Retry-After)"
            return NextPoll(at, reason, steady, retry_after)
        case Answered():
            wait = _expected(bounds, history, outcome, steady, now)
            in_force = steady if history.pushed else wait.span  # a hub may be lost, and the wait it allowed with it
            return NextPoll(*_timed(wait, bounds, history.hints, now, jitter), in_force)


def typical_demand(feeds: Sequence[tuple[float, timedelta]]) -> float | None:
    """The mean demand of the hub's feeds, each given as (:func:`feedhub.ingest.rhythm.demand`, `interval`).

    With it in every feed's :class:`History` all feeds together cost as many requests as if each were asked at its own
    interval; a feed with a shorter one weighs more. None where no feed is known yet.
    """
    weight = sum(1 / interval.total_seconds() for _demand, interval in feeds)
    return sum(demand / interval.total_seconds() for demand, interval in feeds) / weight if feeds else None


def spoken(span: timedelta) -> str:
    """A duration for people, in its two largest units: `15 min`, `1 h 30 min`, `2 d`."""
    seconds = round(span.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


@dataclass(frozen=True, slots=True)
class _Wait:
    """How long, and why. The answer is `fresh` for so long; `together`: others were asked at the same time.

    `parked`: the longest interval is no bound.
    """

    span: timedelta
    reason: str
    fresh: timedelta | None = None
    together: bool = False
    parked: bool = False


def _expected(bounds: Bounds, history: History, answer: Answered, steady: timedelta, now: datetime) -> _Wait:
    """The wait until the feed's turn, and what else an answer says of it."""
    span, reason = _own_wait(bounds, history, answer, steady, now)
    return _Wait(span, reason, answer.fresh, together=history.interval is None or history.together)


def _own_wait(
    bounds: Bounds, history: History, answer: Answered, steady: timedelta, now: datetime
) -> tuple[timedelta, str]:
    """Until the feed's share of requests is used up, or its document could be half new."""
    if history.pushed:
        rarely = max(min(bounds.longest, _PUSHED), bounds.shortest)
        return rarely, f"its hub delivers (WebSub): asked again after {spoken(rarely)}"
    if history.rhythm.at is None:
        return bounds.first, f"every {spoken(bounds.first)} until its rhythm is known"
    cost = bounds.first * (history.typical or rhythms.demand(history.rhythm))
    room = max(history.window * _WINDOW_SHARE, 1) if history.window else math.inf
    wait, full = _turn(history.rhythm, cost, room, now, bounds.longest)
    if answer.gap:
        wait = min(wait, steady * _MISSED)
    reason = _why(history.rhythm, answer, now, full=full)
    if wait >= bounds.longest:
        return bounds.longest, f"{reason}: every {spoken(bounds.longest)} at least (max_interval)"
    if wait <= bounds.shortest:
        return bounds.shortest, f"{reason}: after {spoken(bounds.shortest)}, not earlier (min_interval)"
    return wait, f"{reason}: after {spoken(wait)}"


def _turn(rhythm: Rhythm, cost: timedelta, room: float, now: datetime, longest: timedelta) -> tuple[timedelta, bool]:
    """Where the density of polls has added up to one, or the items to `room`; and whether it was the latter.

    The density is the root of the rate, and denser in those minutes of the hour at which items tend to come.
    """
    polls = items = 0.0
    minutes = cost / rhythms.MINUTE
    for begin, length, expected, weight in rhythms.outlook(rhythm, now, longest):
        more_polls = math.sqrt(expected) * weight * length / minutes
        more_items = expected * length / 60
        part = min((1 - polls) / more_polls, (room - items) / more_items)
        if part <= 1:
            full = (room - items) / more_items < (1 - polls) / more_polls
            return rhythms.MINUTE * (begin + length * part), full
        polls, items = polls + more_polls, items + more_items
    return longest, False


def _why(rhythm: Rhythm, answer: Answered, now: datetime, *, full: bool) -> str:
    if answer.gap:
        return "items were missed, the document holds nothing known"
    if full:
        return "half of the document could be new by then"
    found = f"{answer.new} new" if answer.new else "nothing new"
    return f"{found}, {_rate_spoken(rhythms.rate(rhythm, now))} expected"


def _rate_spoken(hourly: float) -> str:
    for number, unit in ((hourly, "an hour"), (hourly * 24, "a day"), (hourly * 168, "a week")):
        if number >= 1:
            return f"{number:.0f} {unit}"
    return "less than 1 a week"


def _back_off(bounds: Bounds, steady: timedelta, refused: Refused) -> _Wait:
    if refused.kind is FailureKind.GONE:
        span = max(_PARKED, steady)
        return _Wait(span, f"gone for good, says the publisher: asked again every {spoken(span)}", parked=True)
    doublings = min(refused.failures - 1, 16) if refused.failures > 0 else 0
    span = min(steady * 2**doublings, max(bounds.longest, steady))
    times = "1 failure" if refused.failures <= 1 else f"{refused.failures} failures in a row"
    return _Wait(span, f"{times}: asked again after {spoken(span)}")


def _timed(wait: _Wait, bounds: Bounds, hints: Hints, now: datetime, jitter: float) -> tuple[datetime, str]:
    """The time, apart from other feeds', and what the publisher asks on top: only later, up to `max_interval` (R27)."""
    interval = max(wait.span, bounds.first)
    drift = (interval if wait.together else wait.span * _JITTER) * jitter
    at, reason = now + _apart(wait, bounds, interval, drift, jitter), wait.reason
    limit = max(at, now + bounds.longest)
    if wait.fresh and now + wait.fresh > at:
        at, reason = now + wait.fresh + drift, f"the answer stays fresh for {spoken(wait.fresh)} ({_FRESH})"
        at, reason = (at, reason) if at <= limit else (limit, f"{reason}, but at most max_interval")
    spread = min(interval, _TOGETHER) * jitter
    later, hint = allowed(at, hints, now, bounds.longest, drift=drift, spread=spread)
    return (later, f"not before the publisher's {hint}") if hint else (at, reason)


def _apart(wait: _Wait, bounds: Bounds, interval: timedelta, drift: timedelta, jitter: float) -> timedelta:
    """Never beyond the longest interval: where that is near the wait, the drift goes the other way."""
    if wait.together:
        return bounds.shortest + (interval - bounds.shortest) * jitter
    if wait.parked or wait.span + drift <= bounds.longest:
        return wait.span + drift
    return max(bounds.longest - drift, bounds.shortest)
