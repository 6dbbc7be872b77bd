"""Labelled entries taken in as a hub takes them in: as feeds by source, polled at the entries' dates, then matched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session, col, select

from feedhub.config import load
from feedhub.hub import adopt
from feedhub.ingest import changes
from feedhub.ingest.normalize import normalize
from feedhub.models import News, NextPoll, ParsedFeed, ParsedItem, Poll, RawDate, Received, Text, Validators
from feedhub.net.urls import canonical_url
from feedhub.store import feeds
from feedhub.store.database import Store, sqlite_url
from feedhub.store.matching import Matcher
from feedhub.store.polls import record
from feedhub.store.tables import EntryRow
from feedhub.stories.identity import identify, lookup

_PASS = 100
_SOON = timedelta(minutes=15)
_NOTHING = ParsedFeed("rss20")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line of a set: an entry's fields as its feed gives them, with what only the scoring looks at."""

    id: str
    source: str
    at: datetime
    item: ParsedItem
    language: str
    kind: str
    cluster: str


def read(path: Path, *, full_text: bool = False) -> list[Labelled]:
    """The entries of a JSONL file, oldest first. `full_text` takes their `text` too, where there is one."""
    with path.open(encoding="utf-8") as lines:
        rows = [_labelled(json.loads(line), full_text=full_text) for line in lines if line.strip()]
    # What has no date comes last: a hub gives it the time of its poll.
    last = max(row.at for row in rows)
    rows = [row if row.item.published else replace(row, at=last) for row in rows]
    return sorted(rows, key=lambda row: (row.at, row.id))


def predict(entries: Sequence[Labelled]) -> dict[str, int]:
    """The story that each row was put into when it was matched, by the rows' ids.

    Rows may be one entry's wordings, one after the other. A story that an entry left by an edit keeps what it was.
    """
    with TemporaryDirectory(prefix="feedhub-dedup-") as folder:
        store = Store.open(sqlite_url(Path(folder)))
        try:
            return _predict(store, Path(folder), entries)
        finally:
            store.close()


def _predict(store: Store, folder: Path, entries: Sequence[Labelled]) -> dict[str, int]:
    names = {source: f"source-{place}" for place, source in enumerate(dict.fromkeys(row.source for row in entries))}
    numbers, matcher = listed(store, folder, names.values())
    found: dict[str, int] = {}
    for some in passes(entries):
        with store.writing() as session:
            stored = {row.id: _take_in(session, numbers[names[row.source]], row) for row in some}
        with store.writing() as session:
            matcher.match(session, matcher.pending(session), some[-1].at)
            query = select(EntryRow.id, EntryRow.story_id).where(col(EntryRow.id).in_(stored.values()))
            stories = dict(session.exec(query).all())
        found |= {row: stories[entry] or 0 for row, entry in stored.items()}
    return found


def passes(entries: Iterable[Labelled]) -> Iterator[list[Labelled]]:
    """The entries as they are polled and matched, at most so many at once.

    No document has an item twice: what comes under a feed's guid or link once more comes with a later pass.
    """
    some: list[Labelled] = []
    names: set[tuple[str, str]] = set()
    for row in entries:
        own = {(row.source, name) for name in (row.item.guid, canonical_url(row.item.link)) if name}
        if len(some) == _PASS or not names.isdisjoint(own):
            yield some
            some, names = [], set()
        some.append(row)
        names |= own
    if some:
        yield some


def listed(store: Store, folder: Path, names: Iterable[str]) -> tuple[dict[str, int], Matcher]:
    """The numbers of feeds of these names, listed anew, by name; and the matcher for them."""
    lines = "\n".join(f'  - {{id: {name}, url: "https://{name}.example/feed"}}' for name in names)
    path = folder / "feeds.yaml"
    path.write_text(
        f"site: {{url: 'https://hub.example/'}}\ndedup: {{mode: story}}\nfeeds:\n{lines}\n", encoding="utf-8"
    )
    config = load(path, {})
    with store.writing() as session:
        known = adopt(session, config, None, datetime(2000, 1, 1, tzinfo=UTC)).policies
    return {policy.key: number for number, policy in known.items()}, Matcher(known, config.dedup)


def _take_in(session: Session, feed: int, row: Labelled) -> int:
    """Record a poll that brings this one item; returns the number of its entry, new or known."""
    entry = normalize(row.item, _NOTHING, feed_url=f"https://{row.source}.example/", timezone=None, language=None)
    if entry is None:
        raise ValueError(f"{row.id} holds nothing")
    found = feeds.known_items(session, feed, *lookup([entry]))
    identification = identify([entry], [item for item, _ in found.values()])
    rewritten = changes.rewritten(identification, {number: digest for number, (_, digest) in found.items()})
    stored = feeds.wordings(session, [item.known.entry_id for item in rewritten if item.known])
    news = News(
        received=Received("rss20", "", "", None, (entry,)),
        validators=Validators(),
        body_hash="",
        identity=identification.mode,
        identity_reason=identification.reason,
        arrivals=changes.arrivals(identification.items, row.at),
        edits=changes.edits(rewritten, stored),
    )
    record(session, Poll(feed, row.at, "fetched", "ok", "", NextPoll(row.at + _SOON, "", _SOON), news))
    (item,) = identification.items
    if item.known:
        return item.known.entry_id
    number = session.exec(select(EntryRow.id).where(EntryRow.feed_id == feed, EntryRow.key == item.key)).one()
    return number or 0


def _labelled(row: Mapping[str, Any], *, full_text: bool) -> Labelled:
    at = datetime.fromisoformat(row["published"] or "2000-01-01T00:00:00")
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    content = row.get("text") if full_text else None
    return Labelled(
        id=row["id"],
        source=row["source"],
        at=at,
        item=ParsedItem(
            guid=row["guid"],
            link=row["link"],
            title=Text(row["title"]),
            summary=Text(row["summary"], html=True),
            content=Text(content, html=True) if content else None,
            published=RawDate(row["published"], at) if row["published"] else None,
        ),
        language=row["lang"],
        kind=row.get("kind", ""),
        cluster=row.get("cluster", ""),
    )


def lines(clusters: Mapping[str, int]) -> Iterator[str]:
    """A prediction as JSONL."""
    for entry, cluster in clusters.items():
        yield json.dumps({"id": entry, "cluster": str(cluster)}, ensure_ascii=False) + "\n"
