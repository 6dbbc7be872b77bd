"""A feed's rhythm: what is remembered of when its items came, and how many are expected at a time (R27, R29).

Three things make the expectation: the usual rate of the hour of the week, how the last hours compare with what was
usual for them, and how recently something came, since news comes in bursts. Everything is learnt from what the polls
saw, in a value that fits in a column of the feed's row.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Self

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
_HOURS, _MINUTES = 168, 60  # of the week from Monday in UTC; of the hour
_EPOCH = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday

# The constants are tuned on the first halves of the series that benchmarks/bench_cadence.py replays.
_AGING = 0.85  # what a week leaves of everything learnt: half in a month
_WEEK = timedelta(days=7)
_FORGOTTEN = 0.05  # counts below are zero: rounding would keep them for ever
_FIRST_LOOK = timedelta(days=3)  # a first document holds leftovers beside its news: the rate is read from so much of it
_LEFTOVERS = 10  # one item in so many may be one that the publisher keeps on top for months
_PRIOR_ITEMS, _PRIOR_HOURS = 0.5, 3.0  # what a feed is held to bring before it is known
_TO_MEAN = 3.0  # hours of the mean mixed into each hour of the day
_TO_DAY = 24.0  # hours of the hour of the day mixed into each hour of the week
_TO_EVEN = 120.0  # items spread evenly over the minutes of the hour, mixed into those that came
_FLOOR = 0.1  # of the mean: no hour is dead
_BURST_SHARE = 0.2  # of the rate is what the last items drew after them
_BURST = timedelta(minutes=15)
_LEVEL = timedelta(hours=3)  # the time over which today is compared with the usual
_LEVEL_PRIOR = 2.0  # items
_NEAR = timedelta(hours=6)  # beyond, a minute more or less is nothing, and a year has many


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was learnt until `at`. Counts are of items and fade with time.

    `hours` is the time watched, `by_hour` the items by hour of the week, `by_minute` by minute of the hour; `burst`
    counts those of the last minutes, `seen` those of the last hours, of which `expected` were usual. `newest` is when
    the last item came, `silence` the longest usual time between two.
    """

    at: datetime | None = None
    hours: float = 0.0
    by_hour: tuple[float, ...] = (0.0,) * _HOURS
    by_minute: tuple[float, ...] = (0.0,) * _MINUTES
    burst: float = 0.0
    seen: float = 0.0
    expected: float = 0.0
    newest: datetime | None = None
    silence: timedelta = timedelta(0)
    aged_at: datetime | None = None

    @property
    def items(self) -> float:
        return sum(self.by_hour)

    def to_dict(self) -> dict[str, Any]:
        """For a JSON column: less than 2 KB."""
        return {
            "at": self.at.isoformat() if self.at else None,
            "hours": round(self.hours, 3),
            "by_hour": [_short(count) for count in self.by_hour],
            "by_minute": [_short(count) for count in self.by_minute],
            "burst": round(self.burst, 4),
            "seen": round(self.seen, 4),
            "expected": round(self.expected, 4),
            "newest": self.newest.isoformat() if self.newest else None,
            "silence": round(self.silence.total_seconds()),
            "aged_at": self.aged_at.isoformat() if self.aged_at else None,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """What :meth:`to_dict` gave; anything of another shape is a bug, an empty mapping a feed that is not known."""
        return cls(
            at=_time(stored.get("at")),
            hours=stored.get("hours", 0.0),
            by_hour=tuple(stored.get("by_hour", cls().by_hour)),
            by_minute=tuple(stored.get("by_minute", cls().by_minute)),
            burst=stored.get("burst", 0.0),
            seen=stored.get("seen", 0.0),
            expected=stored.get("expected", 0.0),
            newest=_time(stored.get("newest")),
            silence=timedelta(seconds=stored.get("silence", 0)),
            aged_at=_time(stored.get("aged_at")),
        )


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


def rate(rhythm: Rhythm, at: datetime) -> float:
    """Items an hour that are expected at `at`, from what is known now. Never zero."""
    return _rate(rhythm, usual(rhythm, at), at)


def outlook(rhythm: Rhythm, start: datetime, end: datetime) -> Iterator[tuple[datetime, timedelta, float]]:
    """The time between in steps that end with the minute, later the hour: start, length, items an hour expected."""
    base, hour, near = 0.0, -1, start + _NEAR
    while start < end:
        if (current := _hour_of_week(start)) != hour:
            base, hour = usual(rhythm, start), current
        unit = MINUTE if start < near else HOUR
        step = min(unit - (start - _EPOCH) % unit, end - start)
        yield start, step, _rate(rhythm, base, start + step / 2)
        start += step


def usual(rhythm: Rhythm, at: datetime) -> float:
    """Items an hour that are usual in this hour of the week: the fewer were seen, the nearer to the day's and the mean.

    The estimate is the mean of a gamma distribution whose prior is the next coarser estimate.
    """
    hour = _hour_of_week(at)
    mean = _mean(rhythm)
    daily = (sum(rhythm.by_hour[hour % 24 :: 24]) + _TO_MEAN * mean) / (rhythm.hours / 24 + _TO_MEAN)
    weekly = (rhythm.by_hour[hour] + _TO_DAY * daily) / (rhythm.hours / _HOURS + _TO_DAY)
    return max(weekly, _FLOOR * mean)


def punctuality(rhythm: Rhythm) -> tuple[float, ...]:
    """The share of items by minute of the hour against an even spread: 1 on average, more where they tend to come."""
    total = sum(rhythm.by_minute) + _TO_EVEN
    return tuple((count * _MINUTES + _TO_EVEN) / total for count in rhythm.by_minute)


def demand(rhythm: Rhythm) -> float:
    """The mean of the square root of the usual rate over the week: a feed's part in the hub's requests."""
    return sum(math.sqrt(usual(rhythm, _EPOCH + hour * HOUR)) for hour in range(_HOURS)) / _HOURS


def _rate(rhythm: Rhythm, base: float, at: datetime) -> float:
    """The three parts together: what is usual, more or less so today, and the burst; both of the latter fade."""
    later = max(at - (rhythm.at or at), timedelta(0))
    level: float = (rhythm.seen + _LEVEL_PRIOR) / (rhythm.expected + _LEVEL_PRIOR)
    drawn = rhythm.burst / (_BURST / HOUR) * math.exp(-(1 - _BURST_SHARE) * (later / _BURST))
    raised: float = level ** math.exp(-(later / _LEVEL))
    return (1 - _BURST_SHARE) * base * raised + _BURST_SHARE * drawn


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
    fade = math.exp(-passed / _LEVEL)
    return replace(
        rhythm,
        burst=rhythm.burst * math.exp(-passed / _BURST),
        seen=rhythm.seen * fade,
        expected=rhythm.expected * fade + _usual_since(rhythm, max(since, now - 5 * _LEVEL), now),
    )


def _usual_since(rhythm: Rhythm, since: datetime, now: datetime) -> float:
    total, start = 0.0, since
    while start < now:
        end = min(_EPOCH + ((start - _EPOCH) // HOUR + 1) * HOUR, now)
        middle = start + (end - start) / 2
        total += usual(rhythm, middle) * ((end - start) / HOUR) * math.exp(-(now - middle) / _LEVEL)
        start = end
    return total


def _remember(rhythm: Rhythm, came: Sequence[datetime], now: datetime, watched: timedelta) -> Rhythm:
    known = rhythm.at is not None
    counted = [arrival for arrival in came if arrival >= now - watched]
    by_hour, by_minute = list(rhythm.by_hour), list(rhythm.by_minute)
    for arrival in counted:
        by_hour[_hour_of_week(arrival)] += 1
        by_minute[arrival.minute] += 1
    silences = _silences(rhythm.newest, came)
    return replace(
        rhythm,
        at=now,
        hours=rhythm.hours + watched / HOUR,
        by_hour=tuple(by_hour),
        by_minute=tuple(by_minute),
        burst=rhythm.burst + sum(math.exp(-((now - arrival) / _BURST)) for arrival in counted),
        seen=rhythm.seen + sum(math.exp(-((now - arrival) / _LEVEL)) for arrival in counted if known),
        newest=max(came, default=rhythm.newest),
        silence=max([rhythm.silence, *silences]),
    )


def _silences(newest: datetime | None, came: Sequence[datetime]) -> list[timedelta]:
    times = [newest, *came] if newest else list(came)
    return [later - earlier for earlier, later in pairwise(times)]


def _mean(rhythm: Rhythm) -> float:
    return (rhythm.items + _PRIOR_ITEMS) / (rhythm.hours + _PRIOR_HOURS)


def _hour_of_week(at: datetime) -> int:
    return int((at - _EPOCH) // HOUR) % _HOURS


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _left(count: float, left: float) -> float:
    return count * left if count * left >= _FORGOTTEN else 0.0


def _short(count: float) -> float | int:
    rounded = round(count, 2 if count < 100 else 1)
    return int(rounded) if rounded == int(rounded) else rounded
