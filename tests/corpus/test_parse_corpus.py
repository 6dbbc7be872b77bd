"""Real feeds and hostile documents: no item is lost, no document takes the service with it (R28, R32, R33)."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import os
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import feedparser
import pytest

from feedhub.ingest.parse import parse
from feedhub.ingest.workers import ParserTimeout, ParserWorkers
from feedhub.models import Failed, FailureKind, ParsedFeed

Outcome = ParsedFeed | Failed | ParserTimeout

parse_there = partial(parse, url="https://feed.example/rss")

CUT_OFF = "the document is cut off"
EMPTY = "neither guid, link, title nor text"

# News documents of which we keep fewer items than feedparser counts: how many fewer, and why.
FEWER_NEWS = {
    "feeds/chardet__chardet/tests/iso-8859-5-bulgarian/bbc.co.uk.popshow.xml": (1, CUT_OFF),
    "feeds/chardet__chardet/tests/IBM855/aviaport.ru.xml": (1, CUT_OFF),
    "feeds/GetStream__Winds/api/test/data/feed/malformed-hackernews": (1, CUT_OFF),
}

# What the hostile documents are, where they are no feed with items.
HOSTILE_CLASSES = {
    "body_is_path.xml": FailureKind.NOT_A_FEED,
    "body_is_url.xml": FailureKind.NOT_A_FEED,
    "date_redos.xml": FailureKind.BROKEN,  # its item holds a date alone
    "empty.xml": FailureKind.BROKEN,
    "only_bom.xml": FailureKind.BROKEN,
    "html_instead.xml": FailureKind.BLOCKED,
}
HOSTILE_COUNTS = {
    "dup_guid_5000.xml.gz": 5_000,
    "same_guid_diff_links.xml": 50,
    "empty_titles.xml": 20,
    "no_guid_no_link.xml": 20,
    "js_links.xml": 15,
    "xss_description.xml": 15,
    "future_dates.xml": 9,
    "truncated_mid_item.xml": 9,
    "normalisation_pairs.xml": 2,
}
# 50,000 attributes on a tag: feedparser is quadratic in them. The process is killed.
TOO_SLOW = {"attrs_50k.xml.gz"}
# 50,000 items in 5 MB take 6 to 9 seconds, which a busy machine may not have.
LARGE = "items_50k.xml.gz"


def rows(table: Path) -> Iterator[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def bare_count(body: bytes) -> int:
    """How many items feedparser finds in the bytes as they are."""
    return len(feedparser.parse(io.BytesIO(body)).entries)


def strings(feed: ParsedFeed) -> Iterable[str]:
    yield feed.title
    for item in feed.items:
        yield from (item.guid, item.link, item.author, *item.categories)
        yield from (text.value for text in (item.title, item.summary, item.content) if text)


def test_no_news_item_is_lost_R32(test_data: Path) -> None:
    """Every document of the news outlets gives as many items as feedparser itself finds, but for named exceptions."""
    fewer = {}
    documents = list(rows(test_data / "corpus" / "NEWS.tsv"))
    for row in documents:
        body = (test_data / "corpus" / row["path"]).read_bytes()
        feed = parse_there(body)
        assert isinstance(feed, ParsedFeed), (row["path"], feed)
        if missing := bare_count(body) - len(feed.items):
            fewer[row["path"]] = (missing, feed.skipped_reason)
            assert feed.skipped == missing
    assert len(documents) == 127
    assert fewer == FEWER_NEWS


async def outcome(workers: ParserWorkers, body: bytes) -> Outcome:
    try:
        return await workers.call(parse_there, body)
    except ParserTimeout as error:
        return error


@pytest.mark.anyio
@pytest.mark.slow
async def test_hostile_documents_hurt_nobody_R33(test_data: Path) -> None:
    """All in one process after another: none crashes it, each ends in bounds, and each is what it is."""
    found: dict[str, Outcome] = {}
    pids = set()
    async with ParserWorkers(1, time_limit=timedelta(seconds=10)) as workers:
        for path in sorted((test_data / "corpus" / "hostile").glob("*.xml*")):
            body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            started = time.monotonic()
            found[path.name] = await outcome(workers, body)
            assert time.monotonic() - started < 11, path.name
            pids.add(await workers.call(os.getpid))
    feeds = {name: feed for name, feed in found.items() if isinstance(feed, ParsedFeed)}
    assert len(found) == 48  # the other three are bodies in a transfer coding, which is the fetcher's concern
    assert {name: what.kind for name, what in found.items() if isinstance(what, Failed)} == HOSTILE_CLASSES
    late = {name for name, what in found.items() if isinstance(what, ParserTimeout)}
    assert late - {LARGE} == TOO_SLOW
    assert LARGE in late or len(feeds[LARGE].items) == 50_000
    assert len(pids) == 1 + len(late)  # nothing else ended a process
    assert {name: len(feeds[name].items) for name in HOSTILE_COUNTS} == HOSTILE_COUNTS
    for feed in feeds.values():
        for text in strings(feed):
            assert text.isascii() or text.encode()  # no lone surrogate
            assert not set(text) & {chr(code) for code in (0, 1, 8, 11, 27, 0xFFFE, 0xFFFF)}


@pytest.mark.anyio
@pytest.mark.slow
async def test_every_document_of_the_corpus_is_read_R32(test_data: Path) -> None:
    """3,383 documents, most made to break parsers: where feedparser finds items, so do we, or we say why not."""
    documents = list(rows(test_data / "corpus" / "MANIFEST.tsv"))
    pending = iter(documents)
    found: dict[str, Outcome] = {}

    async def take_turns(workers: ParserWorkers) -> None:
        for row in pending:
            found[row["path"]] = await outcome(workers, (test_data / "corpus" / row["path"]).read_bytes())

    async with ParserWorkers(2) as workers:
        await asyncio.gather(take_turns(workers), take_turns(workers))
    surprises = [row["path"] for row in documents if not is_explained(int(row["items"]), found[row["path"]])]
    assert surprises == []
    assert sum(isinstance(what, ParsedFeed) for what in found.values()) >= 2_990


def is_explained(count: int, what: Outcome) -> bool:
    """Whether every one of feedparser's `count` items is there, was empty, or was cut in two."""
    match what:
        case ParsedFeed():
            reasons = {"", CUT_OFF, EMPTY}
            return len(what.items) + what.skipped >= count and what.skipped_reason in reasons
        case Failed(FailureKind.BROKEN):
            return what.detail.endswith((EMPTY, CUT_OFF, f"{CUT_OFF} before its first item"))
        case Failed():
            return count == 0
    return False
