"""When the items of recorded feeds appeared, as far as the records tell: what `bench_cadence` replays.

A record is a folder of consecutive documents of one feed with an INDEX.tsv that names them and their times (UTC). An
item appears at its own date. Where a feed gives no dates, the items that a document has on top of the one before are
spread evenly over the time between. A document speaks for the time back to its tenth-oldest item, the very oldest being
leftovers, and for a day at most; what no document speaks for is left out of the replay.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median_low

from feedhub.ingest.parse import parse
from feedhub.models import ParsedFeed, ParsedItem

_DAY = timedelta(days=1)

Item = tuple[str, datetime | None]
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Series:
    """A feed's appearances within the `stretches` that are known. `window` is how many items its document holds."""

    name: str
    stretches: tuple[Stretch, ...]
    events: tuple[datetime, ...]
    window: int

    @property
    def middle(self) -> datetime:
        """Half of the items are before it: the first half is for tuning, the second for the report."""
        return self.events[len(self.events) // 2]

    @property
    def days(self) -> float:
        """Known days in the second half."""
        return sum((end - max(start, self.middle)) / _DAY for start, end in self.stretches if end > self.middle)

    @property
    def halved(self) -> int:
        """Items in the second half."""
        return len(self.events) - bisect_left(self.events, self.middle)


def load(folder: Path) -> list[Series]:
    """All series of a folder, by name."""
    with ProcessPoolExecutor() as workers:
        return list(workers.map(_series, sorted(index.parent for index in folder.glob("*/INDEX.tsv"))))


def _series(folder: Path) -> Series:
    documents = [(at, items) for at, path in _recorded(folder) if (items := _items(path, at))]
    dates = {key: date for _at, items in documents for key, date in items if date}
    if dates:
        stretches = _joined(_spoken_for(documents))
        events = sorted(date for date in dates.values() if any(a <= date <= b for a, b in stretches))
    else:
        stretches, events = _undated([(at, [key for key, _date in items]) for at, items in documents])
    window = median_low(len(items) for _at, items in documents)
    return Series(folder.name, tuple(stretches), tuple(events), window)


def _recorded(folder: Path) -> list[tuple[datetime, Path]]:
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(datetime.fromisoformat(row["utc"]), folder / row["file"]) for row in rows]


def _items(path: Path, at: datetime) -> list[Item]:
    parsed = parse(path.read_bytes(), url=f"https://feed.example/{path.name}", content_type="")
    if not isinstance(parsed, ParsedFeed):
        return []
    items = [(item.guid or item.link or _title(item), _date(item)) for item in parsed.items]
    return [(key, date) for key, date in items if date is None or date <= at]


def _date(item: ParsedItem) -> datetime | None:
    date = item.published or item.updated
    return date.utc if date else None


def _title(item: ParsedItem) -> str:
    return item.title.value if item.title else ""


def _spoken_for(documents: Iterable[tuple[datetime, Sequence[Item]]]) -> list[Stretch]:
    spans = []
    for at, items in documents:
        dates = sorted(date for _key, date in items if date)
        if dates:
            spans.append((max(dates[len(dates) // 10], at - _DAY), at))
    return spans


def _joined(spans: list[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _undated(documents: list[tuple[datetime, list[str]]]) -> tuple[list[Stretch], list[datetime]]:
    spans, events = [], []
    known = set(documents[0][1])
    for (before, _keys), (at, keys) in pairwise(documents):
        new = [key for key in keys if key not in known]
        known |= set(new)
        if at - before <= _DAY and len(new) < len(keys):  # else some may have come and gone unseen
            spans.append((before, at))
            events += [before + (at - before) * ((n + 0.5) / len(new)) for n in range(len(new))]
    return _joined(spans), events
