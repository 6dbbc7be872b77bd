"""New and edited entries with the texts of their own pages (`full_text: true`)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from feedhub.config import FeedConfig
from feedhub.ingest.changes import Articles
from feedhub.ingest.document import Reading
from feedhub.ingest.fulltext import full_text
from feedhub.ingest.permission import PageFetcher
from feedhub.ingest.workers import ParserError, ParserWorkers
from feedhub.models import Entry, Failed, FailureKind, Fetched, FetchRequest, Held
from feedhub.net.hosts import Clock
from feedhub.net.urls import origin
from feedhub.stories.identity import Identified

MOST_PAGES = 20  # read in one poll of a feed
_PATIENCE = 120.0  # seconds of a poll in which a page may still be begun


@dataclass(frozen=True, slots=True)
class Completion:
    """What the pages gave, None where none was to be read, with a remark on those that gave nothing.

    `postponed`: there are more than one poll may read.
    """

    articles: Articles | None = None
    remark: str = ""
    postponed: bool = False


async def complete(
    items: Sequence[Identified], feed: FeedConfig, clock: Clock, pages: PageFetcher, workers: ParserWorkers
) -> Completion:
    """Read the pages of `items` where the feed wants it, one after another in their order, as many as a poll may.

    None is begun after an outlet asked for patience (429), in this poll or before (Retry-After).
    """
    if not feed.full_text:
        return Completion()
    linked = [item for item in items if item.entry.link]
    whole: dict[str, Entry] = {}
    failures: list[Failed] = []
    until = time.monotonic() + _PATIENCE
    for item in linked[:MOST_PAGES]:
        if time.monotonic() > until or any(failure.kind is FailureKind.RATE_LIMITED for failure in failures):
            break
        read = await _article(item.entry, feed, clock, pages, workers)
        if isinstance(read, Failed):
            failures.append(read)
        else:
            whole[item.key] = read
    postponed = len(linked) > len(whole) + len(failures)
    return Completion(whole, _remark(len(linked), len(whole), failures), postponed)


async def _article(
    entry: Entry, feed: FeedConfig, clock: Clock, pages: PageFetcher, workers: ParserWorkers
) -> Entry | Failed:
    headers = feed.headers if origin(entry.link) == origin(feed.url) else {}
    result = await pages.fetch(FetchRequest(entry.link, headers=headers, max_size=feed.max_size), clock())
    if isinstance(result, Failed):
        return result
    if isinstance(result, Held):
        return Failed(FailureKind.RATE_LIMITED, result.reason)
    if not isinstance(result, Fetched):
        return Failed(FailureKind.BROKEN, "answered as if the page had been read before")
    reading = Reading(result.url, feed.timezone, feed.language)
    try:
        return await workers.call(full_text, entry, result.body, result.url, result.content_type, reading)
    except ParserError as error:
        return Failed(FailureKind.BROKEN, f"its page cannot be read: {error}")


def _remark(wanted: int, read: int, failures: Sequence[Failed]) -> str:
    if read == wanted:
        return ""
    reason = failures[0].detail.rstrip(".") if failures else f"{MOST_PAGES} at a poll are the most"
    return f"the pages of {wanted - read} of {wanted} articles were not read: {reason}"
