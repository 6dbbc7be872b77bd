"""The tables. One schema for SQLite and PostgreSQL; every datetime is stored in UTC and comes back aware."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

ROW_ID = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only for INTEGER keys


def row_id() -> Any:
    return Field(default=None, primary_key=True, sa_type=ROW_ID)


def reference(target: str, *, index: bool = False, nullable: bool = False) -> Any:
    return Field(default=None, foreign_key=target, sa_type=ROW_ID, index=index, nullable=nullable)


def long_text(default: str = "") -> Any:
    return Field(default=default, sa_type=Text)


def counter() -> Any:
    return Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model, for statements over many rows, which the session would otherwise look at one by one."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


class HubRow(SQLModel, table=True):
    """The hub itself, one row. `revision` counts the changes that a published document could show."""

    __tablename__ = "hub"

    id: int = Field(default=1, primary_key=True)
    created_at: datetime
    first_site_url: str = long_text()  # outputs' ids are derived from it
    site_url: str = long_text()  # the one in force
    revision: int = 0
    unreachable: bool = False  # no listed feed could be reached when last tried
    reach_changed_at: datetime | None = None
    polling_since: datetime | None = None  # by a process that runs, or that did not end in order
    renamed: bool = False  # a feed calls itself otherwise, which the next matching makes known
    described_at: datetime  # when the configuration, a feed's title or the program last changed what all outputs show
    description: str = ""  # digest of what `described_at` watches
    configuration: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))  # the one in force
    pruned_at: datetime | None = None  # what retention takes away was taken away last


class FeedRow(SQLModel, table=True):
    """A feed's memory. `key` is its id in feeds.yaml; a feed that is no longer listed keeps its row."""

    __tablename__ = "feeds"

    id: int | None = row_id()
    key: str = Field(unique=True)
    url: str = long_text()
    created_at: datetime
    # as its document says
    title: str = long_text()
    link: str = long_text()
    language: str | None = None
    format: str = ""
    # the last complete answer
    etag: str | None = Field(default=None, sa_type=Text)
    last_modified: str | None = Field(default=None, sa_type=Text)
    body_hash: str | None = None
    full_at: datetime | None = None  # when the document was last received whole (R21)
    document_url: str | None = Field(default=None, sa_type=Text)  # where: the validators are this address's
    # where it redirects to for good (R26)
    permanent_url: str | None = Field(default=None, sa_type=Text)
    permanent_since: datetime | None = None
    permanent_polls: int | None = None
    adopted_at: datetime | None = None  # from then on asked in place of `url`
    offer: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))  # who pushes it
    # health
    state: str = "new"
    message: str = long_text()
    failures: int = 0
    last_poll_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    identity: str = ""
    identity_reason: str = long_text()
    # when next, and why
    next_poll_at: datetime | None = Field(default=None, index=True)
    next_reason: str = long_text()
    not_before: datetime | None = None  # the publisher's Retry-After: not even `poll --all` asks earlier
    interval_seconds: int | None = None
    # what the cadence learnt; all None until it has
    rhythm: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    hints: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    window: int | None = None  # items in the last document
    gap_at: datetime | None = None  # when items were last missed
    demand: float | None = None  # the feed's part in the hub's requests
    # what polling it comes to: counted from the first poll on
    polls: int = counter()
    failed: int = counter()
    unchanged: int = counter()
    received: int = counter()  # bytes, decompressed
    arrivals: int = counter()  # new entries, delivered ones too
    unchanged_share: float | None = None  # of the answers of late
    response_ms: float | None = None  # mean of the answers of late
    trouble: str | None = None  # the kind of event that was told and is not over
    removed_at: datetime | None = None  # no longer listed since
    # the clock by which its tombstones go: how many days brought a new document, and the last of them
    document_days: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    document_day: int | None = Field(default=None, sa_type=SmallInteger)


class RecallRow(SQLModel, table=True):
    """What the last reading of a feed's document left (:class:`feedhub.models.Recall`)."""

    __tablename__ = "recalls"

    feed_id: int = Field(foreign_key="feeds.id", primary_key=True, sa_type=ROW_ID)
    context: str
    frame: str
    entries: bytes  # as :mod:`feedhub.store.recalls` writes them


class HostRow(SQLModel, table=True):
    """A host that may not be asked before both of these (R22, R23)."""

    __tablename__ = "hosts"

    host: str = Field(primary_key=True)
    free_at: datetime
    not_before: datetime | None = None


class SubscriptionRow(SQLModel, table=True):
    """What a feed's hub is asked for and how far that has come: :class:`feedhub.websub.subscription.Subscription`.

    A feed may have one that is wanted and others that are being ended. `key` is the last part of `callback`.
    """

    __tablename__ = "subscriptions"

    id: int | None = row_id()
    feed_id: int = reference("feeds.id", index=True)
    key: str = Field(unique=True)
    secret: str
    callback: str = long_text()
    topic: str = long_text()
    hubs: list[str] = Field(default_factory=list, sa_type=JSON)
    hub: str = long_text()
    state: str
    act_at: datetime = Field(index=True)
    reason: str = long_text()
    failures: int = 0
    confirmed_at: datetime | None = None
    lease_until: datetime | None = None
    silent: bool = False
    proofs: int = 0
    missed: list[str] = Field(default_factory=list, sa_type=JSON)
    missed_at: datetime | None = Field(default=None, index=True)
    delivered: int = 0
    delivered_at: datetime | None = None
    dropped: int = 0
    remark: str = long_text()
    pushed: bool = False  # the hub is relied on


class RecipientRow(SQLModel, table=True):
    """Who has subscribed to an output at our hub: :class:`feedhub.websub.recipient.Recipient`.

    `key` is a digest of topic and callback, which are one subscription together and may be longer than an index row;
    `host` is the callback's.
    """

    __tablename__ = "recipients"

    id: int | None = row_id()
    key: str = Field(unique=True)
    host: str = Field(index=True)
    topic: str = Field(sa_type=Text, index=True)
    callback: str = long_text()
    secret: str
    lease_until: datetime
    digest: str
    owed: str
    not_before: datetime
    failures: int = 0


class RequestRow(SQLModel, table=True):
    """What a subscriber asked of our hub, until it has confirmed that it did. `key` and `host` as in `recipients`.

    `challenge` is empty until the subscriber is asked. It tells this request from a later one for the same
    subscription, which takes its place.
    """

    __tablename__ = "requests"

    id: int | None = row_id()
    key: str = Field(unique=True)
    host: str = Field(index=True)
    mode: str
    topic: str = long_text()
    callback: str = long_text()
    secret: str
    lease_seconds: int
    challenge: str = ""


class PollRow(SQLModel, table=True):
    """One attempt and what came of it. `outcome` is `fetched`, `unchanged` or the class of the failure."""

    __tablename__ = "polls"
    __table_args__ = (Index("ix_polls_feed_at", "feed_id", "at"),)

    id: int | None = row_id()
    feed_id: int = reference("feeds.id")
    at: datetime
    outcome: str
    detail: str = long_text()
    elapsed_ms: int = 0
    size: int = 0
    items: int = 0
    new: int = 0
    edited: int = 0
    skipped: int = 0


class EventRow(SQLModel, table=True):
    """Something an operator is told once: :class:`feedhub.models.Event`. `urn` is its public id."""

    __tablename__ = "events"

    id: int | None = row_id()
    urn: str = Field(unique=True)
    feed: str = Field(default="", index=True)
    kind: str
    at: datetime
    sentence: str = long_text()


class StoryRow(SQLModel, table=True):
    """A story, or an entry that outputs show by itself though its story has another's id (`entry_id`).

    `urn` and `published` are set once and never move (R11, R13). `merged_into` is the story under which the
    configuration's `merge` shows this one's carriers, for as long as it stands there. `updated` is the story's,
    `linked_updated` and `own_updated` are those of the parts of it that have its number (:mod:`feedhub.store.parts`):
    None until something significant is edited in them.
    """

    __tablename__ = "stories"
    __table_args__ = (
        Index(
            "ix_stories_merged",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )

    id: int | None = row_id()
    urn: str = Field(unique=True)
    published: datetime
    updated: datetime
    touched: datetime
    merged_into: int | None = Field(default=None, sa_type=ROW_ID)
    entry_id: int | None = Field(default=None, sa_type=ROW_ID)
    linked_updated: datetime | None = None
    own_updated: datetime | None = None


class EntryRow(SQLModel, table=True):
    """One feed's item. `pending` means that the matcher has not seen its newest wording yet.

    `published` is the order key, fixed when first seen (R15, R18); `declared` is what the publisher said. `edited_at`
    is when a significant edit came in that the matcher has not seen yet. The hashes are what is indexed: addresses and
    guids may be longer than an index row. `story_id` is the story it is shown under, `home_id` the one that the matcher
    gave it, where `merge` shows it under another. `linked_id` and `own_id` are the rows of `stories` under which
    outputs show it that merge less (R9), None where there never was one. `rule`, `evidence`, `score` and `version` (of
    the rules) are the matcher's decision (R14).

    A tombstone is an entry without text, in no story: its feed may still list the item, which is known then (R48). It
    alone has `last_listed`: its feed's `document_days` when a document last named it.
    """

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("key", "feed_id"),  # the feed last: SQLite would walk a whole feed rather than look up by hash
        Index("ix_entries_seen", "first_seen", "feed_id"),
        Index("ix_entries_pending", "feed_id", sqlite_where=text("pending = 1"), postgresql_where=text("pending")),
        *(
            Index(f"ix_entries_{part}", part, sqlite_where=text(given), postgresql_where=text(given))
            for part, given in (("linked_id", "linked_id IS NOT NULL"), ("own_id", "own_id IS NOT NULL"))
        ),
        Index(
            "ix_entries_tombstones",
            "feed_id",
            "last_listed",
            sqlite_where=text("last_listed IS NOT NULL"),
            postgresql_where=text("last_listed IS NOT NULL"),
        ),
    )

    id: int | None = row_id()
    feed_id: int = reference("feeds.id")
    key: str
    guid: str = long_text()
    guid_hash: int | None = Field(default=None, sa_type=BigInteger, index=True)
    canonical_url: str | None = Field(default=None, sa_type=Text)
    url_hash: int | None = Field(default=None, sa_type=BigInteger, index=True)
    link: str = long_text()
    title: str = long_text()
    summary: str = long_text()
    content: str = long_text()
    author: str = ""
    categories: list[str] = Field(default_factory=list, sa_type=JSON)
    language: str | None = None
    direction: str = "ltr"
    picture: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    enclosures: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    digest: str
    declared: datetime | None = None
    published: datetime
    first_seen: datetime
    edited_at: datetime | None = None
    pending: bool = True
    story_id: int | None = reference("stories.id", index=True, nullable=True)
    rule: str = ""
    evidence: str = long_text()
    score: float | None = None
    version: int | None = None
    home_id: int | None = Field(default=None, sa_type=ROW_ID)
    linked_id: int | None = Field(default=None, sa_type=ROW_ID)
    own_id: int | None = Field(default=None, sa_type=ROW_ID)
    last_listed: int | None = None


class WordingRow(SQLModel, table=True):
    """What an entry said when it was matched, where a significant edit has changed that: copies of it still come.

    The first wording alone is kept, and for as long as the entry's keys; `day` is that of its first sight.
    """

    __tablename__ = "wordings"

    entry_id: int = Field(foreign_key="entries.id", primary_key=True, sa_type=ROW_ID)
    day: int = Field(sa_type=SmallInteger, index=True)
    digest: str
    title: str = long_text()
    summary: str = long_text()
    content: str = long_text()


class KeyRow(SQLModel, table=True):
    """An entry is found under `key` by entries whose text is like its own; `day` is that of its first sight.

    The day goes first: what is written lies together, and what has left the window is taken away in one piece. Such
    rows hold nothing but their key and expire by day, so they refer to the entry without a foreign key.
    """

    __tablename__ = "keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    day: int = Field(primary_key=True, sa_type=SmallInteger)
    key: int = Field(primary_key=True, sa_type=Integer)
    entry_id: int = Field(primary_key=True, sa_type=ROW_ID)


class TallyRow(SQLModel, table=True):
    """How common words were on a day, frozen when the first entry of a later day was matched (R7)."""

    __tablename__ = "tallies"

    day: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    tally: str = long_text()


class RelatedRow(SQLModel, table=True):
    """Two stories about the same matter that were not merged, and why not. The first is the later one."""

    __tablename__ = "related"

    story_id: int = Field(foreign_key="stories.id", primary_key=True, sa_type=ROW_ID)
    other_id: int = Field(foreign_key="stories.id", primary_key=True, sa_type=ROW_ID, index=True)
    reason: str = long_text()
    score: float = 0.0


class OutputRow(SQLModel, table=True):
    """An output's permanent identity. `last_number` is the last that a story was given, though it may be gone.

    `expired_number` is the highest whose story retention took away, `expired_at` when it last took one.
    """

    __tablename__ = "outputs"

    id: int | None = row_id()
    name: str = Field(unique=True)
    urn: str
    created_at: datetime
    last_number: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    expired_number: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    expired_at: datetime | None = None


class SequenceRow(SQLModel, table=True):
    """The place a story, or a part of one, took in an output when it entered; never given twice, never changed."""

    __tablename__ = "sequence"
    __table_args__ = (UniqueConstraint("output_id", "story_id"),)

    output_id: int = Field(foreign_key="outputs.id", primary_key=True, sa_type=ROW_ID)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    story_id: int = reference("stories.id", index=True)


class GoneRow(SQLModel, table=True):
    """The public id of a story that retention took away, as 64 bits of it: it is given to no other story (R13)."""

    __tablename__ = "gone"

    id: int = Field(primary_key=True, sa_type=ROW_ID)
