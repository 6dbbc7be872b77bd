"""What the last reading of each feed's document left, so that items seen before need not be read again."""

from __future__ import annotations

import json
import zlib
from datetime import datetime

from sqlmodel import Session

from feedhub.models import Recall, Recalled
from feedhub.store.tables import RecallRow


def recall(session: Session, feed: int) -> Recall:
    """What is known of the document of this feed; nothing at first."""
    row = session.get(RecallRow, feed)
    if row is None:
        return Recall()
    found = json.loads(zlib.decompress(row.entries))
    return Recall(row.context, row.frame, {mark: _recalled(*values) for mark, *values in found})


def remember(session: Session, feed: int, known: Recall) -> None:
    """Keep this in place of what was known before."""
    listed = [
        (mark, it.guid, it.canonical_url, it.title, it.published and it.published.isoformat(), it.digest)
        for mark, it in known.entries.items()
    ]
    entries = zlib.compress(json.dumps(listed).encode())
    session.merge(RecallRow(feed_id=feed, context=known.context, frame=known.frame, entries=entries))


def _recalled(guid: str, canonical_url: str | None, title: str, published: str, digest: str) -> Recalled:
    return Recalled.of(guid, canonical_url, title, datetime.fromisoformat(published), digest)
