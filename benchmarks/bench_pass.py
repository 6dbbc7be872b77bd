"""What a pass costs: `feedhub poll` over feeds on loopback, as cron would run it. Times are the program's own.

    cold     an empty database: every feed is new
    steady   every tenth feed has one new item, the others answer 304
    idle     nothing is due: starting, looking and ending

CPU is that of the program and its parser processes; the outlets run in this process and are not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.outlets import Outlets

_EVERY = 10
_PASSES = ("cold", "steady", "idle")
_CONFIGURATION = """\
site: {{title: Benchmark, url: "https://hub.example/"}}
defaults: {{interval: 1d}}
hosts: {{concurrency: 64, spacing: 0s}}
feeds:
{feeds}
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, and of CPU in user and system mode together."""

    elapsed: float
    cpu: float


class PassFailed(Exception):
    """A poll did not do what is being measured; the message is what it printed."""


async def measure(outlets: Outlets, folder: Path) -> dict[str, Cost]:
    """Each kind of pass once, from an empty database in `folder`."""
    async with outlets.serving() as address:
        config = folder / "feeds.yaml"
        feeds = "\n".join(f"  - {{url: {address}{feed}.xml, id: feed-{feed}}}" for feed in range(outlets.count))
        config.write_text(_CONFIGURATION.format(feeds=feeds), encoding="utf-8")
        command = ["poll", "--allow-private", "--config", str(config), "--data", str(folder / "data")]
        cold = await _run(command, f"{outlets.count} feeds polled; 0 unchanged; 0 failed")
        unchanged = outlets.count - outlets.publish(_EVERY)
        steady = await _run([*command, "--all"], f"{outlets.count} feeds polled; {unchanged} unchanged; 0 failed")
        idle = await _run(command, "nothing is due")
    return dict(zip(_PASSES, (cold, steady, idle), strict=True))


async def _run(arguments: list[str], expected: str) -> Cost:
    before, started = _children_cpu(), time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "feedhub", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    cost = Cost(time.monotonic() - started, _children_cpu() - before)
    if process.returncode or expected not in output.decode():
        raise PassFailed(f"expected “{expected}”, got:\n{output.decode()[-2000:]}")
    return cost


def _children_cpu() -> float:
    """Of all children that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(runs: list[dict[str, Cost]]) -> str:
    """The medians as a table; the spread of the times stands beside them."""
    lines = ["pass     seconds   (min-max)       CPU s"]
    medians = {}
    for name in _PASSES:
        times = [run[name].elapsed for run in runs]
        medians[name] = Cost(median(times), median(run[name].cpu for run in runs))
        spread = f"({min(times):.2f}-{max(times):.2f})"
        lines.append(f"{name:<8} {medians[name].elapsed:>7.2f}   {spread:<13} {medians[name].cpu:>7.2f}")
    steady, cold = medians["steady"], medians["cold"]
    lines.append(f"steady / cold: {steady.elapsed / cold.elapsed:.2f} in seconds, {steady.cpu / cold.cpu:.2f} in CPU")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench_pass", description="What a pass over feeds on loopback costs.")
    parser.add_argument("--feeds", type=int, default=60)
    parser.add_argument("--items", type=int, default=20, help="in each feed")
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    runs = []
    for _ in range(chosen.runs):
        outlets = Outlets(chosen.feeds, chosen.items)
        with TemporaryDirectory(prefix="feedhub-bench-") as folder:
            runs.append(asyncio.run(measure(outlets, Path(folder))))
    print(
        f"{chosen.feeds} feeds of {chosen.items} items, {outlets.size / 1e6:.1f} MB, "
        f"medians of {chosen.runs} runs, SQLite, Python {sys.version.split()[0]}"
    )
    print(report(runs))


if __name__ == "__main__":
    main()
