"""What it costs to parse in a process that may be killed, beside the parsing itself (docs/decisions/0005)."""

from __future__ import annotations

import asyncio
import os
import pickle
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from statistics import median

from benchmarks.outlets import Outlets
from feedhub.ingest.changes import recall
from feedhub.ingest.document import Reading, read_document
from feedhub.ingest.workers import ParserDied, ParserWorkers
from feedhub.models import Received

_ITEMS, _REPEATS, _CALLS = 50, 7, 200
_URL = "https://outlet-0.example/feed"


def timed(work: Callable[[], object]) -> float:
    """The median of several runs, in milliseconds."""
    times = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


async def calls() -> tuple[float, float]:
    """Milliseconds of the first call to a new process, and of one to a process that runs."""
    async with ParserWorkers(1) as workers:
        with suppress(ParserDied):
            await workers.call(os.abort)
        started = time.perf_counter()
        await workers.call(os.getpid)
        first = time.perf_counter() - started
        started = time.perf_counter()
        for _ in range(_CALLS):
            await workers.call(os.getpid)
        return first * 1000, (time.perf_counter() - started) * 1000 / _CALLS


def main() -> None:
    body = Outlets(1, _ITEMS).document(0)
    received = read_document(body, _URL, "", Reading(_URL))
    assert isinstance(received, Received)
    known = recall(received)
    newest = known.entries.keys() - {received.marks[0]}
    seen = replace(known, entries={mark: known.entries[mark] for mark in newest})
    first, further = asyncio.run(calls())
    rows = {
        "parse and normalise": timed(lambda: read_document(body, _URL, "", Reading(_URL))),
        "the same where one item is new": timed(lambda: read_document(body, _URL, "", Reading(_URL), seen)),
        "the result to a pickle and back": timed(lambda: pickle.loads(pickle.dumps(received, -1))),
        "an empty call to a process that runs": further,
        "the first call, with the process's start": first,
    }
    print(f"{_ITEMS} items, {len(body) / 1000:.0f} KB")
    for name, milliseconds in rows.items():
        print(f"{name:<42} {milliseconds:>8.2f} ms")


if __name__ == "__main__":
    main()
