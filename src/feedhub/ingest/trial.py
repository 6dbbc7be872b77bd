"""Each listed feed tried once, for its operator to judge; nothing is stored (`check --fetch`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from feedhub.config import FeedConfig
from feedhub.ingest.document import Reading
from feedhub.ingest.health import sentence
from feedhub.ingest.probe import Probe, Seen
from feedhub.ingest.tags import primary
from feedhub.models import Failed, FailureKind, FetchRequest, Received
from feedhub.websub.discovery import offered


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one feed. `state` is `ok`, `paused`, or the class of the failure, and `message` then its sentence.

    `url` is where the document was found, `moved_to` the address to adopt, None where there is none; `languages` are
    those of the texts, the most frequent first; `hub` is the first WebSub hub that it offers. Addresses may hold
    secrets.
    """

    feed: FeedConfig
    state: str
    message: str = ""
    url: str = ""
    format: str = ""
    title: str = ""
    items: int = 0
    languages: tuple[str, ...] = ()
    hub: str | None = None
    moved_to: str | None = None

    @property
    def failure(self) -> FailureKind | None:
        return None if self.state in ("ok", "paused") else FailureKind(self.state)


async def try_feed(feed: FeedConfig, now: datetime, probe: Probe) -> Trial:
    """Ask for the whole document and read it, as the first poll would; a paused feed is left alone.

    The language that feeds.yaml gives is not used, so that it can be compared with what is found.
    """
    if feed.paused:
        return Trial(feed, "paused")
    request = FetchRequest(feed.url, headers=feed.headers, max_size=feed.max_size)
    reading = Reading(feed.url, feed.timezone, None, feed.select, feed.full_text)
    seen = await probe.look(request, now, reading, as_page=feed.select is not None)
    return _failed(feed, seen) if isinstance(seen, Failed) else _read(feed, seen)


def _failed(feed: FeedConfig, failure: Failed) -> Trial:
    return Trial(feed, failure.kind, sentence(failure.kind, failure.detail))


def _read(feed: FeedConfig, seen: Seen) -> Trial:
    fetched, received = seen.fetched, seen.received
    offer = offered(fetched.url, fetched.links, received.links)
    skipped = f"{received.skipped} skipped: {received.skipped_reason}" if received.skipped else received.skipped_reason
    return Trial(
        feed=feed,
        state="ok",
        message=skipped,
        url=fetched.url,
        format=received.format,
        title=received.title,
        items=len(received.entries),
        languages=_languages(received),
        hub=offer.hubs[0] if offer else None,
        moved_to=fetched.permanent_url,
    )


def _languages(received: Received) -> tuple[str, ...]:
    counts = Counter(primary(entry.language) for entry in received.entries if entry.language)
    return tuple(language for language, _ in counts.most_common())


def twins(trials: list[Trial], key: Callable[[str], str]) -> dict[str, FeedConfig]:
    """The feeds that are another one by address, by id: each with the first in the list that has the same `key`.

    The address is the one that is listed and, of a feed that answered, the one where it was found.
    """
    first: dict[str, FeedConfig] = {}
    found: dict[str, FeedConfig] = {}
    for trial in trials:
        keys = {key(url) for url in chain([trial.feed.url], filter(None, [trial.url, trial.moved_to]))}
        known = [first[name] for name in sorted(keys) if name in first]
        if known:
            found[trial.feed.id] = min(known, key=lambda feed: feed.position)
        for name in keys:
            first.setdefault(name, trial.feed)
    return found
