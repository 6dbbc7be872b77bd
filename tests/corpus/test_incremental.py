"""Every document there is, and ten feeds over months: read item by item as they come, it is the same as read whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feedhub.ingest import changes
from feedhub.ingest.document import Reading, read_document
from feedhub.models import Entry, Failed, Recall, Recalled, Received
from support import corpus

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

URL = "https://feed.example/rss"
LEAST_CUT = 0.4  # of the items, where snapshots are hours apart
SERIES = ("bbc", "rnz")


def outlines(received: Received | Failed) -> Iterator[object]:
    """What a reading comes to, with each entry as it would be recalled: the digest stands for all of it."""
    if isinstance(received, Failed):
        yield received
        return
    yield replace(received, entries=(), frame="", marks=())
    for entry in received.entries:
        yield entry if isinstance(entry, Recalled) or not entry.published else outline(entry)


def outline(entry: Entry) -> Recalled:
    assert entry.published
    return Recalled.of(entry.guid, entry.canonical_url, entry.title, entry.published, changes.digest(entry))


def read(body: bytes, content_type: str = "application/xml", recall: Recall | None = None) -> Received | Failed:
    return read_document(body, URL, content_type, Reading(URL), recall or Recall())


def test_of_every_document_each_second_item_may_have_been_seen(test_data: Path) -> None:
    """Whatever the document is like, the outcome is that of reading it whole."""
    recalled = cut = total = 0
    for document in corpus.everything(test_data):
        body = document.body
        whole = read(body, document.content_type)
        if isinstance(whole, Failed):
            continue
        total += 1
        cut += bool(whole.frame)
        known = changes.recall(whole)
        half = replace(known, entries={mark: known.entries[mark] for mark in list(known.entries)[::2]})
        part = read(body, document.content_type, half)
        assert list(outlines(part)) == list(outlines(whole)), document.name
        assert isinstance(part, Received)
        recalled += sum(isinstance(entry, Recalled) for entry in part.entries)
    sys.stdout.write(f"{cut} of {total} documents cut at their items, {recalled} items not read again\n")
    assert recalled > 1_000


@pytest.mark.parametrize("name", SERIES)
def test_a_feed_over_months_reads_the_same(test_data: Path, name: str) -> None:
    """Each document with what the one before left, and many items are not read again."""
    recall, items, recalled = Recall(), 0, 0
    for snapshot in corpus.series(test_data, name)[:150]:
        body = snapshot.body
        whole, part = read(body), read(body, recall=recall)
        assert list(outlines(part)) == list(outlines(whole)), snapshot.path
        if isinstance(part, Received):
            recall = changes.recall(part)
            items += len(part.entries)
            recalled += sum(isinstance(entry, Recalled) for entry in part.entries)
    sys.stdout.write(f"{name}: {recalled} of {items} items not read again\n")
    assert recalled > LEAST_CUT * items
