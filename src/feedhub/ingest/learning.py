"""How a feed's rhythm is learnt: from the dates of what a poll found, and from its finding nothing (R27, R29)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from feedhub.ingest.rhythm import BURST, EPOCH, HOUR, LEVEL, Rhythm, hour_of_week, usual

# Tuned on the first halves of the series that benchmarks/bench_cadence.py replays.
_AGING = 0.85  # what a week leaves of everything learnt: half in a month
_WEEK = timedelta(days=7)
_FORGOTTEN = 0.05  # counts below are zero: rounding would keep them for ever
_FIRST_LOOK = timedelta(days=3)  # a first document holds leftovers beside its news: the rate is read from so much of it
_LEFTOVERS = 10  # one item in so many may be one that the publisher keeps on top for months


def learn(rhythm: Rhythm, arrivals: Sequence[datetime], now: datetime, *, gap: bool = False) -> Rhythm:
    """The rhythm after a poll at `now` that found these new items, by their dates.

    Two polls in a row speak for all the time between them. With a `gap`, where the window holds nothing known, the
    poll speaks for the time since the window's oldest item alone, and for none where it has no item. A date that the
    last poll belies, or none (then it is `now`), is taken to lie evenly between the polls.
    """
    if rhythm.at is not None and now <= rhythm.at:
        return rhythm
    if rhythm.at is None:
        since, came = _first_look(sorted(min(arrival, now) for arrival in arrivals), now)
    else:
        since = min(max(rhythm.at, min(arrivals, default=now)), now) if gap else rhythm.at
        came = _between(arrivals, since, now)
    return _remember(_faded(_aged(rhythm, now), since, now), came, now, now - since)


def _first_look(dates: list[datetime], now: datetime) -> tuple[datetime, list[datetime]]:
    fresh = dates[len(dates) // _LEFTOVERS :]
    since = max(fresh[0], now - _FIRST_LOOK) if fresh else now
    return since, fresh


def _between(arrivals: Sequence[datetime], since: datetime, now: datetime) -> list[datetime]:
    dated = [arrival for arrival in arrivals if since <= arrival < now]
    vague = len(arrivals) - len(dated)
    return sorted(dated + [since + (now - since) * ((n + 0.5) / vague) for n in range(vague)])


def _aged(rhythm: Rhythm, now: datetime) -> Rhythm:
    """In whole weeks, so that small steps do not vanish in rounding.

    While a feed is silent the memory of its silences stays, or a yearly feed would never be known as one.
    """
    aged_at = rhythm.aged_at or now
    weeks = (now - aged_at) // _WEEK
    if not weeks:
        return replace(rhythm, aged_at=aged_at)
    left = _AGING**weeks
    is_silent = rhythm.at and rhythm.newest and rhythm.at - rhythm.newest > _WEEK
    return replace(
        rhythm,
        hours=rhythm.hours * left,
        by_hour=tuple(_left(count, left) for count in rhythm.by_hour),
        by_minute=tuple(_left(count, left) for count in rhythm.by_minute),
        silence=rhythm.silence if is_silent else rhythm.silence * left,
        aged_at=aged_at + weeks * _WEEK,
    )


def _faded(rhythm: Rhythm, since: datetime, now: datetime) -> Rhythm:
    """The short memories, as they are at `now`; what was usual meanwhile is added to what was expected."""
    if rhythm.at is None:
        return rhythm
    passed = now - rhythm.at
    fade = math.exp(-passed / LEVEL)
    return replace(
        rhythm,
        burst=rhythm.burst * math.exp(-passed / BURST),
        seen=rhythm.seen * fade,
        expected=rhythm.expected * fade + _usual_since(rhythm, max(since, now - 5 * LEVEL), now),
    )


def _usual_since(rhythm: Rhythm, since: datetime, now: datetime) -> float:
    total, start = 0.0, since
    while start < now:
        end = min(EPOCH + ((start - EPOCH) // HOUR + 1) * HOUR, now)
        middle = start + (end - start) / 2
        total += usual(rhythm, middle) * ((end - start) / HOUR) * math.exp(-(now - middle) / LEVEL)
        start = end
    return total


def _remember(rhythm: Rhythm, came: Sequence[datetime], now: datetime, watched: timedelta) -> Rhythm:
    known = rhythm.at is not None
    counted = [arrival for arrival in came if arrival >= now - watched]
    by_hour, by_minute = list(rhythm.by_hour), list(rhythm.by_minute)
    for arrival in counted:
        by_hour[hour_of_week(arrival)] += 1
        by_minute[arrival.minute] += 1
    silences = _silences(rhythm.newest, came)
    return replace(
        rhythm,
        at=now,
        hours=rhythm.hours + watched / HOUR,
        by_hour=tuple(by_hour),
        by_minute=tuple(by_minute),
        burst=rhythm.burst + sum(math.exp(-((now - arrival) / BURST)) for arrival in counted),
        seen=rhythm.seen + sum(math.exp(-((now - arrival) / LEVEL)) for arrival in counted if known),
        newest=max(came, default=rhythm.newest),
        silence=max([rhythm.silence, *silences]),
    )


def _silences(newest: datetime | None, came: Sequence[datetime]) -> list[timedelta]:
    times = [newest, *came] if newest else list(came)
    return [later - earlier for earlier, later in pairwise(times)]


def _left(count: float, left: float) -> float:
    return count * left if count * left >= _FORGOTTEN else 0.0
