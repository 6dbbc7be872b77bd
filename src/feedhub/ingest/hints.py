"""What a publisher asks of those who poll: in the document and in the headers of an answer (R27).

The sources: RSS 2.0 for `ttl`, `skipHours` and `skipDays`; the RDF Site Summary syndication module for `sy:update*`;
RFC 9111 sections 4.2 and 5 for `Cache-Control`, `Expires`, `Date` and `Age`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self

from feedhub.models import Freshness, RawHints

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_PERIODS = {
    "hourly": _HOUR,
    "daily": _DAY,
    "weekly": 7 * _DAY,
    "monthly": 30 * _DAY,
    "yearly": 365 * _DAY,
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = 365 * _DAY  # more is a mistake, and a timedelta ends somewhere
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_DIRECTIVE = re.compile(r'([!#$%&\'*+.^_`|~\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?', re.ASCII)


@dataclass(frozen=True, slots=True)
class Hints:
    """What a document asks. `every`: not more often, by `source`; with `base`, updates come at base + n times `every`.

    `skip_hours` are hours of the day, `skip_days` weekdays from Monday as 0, both in GMT.
    """

    every: timedelta | None = None
    source: str = ""
    base: datetime | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        """For a JSON column."""
        return {
            "every": self.every.total_seconds() if self.every else None,
            "source": self.source,
            "base": self.base.isoformat() if self.base else None,
            "skip_hours": sorted(self.skip_hours),
            "skip_days": sorted(self.skip_days),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """What :meth:`to_dict` gave; an empty mapping is a document that asks nothing."""
        return cls(
            every=timedelta(seconds=stored["every"]) if stored.get("every") else None,
            source=stored.get("source", ""),
            base=datetime.fromisoformat(stored["base"]) if stored.get("base") else None,
            skip_hours=frozenset(stored.get("skip_hours", ())),
            skip_days=frozenset(stored.get("skip_days", ())),
        )


def hints(raw: RawHints) -> Hints:
    """What a document asks. What makes no sense asks nothing.

    Of `ttl` and `sy:updatePeriod` the longer holds. Skipping every hour or every day is a mistake, not a wish.
    """
    minutes, period = _number(raw.ttl), _period(raw.update_period, raw.update_frequency)
    candidates = [(span, name) for span, name in ((_span(minutes, 60), "ttl"), (period, "sy:updatePeriod")) if span]
    every, source = max(candidates, default=(None, ""))
    hours = frozenset(int(n) % 24 for hour in raw.skip_hours if (n := _number(hour)) is not None and n <= 24)
    days = frozenset(_WEEKDAYS.index(name) for day in raw.skip_days if (name := day.strip().lower()) in _WEEKDAYS)
    return Hints(
        every=every,
        source=source,
        base=_time(raw.update_base) if source.startswith("sy") else None,
        skip_hours=hours if len(hours) < 24 else frozenset(),
        skip_days=days if len(days) < 7 else frozenset(),
    )


def fresh_for(now: datetime, headers: Freshness) -> timedelta | None:
    """How long the answer received at `now` stays fresh, from its headers as received; None where they do not say.

    `max-age` wins over `Expires`; an answer that may not be kept says nothing about when the next one is due.
    """
    directives = {name.lower(): quoted or plain for name, quoted, plain in _DIRECTIVE.findall(headers.cache_control)}
    if {"no-store", "no-cache"} & directives.keys():
        return None
    if "max-age" in directives:
        lifetime = _span(_number(directives["max-age"]), 1)
    else:
        until, sent = _http_date(headers.expires), _http_date(headers.date) or now
        lifetime = until - sent if until else None
    if lifetime is None:
        return None
    left = min(lifetime, _LONGEST) - (_span(_number(headers.age), 1) or timedelta(0))
    return left if left > timedelta(0) else None


def allowed(
    at: datetime,
    hints: Hints,
    polled: datetime,
    longest: timedelta,
    *,
    drift: timedelta = timedelta(0),
    spread: timedelta = timedelta(0),
) -> tuple[datetime, str]:
    """The first time from `at` on that the document's hints permit, and which hint moved it; empty where none did.

    `polled` is the time of the poll before. Never later than `polled` + `longest`, unless `at` is: `max_interval` wins.
    A time that is counted from the poll comes `drift` later. A moment of the clock, which is the same for all feeds
    that ask so, comes `spread` later, which is shorter than an hour (R23).
    """
    limit = max(at, polled + longest)
    time, moved = at, ""
    if (due := _due(hints, polled)) and due > time:
        time, moved = due + (spread if hints.base else drift), hints.source
    if time < limit and (open_at := _open(time, hints)) > time:
        weekday = time.astimezone(UTC).weekday()
        time, moved = open_at + spread, "skipDays" if weekday in hints.skip_days else "skipHours"
    return (time, moved) if time <= limit else (limit, f"{moved}, but at most max_interval")


def _due(hints: Hints, polled: datetime) -> datetime | None:
    """With a base: the first moment of its grid after the poll, for until then nothing changes."""
    if hints.every is None:
        return None
    if hints.base is None:
        return polled + hints.every
    return hints.base + hints.every * ((polled - hints.base) // hints.every + 1)


def _open(at: datetime, hints: Hints) -> datetime:
    """The start of the first hour from `at` on that is skipped neither by day nor by hour; `at` where its own is not.

    Some hour of the week is open, since neither all hours nor all days are skipped.
    """
    time = at.astimezone(UTC)
    while time.weekday() in hints.skip_days or time.hour in hints.skip_hours:
        time = time.replace(minute=0, second=0, microsecond=0) + _HOUR
    return time


def _period(period: str, frequency: str) -> timedelta | None:
    """`updatePeriod` is daily and `updateFrequency` 1 where only the other is given."""
    if not period.strip() and not frequency.strip():
        return None
    span, times = _PERIODS.get(period.strip().lower() or "daily"), _number(frequency or "1")
    return min(span / max(times, span / _LONGEST), _LONGEST) if span and times else None


def _number(text: str) -> float | None:
    return float(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


def _span(number: float | None, seconds: int) -> timedelta | None:
    if number is None or not math.isfinite(number) or number == 0:
        return None
    return min(timedelta(seconds=number * seconds), _LONGEST)


def _time(text: str) -> datetime | None:
    """A W3C date and time; without a zone it is taken for UTC."""
    try:
        time = datetime.fromisoformat(text.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _http_date(text: str) -> datetime | None:
    try:
        time = parsedate_to_datetime(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
