"""A feed's rhythm: what is remembered of when its items came, and how many are expected at a time (R27, R29).

Three things make the expectation: the usual rate of the hour of the week, how the last hours compare with what was
usual for them, and how recently something came, since news comes in bursts. Everything is learnt from what the polls
saw (:mod:`feedhub.ingest.learning`), in a value that fits in a column of the feed's row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
_HOURS, _MINUTES = 168, 60  # of the week from Monday in UTC; of the hour
EPOCH = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday

# The constants are tuned on the first halves of the series that benchmarks/bench_cadence.py replays.
_PRIOR_ITEMS, _PRIOR_HOURS = 0.5, 3.0  # what a feed is held to bring before it is known
_TO_MEAN = 3.0  # hours of the mean mixed into each hour of the day
_TO_DAY = 24.0  # hours of the hour of the day mixed into each hour of the week
_TO_EVEN = 120.0  # items spread evenly over the minutes of the hour, mixed into those that came
_FLOOR = 0.1  # of the mean: no hour is dead
_BURST_SHARE = 0.2  # of the rate is what the last items drew after them
BURST = timedelta(minutes=15)
LEVEL = timedelta(hours=3)  # the time over which today is compared with the usual
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


def rate(rhythm: Rhythm, at: datetime) -> float:
    """Items an hour that are expected at `at`, from what is known now. Never zero."""
    return _expectation(rhythm)(usual(rhythm, at), (at - (rhythm.at or at)) / HOUR)


class Step(NamedTuple):
    """A stretch of time ahead: its beginning and length in minutes, the items an hour expected, and how much more items
    tend to come in its minute of the hour than in others."""

    begin: float
    length: float
    rate: float
    weight: float


def outlook(rhythm: Rhythm, start: datetime, span: timedelta) -> Iterator[Step]:
    """What is expected in this time, in steps that end with the minute, later the hour; they count from `start`."""
    expected, mean, weights = _expectation(rhythm), _mean(rhythm), punctuality(rhythm)
    origin = (start - EPOCH) / MINUTE
    learnt = (start - (rhythm.at or start)) / MINUTE - origin
    at, end, near = origin, origin + span / MINUTE, origin + _NEAR / MINUTE
    base, hour = 0.0, -1
    while at < end:
        if (current := int(at // 60) % _HOURS) != hour:
            base, hour = _usual(rhythm, current, mean), current
        unit, weight = (1, weights[int(at) % 60]) if at < near else (60, 1.0)
        length = min((at // unit + 1) * unit, end) - at
        yield Step(at - origin, length, expected(base, (at + length / 2 + learnt) / 60), weight)
        at += length


def usual(rhythm: Rhythm, at: datetime) -> float:
    """Items an hour that are usual in this hour of the week: the fewer were seen, the nearer to the day's and the mean.

    The estimate is the mean of a gamma distribution whose prior is the next coarser estimate.
    """
    return _usual(rhythm, hour_of_week(at), _mean(rhythm))


def punctuality(rhythm: Rhythm) -> tuple[float, ...]:
    """The share of items by minute of the hour against an even spread: 1 on average, more where they tend to come."""
    total = sum(rhythm.by_minute) + _TO_EVEN
    return tuple((count * _MINUTES + _TO_EVEN) / total for count in rhythm.by_minute)


def demand(rhythm: Rhythm) -> float:
    """The mean of the square root of the usual rate over the week: a feed's part in the hub's requests."""
    mean = _mean(rhythm)
    return sum(math.sqrt(_usual(rhythm, hour, mean)) for hour in range(_HOURS)) / _HOURS


def _usual(rhythm: Rhythm, hour: int, mean: float) -> float:
    daily = (sum(rhythm.by_hour[hour % 24 :: 24]) + _TO_MEAN * mean) / (rhythm.hours / 24 + _TO_MEAN)
    weekly = (rhythm.by_hour[hour] + _TO_DAY * daily) / (rhythm.hours / _HOURS + _TO_DAY)
    return max(weekly, _FLOOR * mean)


def _expectation(rhythm: Rhythm) -> Callable[[float, float], float]:
    """Items an hour, from what is usual then and the hours since the last poll.

    The three parts together: what is usual, more or less so today, and the burst; both of the latter fade.
    """
    level = math.log((rhythm.seen + _LEVEL_PRIOR) / (rhythm.expected + _LEVEL_PRIOR))
    drawn = _BURST_SHARE * rhythm.burst / (BURST / HOUR)
    level_fades, burst_fades = HOUR / LEVEL, (1 - _BURST_SHARE) * (HOUR / BURST)

    def expected(base: float, later: float) -> float:
        later = max(later, 0.0)
        raised = math.exp(level * math.exp(-later * level_fades))
        return (1 - _BURST_SHARE) * base * raised + drawn * math.exp(-later * burst_fades)

    return expected


def _mean(rhythm: Rhythm) -> float:
    return (rhythm.items + _PRIOR_ITEMS) / (rhythm.hours + _PRIOR_HOURS)


def hour_of_week(at: datetime) -> int:
    return int((at - EPOCH) // HOUR) % _HOURS


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _short(count: float) -> float | int:
    rounded = round(count, 2 if count < 100 else 1)
    return int(rounded) if rounded == int(rounded) else rounded
