"""The values that flow from step to step. All are frozen; every datetime is aware and in UTC.

``FetchResult`` (:mod:`feedhub.net`) -> ``ParsedFeed`` (:mod:`feedhub.ingest.parse`) -> ``Entry``
(:mod:`feedhub.ingest.normalize`) -> ``Story`` (:mod:`feedhub.store`) -> ``Document`` (:mod:`feedhub.publish`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

Direction = Literal["ltr", "rtl"]


class FailureKind(StrEnum):
    """Why a poll brought nothing. The names are part of `status --json`."""

    GONE = "gone"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    TOO_SLOW = "too_slow"
    TOO_BIG = "too_big"
    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    REDIRECT_LOOP = "redirect_loop"
    PRIVATE_ADDRESS = "private_address"
    NOT_A_FEED = "not_a_feed"
    NOTHING_MATCHED = "nothing_matched"
    BROKEN = "broken"


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
OFFLINE_KINDS = frozenset({FailureKind.DNS, FailureKind.REFUSED, FailureKind.TIMEOUT})


# --- net: bytes -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified of one response, byte for byte as received (R20)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """What a POST sends. It may hold a secret, or be large: no text shows it."""

    body: bytes = field(repr=False)
    content_type: str = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One conditional GET.

    `headers`, and user and password of `url`, go to the origin of `url` only: neither across a redirect to another, nor
    to `moved_to`, the address that is asked in its place (R26), where that is another. `validators` are those of the
    document at `document_url`, and are sent there only; without it, to the first address asked. `max_size` is in
    decompressed bytes.

    With a `post` it is a POST of it, never conditional; then any 2xx is `Fetched`, its body unread. At a subscriber's
    `callback` any 2xx is `Fetched`, and a redirect is a failure (WebSub sections 5.3 and 7).
    """

    url: str
    validators: Validators = Validators()
    headers: Mapping[str, str] = field(default_factory=dict)
    max_size: int = 5_000_000
    moved_to: str | None = None
    document_url: str | None = None
    post: Upload | None = None
    callback: bool = False

    @property
    def first(self) -> str:
        """The address to ask."""
        return self.moved_to or self.url


@dataclass(frozen=True, slots=True)
class Freshness:
    """The headers that say for how long an answer stays fresh, as received; empty where absent (RFC 9111, R27)."""

    cache_control: str = ""
    expires: str = ""
    date: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 with its whole body. `url` is where it was found after redirects.

    `permanent_url` is the same where every redirect on the way was permanent (301, 308) and none led from https to
    http; None without redirects (R26). `links` are the values of its Link headers.
    """

    url: str
    body: bytes
    content_type: str
    validators: Validators
    elapsed: timedelta
    permanent_url: str | None = None
    freshness: Freshness = Freshness()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304 to a conditional request. `url` and `permanent_url` as in `Fetched`."""

    elapsed: timedelta
    freshness: Freshness = Freshness()
    url: str = ""
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer. `detail` is one sentence without secrets; `retry_after` is the time before which not to ask."""

    kind: FailureKind
    detail: str
    status: int | None = None
    retry_after: datetime | None = None
    elapsed: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Held:
    """Not asked: this host wants to be left alone until then (Retry-After, R22)."""

    host: str
    until: datetime

    @property
    def reason(self) -> str:
        return f"{self.host} asked to wait until {self.until:%Y-%m-%d %H:%M:%S} UTC (Retry-After)"


FetchResult = Fetched | NotModified | Failed | Held


@dataclass(frozen=True, slots=True)
class HostState:
    """What is remembered of a host: no request starts before `free_at` (R23), nor before `not_before` (R22)."""

    host: str
    free_at: datetime
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class HostsMemory:
    """What an earlier process left: the hosts that may not be asked yet, by name, as read `at` this process's start.

    Where that one did not end in order its last requests are missing.
    """

    states: Mapping[str, HostState]
    at: datetime
    in_order: bool = True


# --- ingest: items ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """What a document says it stands in a relation to: `rel` is one relation in small letters, `href` as written."""

    rel: str
    href: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text construct as the feed gave it: `html` tells markup from plain text, `base` resolves its links."""

    value: str
    html: bool = False
    base: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RawDate:
    """A date as written, and as the parser understood it in UTC where it did.

    `utc` takes a date without a zone for UTC; whether the zone was there is read from `text` (R17).
    """

    text: str
    utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture; sizes in pixels, None where unknown. `type` is a media type or empty."""

    url: str
    caption: str = ""
    type: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attached file. `length` in bytes, 0 where unknown."""

    url: str
    type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """An item as its feed holds it: nothing cleaned, nothing resolved."""

    guid: str = ""
    link: str = ""
    original_link: str = ""  # feedburner:origLink and its like: the publisher's own address behind a wrapper
    title: Text | None = None
    summary: Text | None = None
    content: Text | None = None
    published: RawDate | None = None
    updated: RawDate | None = None
    author: str = ""
    categories: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()  # media:content, media:thumbnail, image: in the order of preference
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    base: str = ""
    mark: str = field(default="", compare=False)  # of its bytes, where the document was cut at its items


@dataclass(frozen=True, slots=True)
class RawHints:
    """How often a document asks to be polled, as its elements stand there; empty where absent (R27)."""

    ttl: str = ""
    update_period: str = ""
    update_frequency: str = ""
    update_base: str = ""
    skip_hours: tuple[str, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document. `format` is feedparser's version name, `json1`, `json11`, `sitemap` or `page`.

    `skipped` counts unusable items; `skipped_reason` may tell of something that is missing without any. `whole` is
    False where the document is cut off: further items may be missing from its end. `marks` are of all items in it, the
    unparsed ones too, and `frame` of what stands around them (:mod:`feedhub.ingest.split`); empty where it was not cut.
    """

    format: str
    title: str = ""
    link: str = ""
    language: str | None = None
    items: tuple[ParsedItem, ...] = ()
    skipped: int = 0
    skipped_reason: str = ""
    whole: bool = True
    hints: RawHints = RawHints()
    links: tuple[Link, ...] = ()  # its hubs, and what it calls itself
    frame: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One feed's item, normalised and clean: what is stored.

    `guid` is without its numeric fragment (R4), empty where the feed gives none; `canonical_url` is the key under which
    the same page is known everywhere (:func:`feedhub.net.urls.canonical_url`), None where no page of the publisher's is
    known; `link` is the address to publish. `published` is the declared date, None where absent or absurd; it may lie
    in the future: the clamp is to `first_seen`, which the store knows (R16). `content` is sanitised HTML with absolute
    links, `summary` plain text.
    """

    guid: str
    canonical_url: str | None
    link: str
    title: str
    summary: str
    content: str
    published: datetime | None
    author: str
    categories: tuple[str, ...]
    language: str | None
    direction: Direction
    picture: Picture | None
    enclosures: tuple[Enclosure, ...]


@dataclass(frozen=True, slots=True)
class Recalled(Entry):
    """An entry whose item was seen before, and of which only what identifies it is known. `digest` is the whole's."""

    digest: str

    @classmethod
    def of(cls, guid: str, canonical_url: str | None, title: str, published: datetime, digest: str) -> Recalled:
        unknown = {"link": "", "summary": "", "content": "", "author": "", "language": None, "picture": None}
        empty: dict[str, Any] = {**unknown, "direction": "ltr", "categories": (), "enclosures": ()}
        return cls(guid=guid, canonical_url=canonical_url, title=title, published=published, digest=digest, **empty)


@dataclass(frozen=True, slots=True)
class Recall:
    """What the last reading of a document left: its entries by their items' marks.

    They hold under the same `frame` in the same `context`, which covers all else that the reading of an item depends
    on: the address, what the operator says, and the program.
    """

    context: str = ""
    frame: str = ""
    entries: Mapping[str, Recalled] = field(default_factory=dict)


# --- store: what a poll knows and what it leaves ----------------------------------------------------------------------


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


# --- publish: documents -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Where a carrier comes from: the feed's configured id, its title, its site and its own address."""

    id: str
    title: str
    link: str
    url: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """An entry of a story, and why it is one (R14). `url` may be empty, `first_seen` is the tick of its poll.

    `score` is that of the evidence, from 0 to 1, None where the rule needs none.
    """

    source: Source
    url: str
    title: str
    published: datetime
    first_seen: datetime
    rule: str
    evidence: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another story about the same matter that was not merged; `reason` says in a sentence why not (R14)."""

    id: str
    title: str
    url: str
    source: Source
    reason: str

    @property
    def uuid(self) -> str:
        """The id as it stands in addresses."""
        return self.id.removeprefix("urn:uuid:")


@dataclass(frozen=True, slots=True)
class Story:
    """What is published. `carriers[0]` is the representative, whose text this is.

    `published` is the order key (R15), `updated` moves on significant edits alone (R19), `touched` whenever anything
    about the story changed that a document could show. `related` hides nothing (R40). `part_of` is the id of the whole
    story where an output shows a part of it by itself (R9), which then has an id, dates and carriers of its own.
    """

    id: str
    published: datetime
    updated: datetime
    touched: datetime
    title: str
    url: str
    summary: str
    content: str
    author: str
    categories: tuple[str, ...]
    language: str | None
    direction: Direction
    picture: Picture | None
    enclosures: tuple[Enclosure, ...]
    carriers: tuple[Carrier, ...]
    related: tuple[Related, ...] = ()
    part_of: str | None = None

    @property
    def source(self) -> Source:
        return self.carriers[0].source

    @property
    def whole(self) -> str:
        """The id of the whole story."""
        return self.part_of or self.id

    @property
    def uuid(self) -> str:
        """The whole story's id as it stands in the address of its page: a part has none."""
        return self.whole.removeprefix("urn:uuid:")


@dataclass(frozen=True, slots=True)
class OutputView:
    """All that a writer needs to make an output's bytes: nothing else decides them (R39).

    `site_url` ends with a slash; `path` is the output's address below it without extension (`feed`, `feeds/kurdistan`);
    `updated` is the newest change of a story in it, or the output's birth; `stories` are in the order of the document.
    """

    id: str
    name: str
    title: str
    site_title: str
    site_url: str
    path: str
    updated: datetime
    modified: datetime
    stories: tuple[Story, ...]
    noindex: bool = True
    summaries: bool = False  # no more of a text than its summary
    names_carriers: bool = False  # at the end of each text
    hub: str = ""  # the address of the hub that pushes it, where one does
    query: str = ""  # of the address, where the output is a selection made there

    def address(self, extension: str) -> str:
        """Where the document stands itself."""
        return f"{self.site_url}{self.path}.{extension}" + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True, slots=True)
class Document:
    """Finished bytes, addressed below the site's address. `modified` is the true Last-Modified.

    `links` are those of its Link header, relation and address: for what a hub pushes, the hub and itself.
    """

    path: str
    content_type: str
    body: bytes
    modified: datetime
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """What stood at an address was taken away; `reason` is one sentence for whoever asks."""

    reason: str
