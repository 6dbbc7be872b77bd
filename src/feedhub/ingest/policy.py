"""When to poll a feed next, and why: a pure function (R22-R25, R27), and how the feed stands (R27, R29).

Polls are as dense as the square root of the expected rate of items, which for a given number of requests makes the
mean delay least. `interval` is what a feed costs on average over the hub; feeds that bring more get more of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from feedhub.ingest import rhythm as rhythms
from feedhub.ingest.cadence import Bounds, spoken
from feedhub.ingest.hints import Hints, allowed
from feedhub.ingest.rhythm import Rhythm
from feedhub.models import FailureKind, NextPoll

_JITTER = 0.1  # of the wait, so that feeds polled together drift apart (R23)
_PARKED = timedelta(days=1)
_OFFLINE_RETRY = timedelta(minutes=1)
_WINDOW_SHARE = 0.5  # of a document's items may be new by the next poll: beyond, a burst could push some out unseen
_TELLING = 3  # items
_GAP_SHOWN = timedelta(days=1)
_LEAST_SILENCE = timedelta(days=2)
_SILENCES = 3.0  # longest usual ones in a row make a feed stale


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a feed, the poll in question included.

    `interval` is the wait in force, None for a first poll; `window` the number of items in its last document, 0 where
    unknown; `typical` the hub's :func:`typical_demand`, None for a feed by itself.
    """

    interval: timedelta | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    hints: Hints = field(default_factory=Hints)
    window: int = 0
    typical: float | None = None


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
    first poll a feed is asked again anywhere between the shortest interval and its own wait, so that feeds started
    together do not stay together (R23).
    """
    steady = min(max(history.interval or bounds.first, bounds.shortest), bounds.longest)
    match outcome:
        case Offline():
            return NextPoll(now + _OFFLINE_RETRY, f"offline: asked again in {spoken(_OFFLINE_RETRY)}", steady)
        case Refused():
            return _refused(bounds, history, outcome, steady, now, jitter)
        case Answered():
            wait, reason = _expected(bounds, history, outcome, now)
            spread = wait if history.interval else bounds.shortest + (wait - bounds.shortest) * jitter
            at = now + _jittered(spread, bounds, jitter)
            return NextPoll(*_polite(at, reason, bounds, history.hints, outcome.fresh, now), wait)


def typical_demand(feeds: Sequence[tuple[float, timedelta]]) -> float | None:
    """The mean demand of the hub's feeds, each given as (:func:`feedhub.ingest.rhythm.demand`, `interval`).

    With it in every feed's :class:`History` all feeds together cost as many requests as if each were asked at its own
    interval; a feed with a shorter one weighs more. None where no feed is known yet.
    """
    weight = sum(1 / interval.total_seconds() for _demand, interval in feeds)
    return sum(demand / interval.total_seconds() for demand, interval in feeds) / weight if feeds else None


def has_gap(new: Sequence[datetime], window: int, last_ok: datetime | None) -> bool:
    """Whether items were missed: nothing in the document was known, and all of it is newer than the last good poll.

    `new` are the order keys of its new items, `window` is how many items it holds. A first document, or one of fewer
    than three items, shows nothing.
    """
    return last_ok is not None and len(new) == window >= _TELLING and min(new) > last_ok


def standing(rhythm: Rhythm, gap_at: datetime | None, now: datetime) -> tuple[Literal["ok", "stale", "gap"], str]:
    """The state of a feed that answers, and one sentence about it, empty where all is well.

    `gap` is shown for a day after items were missed. `stale`: nothing new for several times as long as it ever was
    usual for this feed (R29); a feed that never had an item has no rhythm to fall behind.
    """
    if gap_at is not None and now - gap_at < _GAP_SHOWN:
        return "gap", "more was published between two polls than the document holds; it is asked more often now"
    if rhythm.newest is not None:
        silence = now - rhythm.newest
        if silence > max(_SILENCES * rhythm.silence, _LEAST_SILENCE):
            usual = f"never more than {spoken(rhythm.silence)} apart" if rhythm.silence else "until then alone"
            return "stale", f"nothing new for {spoken(silence)}, its items came {usual}; see whether the feed moved"
    return "ok", ""


def _expected(bounds: Bounds, history: History, answer: Answered, now: datetime) -> tuple[timedelta, str]:
    """The wait until the feed's turn: its share of requests is used up, or its document could be half new."""
    if history.rhythm.at is None:
        return bounds.first, f"every {spoken(bounds.first)} until its rhythm is known"
    cost = bounds.first * (history.typical or rhythms.demand(history.rhythm))
    room = max(history.window * _WINDOW_SHARE, 1) if history.window else math.inf
    wait, full = _turn(history.rhythm, cost, room, now, bounds.longest)
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
    weights = rhythms.punctuality(rhythm)
    for start, step, expected in rhythms.outlook(rhythm, now, now + longest):
        more_polls = math.sqrt(expected) * weights[start.minute] * (step / cost)
        more_items = expected * (step / rhythms.HOUR)
        part = min((1 - polls) / more_polls, (room - items) / more_items)
        if part <= 1:
            return start + step * part - now, (room - items) / more_items < (1 - polls) / more_polls
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


def _refused(
    bounds: Bounds, history: History, refused: Refused, steady: timedelta, now: datetime, jitter: float
) -> NextPoll:
    wait, reason = _back_off(bounds, steady, refused)
    at = now + _jittered(wait, bounds, jitter)
    at, reason = _polite(at, reason, bounds, history.hints, None, now)
    if refused.retry_after and refused.retry_after > at:
        at, reason = refused.retry_after, "the publisher asked to wait until then (Retry-After)"
    return NextPoll(at, reason, steady, refused.retry_after)


def _back_off(bounds: Bounds, steady: timedelta, refused: Refused) -> tuple[timedelta, str]:
    if refused.kind is FailureKind.GONE:
        wait = max(_PARKED, steady)
        return wait, f"gone for good, says the publisher: asked again every {spoken(wait)}"
    doublings = min(refused.failures - 1, 16) if refused.failures > 0 else 0
    wait = min(steady * 2**doublings, max(bounds.longest, steady))
    times = "1 failure" if refused.failures <= 1 else f"{refused.failures} failures in a row"
    return wait, f"{times}: asked again after {spoken(wait)}"


def _polite(
    at: datetime, reason: str, bounds: Bounds, hints: Hints, fresh: timedelta | None, now: datetime
) -> tuple[datetime, str]:
    """What the publisher asks on top: never earlier, and never later than `max_interval` for its sake (R27)."""
    limit = max(at, now + bounds.longest)
    if fresh and now + fresh > at:
        at, reason = min(now + fresh, limit), f"the answer stays fresh for {spoken(fresh)} (Cache-Control, Expires)"
    later, hint = allowed(at, hints, now, bounds.longest)
    return (later, f"not before the publisher's {hint}") if hint else (at, reason)


def _jittered(wait: timedelta, bounds: Bounds, jitter: float) -> timedelta:
    return min(wait * (1 + _JITTER * jitter), max(wait, bounds.longest))
