"""The delay of items against the requests that finding them costs, for four ways to choose the time of the next poll.

    FEEDHUB_TEST_DATA=FOLDER python -m benchmarks.bench_cadence [--svg docs/cadence.svg]

Replays the records in FOLDER/replay (:mod:`benchmarks.series`). A poll sees the newest items whose date has come, as
many as the feed's document holds. Policies run through a whole series and know only what their own polls saw; the
second half of each is reported, the first was for tuning. Each policy's parameter is set so that all make the same
number of requests: once for the ten feeds together as one hub, once for each feed by itself.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.chart import chart
from benchmarks.contestants import POLICIES, Policy, Sight
from benchmarks.series import Series, load

BUDGETS = (24, 48, 96)  # requests a day and feed
TABLE_BUDGET = 96  # every 15 minutes, the default
TELLING = 10  # items: of fewer a mean is no news
LARGE = 300  # items: fewer say little about a policy
_START = {"fixed": 1.0, "weekly count": 0.05, "known share": 1.0, "feedhub": 0.011}  # parameters for one request a day
_RUNS = 2  # with other chances, since a batch of items meets a poll at random


@dataclass(slots=True)
class Run:
    """What came of a policy in the second half of a series."""

    polls: int = 0
    missed: int = 0
    delays: list[timedelta] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Result:
    """The same as numbers: minutes, and requests and items a day."""

    requests: float
    mean: float
    slowest: float
    missed: float
    items: float


def replay(series: Series, policy: Policy, chance: random.Random) -> Run:
    """Poll through all stretches; the poll that opens a stretch is free, for the hub would have been there before."""
    run, seen = Run(), 0
    for start, end in series.stretches:
        seen = max(seen, bisect_left(series.events, start))
        now, first = start, True
        while now < end:
            known, seen, oldest = (
                seen,
                bisect_right(series.events, now),
                bisect_right(series.events, now) - series.window,
            )
            new = series.events[max(known, oldest, 0) : seen]
            if not first and now >= series.middle:
                run.polls += 1
                run.missed += max(oldest - known, 0)
                run.delays += [now - event for event in new if event >= series.middle]
            wait = policy.wait(Sight(now, new, series.window, gap=first or oldest > known))
            now += wait * chance.random() if first else wait
            first = False
    return run


def measure(series: Series, name: str, parameter: float) -> Result:
    runs = []
    for number in range(_RUNS):
        chance = random.Random(f"{series.name} {number}")
        runs.append(replay(series, POLICIES[name](parameter, chance), chance))
    delays = sorted(delay / timedelta(minutes=1) for run in runs for delay in run.delays)
    days = max(series.days, 0.01)
    return Result(
        requests=sum(run.polls for run in runs) / _RUNS / days,
        mean=sum(delays) / max(len(delays), 1),
        slowest=delays[int(len(delays) * 0.95)] if delays else 0.0,
        missed=sum(run.missed for run in runs) / _RUNS,
        items=series.halved / days,
    )


def together(results: Sequence[Result]) -> Result:
    """An average day of a hub that polls all of these feeds: every item counts alike."""
    items = sum(result.items for result in results)
    return Result(
        requests=sum(result.requests for result in results) / len(results),
        mean=sum(result.mean * result.items for result in results) / items,
        slowest=sum(result.slowest * result.items for result in results) / items,
        missed=sum(result.missed for result in results),
        items=items,
    )


def calibrated(feeds: Sequence[Series], name: str, budget: float) -> list[Result]:
    """The results by feed at the parameter, the same for all of them, that makes so many requests a day and feed."""
    low, high, parameter = 0.0, float("inf"), _START[name] * budget
    results: list[Result] = []
    for _ in range(8):
        results = [measure(series, name, parameter) for series in feeds]
        requests = together(results).requests
        if abs(requests / budget - 1) < 0.02:
            break
        low, high = (parameter, high) if requests < budget else (low, parameter)
        guess = parameter * budget / max(requests, budget / 8)
        parameter = guess if low < guess < high else (low + high) / 2 if high < float("inf") else low * 2
    return results


def _alone(name: str, series: Series) -> Result:
    return calibrated([series], name, TABLE_BUDGET)[0]


def _as_hub(task: tuple[str, int], feeds: Sequence[Series]) -> list[Result]:
    return calibrated(feeds, *task)


def _at_equal_cost(result: Result, fixed: Result) -> float:
    """The delay against the fixed interval's; the two percent by which requests may differ is made good."""
    return result.mean * result.requests / (fixed.mean * fixed.requests)


def print_hub(hubs: dict[tuple[str, int], list[Result]]) -> None:
    print("\nall feeds as one hub, at equal requests: delay in minutes (mean, 95 %), items missed, mean against fixed")
    print(f"{'requests a day and feed':<25}" + "".join(f"{name:>28}" for name in POLICIES))
    for budget in BUDGETS:
        fixed = together(hubs["fixed", budget])
        print(f"{budget:<25}", end="")
        for name in POLICIES:
            hub = together(hubs[name, budget])
            print(f"{hub.mean:>9.1f}{hub.slowest:>7.1f}{hub.missed:>5.0f}{_change(hub, fixed):>7}", end="")
        print()


def print_feeds(feeds: Sequence[Series], alone: dict[str, list[Result]]) -> None:
    print(f"\neach feed by itself, at {TABLE_BUDGET} requests a day: delay in minutes (mean, 95 %), mean against fixed")
    print(f"{'feed':<31}{'items':>6}{'a day':>7}" + "".join(f"{name:>23}" for name in POLICIES))
    for number, series in enumerate(feeds):
        fixed = alone["fixed"][number]
        print(f"{series.name:<31}{len(series.events):>6}{fixed.items:>7.1f}", end="")
        for name in POLICIES:
            result = alone[name][number]
            change = _change(result, fixed) if series.halved >= TELLING else "-"
            print(f"{result.mean:>9.1f}{result.slowest:>7.1f}{change:>7}", end="")
        print()


def print_goals(feeds: Sequence[Series], hub: Result, hub_fixed: Result, alone: dict[str, list[Result]]) -> None:
    large = [number for number, series in enumerate(feeds) if len(series.events) >= LARGE]
    ratios = {name: [_at_equal_cost(alone[name][n], alone["fixed"][n]) for n in large] for name in POLICIES}
    best = [min(by_policy) for by_policy in zip(*ratios.values(), strict=True)]
    behind = [
        feeds[n].name for n, ours, least in zip(large, ratios["feedhub"], best, strict=True) if ours > 1.05 * least
    ]
    print(f"\nhub: {_change(hub, hub_fixed)} mean delay against fixed (goal: -30%)")
    print(f"each feed with {LARGE} items by itself: {sum(ratios['feedhub']) / len(large) - 1:+.0%} on average")
    print(f"of these more than 5 % behind the best policy: {', '.join(behind) or 'none'}")


def _change(result: Result, fixed: Result) -> str:
    return f"{_at_equal_cost(result, fixed) - 1:+.0%}" if fixed.mean and result != fixed else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--svg", type=Path, help="also draw the hub's delays here")
    options = parser.parse_args()
    data = os.environ.get("FEEDHUB_TEST_DATA")
    if not data:
        print("skipped: FEEDHUB_TEST_DATA does not name a folder with recorded feeds")
        return 0
    feeds = load(Path(data) / "replay")
    tasks = [(name, budget) for name in reversed(POLICIES) for budget in reversed(BUDGETS)]  # the longest first
    with ProcessPoolExecutor() as workers:
        found = workers.map(partial(_as_hub, feeds=feeds), tasks)
        hubs = dict(zip(tasks, found, strict=True))
        alone = {name: list(workers.map(partial(_alone, name), feeds)) for name in POLICIES}
    print_hub(hubs)
    print_feeds(feeds, alone)
    print_goals(feeds, together(hubs["feedhub", TABLE_BUDGET]), together(hubs["fixed", TABLE_BUDGET]), alone)
    if options.svg:
        lines = {name: [(b, together(hubs[name, b]).mean) for b in BUDGETS] for name in POLICIES}
        options.svg.write_text(chart(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
