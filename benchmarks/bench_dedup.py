"""How well and how fast the same news is found.

dedup.py                                      quality, where FEEDHUB_TEST_DATA names a folder with dedup/*.dev.jsonl,
                                              and cost with so many entries in the window
dedup.py predict ENTRIES.jsonl PREDICTIONS.jsonl [--full-text]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks import predict, quality
from benchmarks.rivals import RIVALS
from benchmarks.throughput import Cost

_WINDOWS = (10_000, 100_000, 500_000)


def main() -> None:
    parser = argparse.ArgumentParser("dedup.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--windows", type=int, nargs="*", default=_WINDOWS, help="entries in the window, from 10000")
    commands = parser.add_subparsers(dest="command")
    predicting = commands.add_parser("predict", help="say which story each entry of a file is")
    predicting.add_argument("entries", type=Path)
    predicting.add_argument("predictions", type=Path)
    predicting.add_argument("--full-text", action="store_true", help="take the entries' texts, not the summary alone")
    chosen = parser.parse_args()
    if chosen.command == "predict":
        clusters = predict.predict(predict.read(chosen.entries, full_text=chosen.full_text))
        chosen.predictions.write_text("".join(predict.lines(clusters)), encoding="utf-8")
        return
    _print_quality()
    _print_cost(chosen.windows)


def _print_quality() -> None:
    folder = os.environ.get("FEEDHUB_TEST_DATA")
    sets = sorted(Path(folder, "dedup").glob("*.dev.jsonl")) if folder else []
    if not sets:
        print("no labelled entries: FEEDHUB_TEST_DATA names no folder with dedup/*.dev.jsonl")
    for path in sets:
        print(quality.report(path.name, predict.read(path)), flush=True)


def _print_cost(windows: list[int]) -> None:
    """Each size in a process of its own, so that its memory is its own; beside feedhub the libraries by themselves."""
    print(
        f"{'':20} {'in window':>9} {'entries/s':>9} {'CPU ms':>7} {'new day s':>9} {'resident MB':>11}"
        f" {'memory B/entry':>14} {'index B/entry':>13}"
    )
    for window in windows:
        _print_row("feedhub", "benchmarks.throughput", str(window))
        for rival in RIVALS:
            if find_spec(rival.split()[0]):
                _print_row(rival, "benchmarks.rivals", rival, str(window))
            else:
                print(f"{rival:20} not installed")


def _print_row(name: str, module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    measured = subprocess.run(command, cwd=Path(__file__).parent.parent, check=True, capture_output=True, text=True)
    cost = Cost(**json.loads(measured.stdout))
    print(
        f"{name:20} {cost.window:>9} {cost.rate:>9.0f} {cost.cpu:>7.2f} {cost.day:>9.2f} {cost.resident:>11.0f}"
        f" {cost.memory:>14.0f} {cost.index:>13.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
