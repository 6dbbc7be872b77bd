"""What matching costs with so many entries in the window.

The window is filled in the tables with copies of real rows under random keys, which nothing resembles: by matching it
would take hours. What the measured entries do resemble, the last thousands before them, came in the real way.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from benchmarks.newswire import Article, articles
from benchmarks.predict import listed
from feedhub.ingest import changes
from feedhub.ingest.language import detect
from feedhub.models import Entry, News, NextPoll, Poll, Received, Validators
from feedhub.net.urls import canonical_url
from feedhub.store.database import Store, sqlite_url
from feedhub.store.matching import Matched, Matcher
from feedhub.store.polls import record
from feedhub.store.tables import EntryRow, table_of
from feedhub.store.tallies import day_of
from feedhub.stories.identity import identify

_FEEDS = 50
_BATCH = 100
_TEMPLATES = 1_000  # entries taken in the real way that the window is filled with
_RECENT = 3_000  # taken in the real way before the measured ones
_MEASURED = 5_000
_KEYS = 20  # of an entry
_DAYS = 7
_START = datetime(2026, 1, 1, tzinfo=UTC)
_SOON = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Cost:
    """`rate` is in entries per second on the clock, `cpu` in ms of processor per entry, `day` the first batch of a day.

    `resident` is the process in MB, `memory` by how many bytes for each entry in the window it has grown, `index` the
    bytes of keys on disk for each of them, `merged` the share that joined.
    """

    window: int
    rate: float
    cpu: float
    day: float
    resident: float
    memory: float
    index: float
    merged: float


def measure(window: int) -> Cost:
    """Fill the window, then take in and match another day's entries, batch by batch. `window` is at least 10,000."""
    with TemporaryDirectory(prefix="feedhub-dedup-") as folder:
        store = Store.open(sqlite_url(Path(folder)))
        try:
            return _measure(store, Path(folder), window)
        finally:
            store.close()


def _measure(store: Store, folder: Path, window: int) -> Cost:
    before = resident()
    numbers, matcher = listed(store, folder, [f"outlet-{n}" for n in range(_FEEDS)])
    hub = _Hub(store, matcher, list(numbers.values()))
    news = articles()
    for _ in range(_TEMPLATES // _BATCH):
        hub.take(list(islice(news, _BATCH)), _START)
    copies = (window - _RECENT) // _TEMPLATES - 1
    for n in range(copies):
        _fill(store, n, _START + timedelta(days=_DAYS * n / copies))
    index = _bytes_of_keys(store) / window
    for n in range(_RECENT // _BATCH):
        hub.take(list(islice(news, _BATCH)), _START + timedelta(days=_DAYS - 1, hours=18, minutes=n))
    day = _START + timedelta(days=_DAYS)
    started = time.perf_counter()
    hub.take(list(islice(news, _BATCH)), day)
    first = time.perf_counter() - started
    batches = [list(islice(news, _BATCH)) for _ in range(_MEASURED // _BATCH)]
    started, cpu, matched = time.perf_counter(), time.process_time(), Matched()
    for n, batch in enumerate(batches):
        matched += hub.take(batch, day + timedelta(minutes=n))
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Cost(
        window=window,
        rate=_MEASURED / elapsed,
        cpu=cpu / _MEASURED * 1e3,
        day=first,
        resident=resident(),
        memory=(resident() - before) * 1e6 / window,
        index=index,
        merged=matched.joined / _MEASURED,
    )


def _fill(store: Store, copy: int, now: datetime) -> None:
    """Once more the entries taken in first, at another time, each a story of its own."""
    again = {"key": f"'{copy}-' || key", "guid_hash": "random()", "url_hash": "random()", "first_seen": ":now"}
    entries = ", ".join(f'"{c.name}"' for c in table_of(EntryRow).columns if c.name not in ("id", "story_id"))
    copied = ", ".join(again.get(name.strip('"'), name) for name in entries.split(", "))
    with store.engine.begin() as connection:
        first = connection.execute(text("SELECT max(id) + 1 FROM entries")).scalar()
        story = connection.execute(text("SELECT max(id) + 1 FROM stories")).scalar()
        values = {"now": now.strftime("%Y-%m-%d %H:%M:%S.%f"), "n": _TEMPLATES, "first": first, "story": story}
        values |= {"copy": f"urn:{copy}:", "day": day_of(now), "keys": _KEYS}
        for statement in (
            "INSERT INTO stories (urn, published, updated, touched) SELECT :copy || id, :now, :now, :now"
            " FROM entries WHERE id <= :n ORDER BY id",
            f"INSERT INTO entries ({entries}, story_id) SELECT {copied}, :story + id - 1"
            " FROM entries WHERE id <= :n ORDER BY id",
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :keys) INSERT INTO keys"
            " SELECT :day, random() % 2147483648, id FROM n JOIN entries ON id >= :first",
        ):
            connection.execute(text(statement), values)


class _Hub:
    """Takes in one feed's document after another, and matches each."""

    def __init__(self, store: Store, matcher: Matcher, numbers: list[int]) -> None:
        self._store, self._matcher, self._numbers = store, matcher, numbers
        self._taken = 0

    def take(self, batch: list[Article], now: datetime) -> Matched:
        feed = self._taken % len(self._numbers)
        self._taken += 1
        entries = tuple(_entry(article, feed, now) for article in batch)
        identification = identify(entries, [])
        news = News(
            received=Received("rss20", "", "", None, entries),
            validators=Validators(),
            body_hash="",
            identity=identification.mode,
            identity_reason=identification.reason,
            arrivals=changes.arrivals(identification.items, now),
            edits=(),
        )
        poll = Poll(self._numbers[feed], now, "fetched", "ok", "", NextPoll(now + _SOON, "", _SOON), news)
        with self._store.writing() as session:
            record(session, poll)
        with self._store.writing() as session:
            return self._matcher.match(session, self._matcher.pending(session), now)


def _entry(article: Article, feed: int, now: datetime) -> Entry:
    link = f"https://outlet-{feed}.example/news/{article.number}-as-it-happened"
    language = detect(f"{article.title}\n{article.lead}")
    return Entry(
        guid=link,
        canonical_url=canonical_url(link),
        link=link,
        title=article.title,
        summary=article.lead,
        content=f"<p>{article.lead}</p>",
        published=now,
        author="",
        categories=(),
        language=language,
        direction="rtl" if article.language == "ar" else "ltr",
        picture=None,
        enclosures=(),
    )


def _bytes_of_keys(store: Store) -> int:
    """The pages that are free once the keys are gone; they are put back."""
    with store.engine.connect() as connection:
        before = _free(connection.execute(text("PRAGMA freelist_count")).scalar())
        connection.execute(text("DELETE FROM keys"))
        after = _free(connection.execute(text("PRAGMA freelist_count")).scalar())
        size = _free(connection.execute(text("PRAGMA page_size")).scalar())
        connection.rollback()
    return (after - before) * size


def _free(value: object) -> int:
    return int(str(value))


def resident() -> float:
    """MB of this process now, where the system tells, else at its most."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    print(json.dumps(asdict(measure(int(sys.argv[1])))))
