"""Rules for when to poll a feed next, each with one free parameter that sets how many requests it makes."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from feedhub.ingest.cadence import Answered, Bounds, History, next_poll
from feedhub.ingest.learning import learn
from feedhub.ingest.rhythm import Rhythm

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BOUNDS = Bounds(first=15 * MINUTE, shortest=5 * MINUTE, longest=DAY)  # feedhub's defaults


@dataclass(frozen=True, slots=True)
class Sight:
    """What a poll saw: the dates of the items that were new, in a document of `window` items."""

    at: datetime
    new: tuple[datetime, ...]
    window: int
    gap: bool


class Policy(Protocol):
    def wait(self, sight: Sight) -> timedelta: ...


Maker = Callable[[float, random.Random], Policy]
"""Makes a policy for one feed: the parameter grows with the number of requests."""


class Fixed:
    """Every so often: `density` times a day."""

    def __init__(self, density: float, _chance: random.Random) -> None:
        self._interval = DAY / density

    def wait(self, _sight: Sight) -> timedelta:
        return self._interval


class WeeklyCount:
    """miniflux's "entry frequency": a week divided by the week's number of items times a factor.

    The week is of time that was watched, so that the records' gaps do not count against the rule.
    """

    def __init__(self, factor: float, _chance: random.Random) -> None:
        self._factor, self._watched = factor, timedelta(0)
        self._last: datetime | None = None
        self._week: list[timedelta] = []

    def wait(self, sight: Sight) -> timedelta:
        if self._last and not sight.gap:
            self._watched += sight.at - self._last
        self._last = sight.at
        week = min(self._watched, 7 * DAY)
        self._week = [at for at in self._week if self._watched - at < 7 * DAY] + [self._watched] * len(sight.new)
        if week < DAY / 4:
            return BOUNDS.first
        return _bounded(week / (len(self._week) * self._factor)) if self._week else BOUNDS.longest


class KnownShare:
    """mediacloud's idea: slower while more of the document is known than wanted, faster while less is."""

    _STEP = 4.0

    def __init__(self, wanted_new: float, _chance: random.Random) -> None:
        self._wanted = 1 - 1 / wanted_new
        self._interval = BOUNDS.first

    def wait(self, sight: Sight) -> timedelta:
        known = 1 - len(sight.new) / max(sight.window, 1)
        self._interval = _bounded(self._interval * math.exp(self._STEP * (known - self._wanted)))
        return self._interval


class Ours:
    """feedhub's own, given how much a typical feed demands; no hints."""

    def __init__(self, density: float, chance: random.Random) -> None:
        self._typical, self._chance = 1 / density, chance
        self._interval: timedelta | None = None
        self.rhythm = Rhythm()

    def wait(self, sight: Sight) -> timedelta:
        self.rhythm = learn(self.rhythm, sight.new, sight.at, gap=sight.gap)
        history = History(self._interval, self.rhythm, window=sight.window, typical=self._typical)
        answer = Answered(len(sight.new), sight.gap)
        decided = next_poll(BOUNDS, history, answer, sight.at, self._chance.random())
        self._interval = decided.interval
        return decided.at - sight.at


POLICIES: dict[str, Maker] = {"fixed": Fixed, "weekly count": WeeklyCount, "known share": KnownShare, "feedhub": Ours}


def _bounded(interval: timedelta) -> timedelta:
    return min(max(interval, BOUNDS.shortest), BOUNDS.longest)
