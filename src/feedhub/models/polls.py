"""What a poll knows of its feed, what it finds, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from feedhub.models.items import Entry, RawHints, Recall
from feedhub.models.network import FailureKind, Link, Validators


class EventKind(StrEnum):
    """What an operator hears of once, in `/status.atom`."""

    MOVED = "moved"
    GONE = "gone"
    BLOCKED = "blocked"
    FAILING = "failing"
    STALE = "stale"
    GAP = "gap"
    HUB_SILENT = "hub_silent"
    CONFIGURATION_REFUSED = "configuration_refused"
    RECOVERED = "recovered"


# The failures that a missing network on this side causes as well (R25).


@dataclass(frozen=True, slots=True)
class Cadence:
    """What is remembered of when a feed's items come. `rhythm` and `hints` are the cadence's own, in JSON's types.

    `window` is how many items the last document held, 0 where unknown; `gap_at` is when items were last missed;
    `demand` is the feed's part in the hub's requests, None where unknown.
    """

    rhythm: Mapping[str, Any] = field(default_factory=dict)
    hints: Mapping[str, Any] = field(default_factory=dict)
    window: int = 0
    gap_at: datetime | None = None
    demand: float | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Where a feed's address redirects to for good, as seen without a break `since` then in so many polls (R26).

    From `adopted_at` on that address is asked in its place.
    """

    url: str
    since: datetime
    polls: int = 1
    adopted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """What is remembered of a feed between polls. `number` is the store's, `key` its id in feeds.yaml.

    `document_url` is where the document of `validators` was found. `due` is when it was to be polled. `typical` is not
    the feed's but the hub's: the mean demand of its feeds at the start of the pass, None where it is not known.
    `pushed`: a publisher's hub delivers what is new (WebSub); `delivered` are the order keys of what came so since the
    last answer. `trouble` is the kind of event that the operator was told of and that is not over, else empty.
    """

    number: int
    key: str
    validators: Validators = Validators()
    body_hash: str | None = None
    full_at: datetime | None = None  # when the document was last received whole
    state: str = "new"
    failures: int = 0  # in a row
    interval: timedelta | None = None
    format: str = ""
    empty: bool = True  # no item of it was ever stored
    document_url: str | None = None
    move: Move | None = None
    due: datetime | None = None
    cadence: Cadence = Cadence()
    typical: float | None = None
    pushed: bool = False
    delivered: tuple[datetime, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to ask again and why, in words. Before `not_before` nothing may ask, not even by hand (R22)."""

    at: datetime
    reason: str
    interval: timedelta
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A feed document: what it says of itself, and its entries in document order. `whole` as in `ParsedFeed`.

    `marks` are the items' of the entries; `context` and `frame` as in :class:`Recall`, without marks empty.
    """

    format: str
    title: str
    link: str
    language: str | None
    entries: tuple[Entry, ...]
    skipped: int = 0
    skipped_reason: str = ""
    whole: bool = True
    hints: RawHints = RawHints()
    links: tuple[Link, ...] = ()
    context: str = ""
    frame: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HubOffer:
    """That a document's changes are pushed (WebSub section 4): its hubs, in its order, and the `topic` to ask them for.

    `url` is where the document was found, `names` are all the addresses by which it calls itself.
    """

    url: str
    hubs: tuple[str, ...]
    topic: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new entry. `published` is its order key, fixed now: the declared date, but never later than now (R15-R18)."""

    entry: Entry
    key: str
    published: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A stored entry that reads differently now; `significant` as R19 has it."""

    entry_id: int
    entry: Entry
    digest: str
    significant: bool


@dataclass(frozen=True, slots=True)
class News:
    """What a received document changes: the feed's own description, its new entries and the edited ones.

    `known` is how many of its items were stored already, `items` are the keys of all its items. `offer` is who pushes
    it. `withheld` are new and never published (R44); `relisted` are known and published no more (R48). `remark` is what
    an operator should know of it beside that, empty for nothing.
    """

    received: Received
    validators: Validators
    body_hash: str
    identity: str
    identity_reason: str
    arrivals: tuple[Arrival, ...]
    edits: tuple[Edit, ...]
    known: int = 0
    remark: str = ""
    items: tuple[str, ...] = ()
    offer: HubOffer | None = None
    withheld: tuple[Arrival, ...] = ()
    relisted: tuple[Edit, ...] = ()
    recall: Recall = Recall()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in one sentence without secrets. `feed` is a feed's id, empty where it is the hub's."""

    kind: EventKind
    at: datetime
    sentence: str
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """One attempt and what came of it, ready to be recorded.

    `outcome` is `fetched` (`news` says what the document holds), `unchanged`, the class of the failure, or `held`: not
    asked, since a host asked to wait; then `next` alone counts. `state` and `message` are the feed's from now on.
    `confirmed` holds the validators of a whole answer whose body was the known one, `document_url` where a whole answer
    was found. `size` is in decompressed bytes. `cadence` is None where nothing was learnt. `events` are worth telling
    the operator; `trouble` is as in `FeedMemory`, from now on.
    """

    feed: int
    at: datetime
    outcome: str
    state: str
    message: str
    next: NextPoll
    news: News | None = None
    confirmed: Validators | None = None
    failures: int = 0
    elapsed: timedelta = timedelta(0)
    size: int = 0
    cadence: Cadence | None = None
    document_url: str | None = None
    move: Move | None = None
    events: tuple[Event, ...] = ()
    trouble: str = ""

    @property
    def held(self) -> bool:
        return self.outcome == "held"

    @property
    def failure(self) -> FailureKind | None:
        """The class of the failure, None for an answer, and where nothing was asked."""
        return None if self.outcome in ("fetched", "unchanged", "held") else FailureKind(self.outcome)
