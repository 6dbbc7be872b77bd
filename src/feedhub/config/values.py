"""The configuration as values: built once, handed down, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from feedhub.config.problems import Problem
from feedhub.config.selectors import Selectors

DedupMode = Literal["story", "link", "off"]
MOST_STORIES = 1_000  # in one document
ContentMode = Literal["full", "summary"]


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """`url` ends with a slash and may have a path; None: the listening address stands in for it.

    `websub`: the outputs name our hub, which pushes them to whoever subscribes there.
    """

    title: str
    url: str | None
    contact: str | None
    noindex: bool
    websub: bool


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One feed, with `defaults` applied.

    `url` is what is fetched and may hold secrets; `public_url` may be shown: it has no user name, no password, and
    `${NAME}` where the file has it. `explicit_id` tells an id that the operator gave from one derived from the URL.
    `dedup` is what applies to this feed. `max_size` is in decompressed bytes. `position` is the place in the file's
    list, from 0; `line` is the URL's. `min_interval` <= `interval` <= `max_interval`. `select` says how to read a page;
    without it the document is a feed or a news sitemap, and shows which. `full_text` takes texts from entries' pages.
    `initial_items` is how many old items are published when the feed is new (R44); None: all.
    """

    id: str
    explicit_id: bool
    url: str = field(repr=False)
    public_url: str
    title: str | None
    tags: tuple[str, ...]
    language: str | None
    timezone: ZoneInfo | None
    priority: int
    interval: timedelta
    min_interval: timedelta
    max_interval: timedelta
    headers: Mapping[str, str] = field(repr=False, hash=False)
    paused: bool
    dedup: DedupMode
    max_size: int
    position: int
    line: int
    select: Selectors | None = None
    full_text: bool = False
    initial_items: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Which stories an output holds (R12, R45): those that every key which is given allows.

    A story has the tags of the feeds that carry it, and is theirs; its language and words are those it is shown with.
    `sources` are feeds' ids. An expression of `include` and `exclude` is a word or phrase, or `re:` and a regular
    expression; :mod:`feedhub.stories.selection` says how they are matched.
    """

    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputConfig:
    """A merged feed. Its document holds at most `limit` stories, and of one source at most `max_per_source` (R44).

    `dedup` is what it shows as one (R9): a story, the part of it that an address or a guid holds together, or each
    entry. `max_age` counts back from its newest story. `content` is how much of a text may be republished;
    `show_carriers` names the other carriers at its end.
    """

    id: str
    title: str
    limit: int
    match: Match = Match()
    dedup: DedupMode = "story"
    max_age: timedelta | None = None
    max_per_source: int | None = None
    content: ContentMode = "full"
    show_carriers: bool = False


@dataclass(frozen=True, slots=True)
class HostsConfig:
    """Politeness to one host, across all its feeds (R23)."""

    concurrency: int
    spacing: timedelta


@dataclass(frozen=True, slots=True)
class DedupConfig:
    """`mode` holds where neither a feed nor `defaults` says otherwise. `window` is how far back matches are sought.

    `merge` and `never_merge` are the operator's word (R14): groups of two or more that are one story, and groups of
    which no two are. An element is a story's id, `urn:uuid:…` in small letters, or an article's URL as written.
    """

    mode: DedupMode
    window: timedelta
    merge: tuple[tuple[str, ...], ...]
    never_merge: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file. `outputs` always begins with `all`.

    `hide` names stories as :mod:`feedhub.config.references` has it, as written. `retention` is how long a story is kept
    after its last carrier was first seen, never shorter than `dedup.window` (R48). `secrets` are the values that stood
    in for `${NAME}` and the passwords in URLs: nothing may log them.
    """

    site: SiteConfig
    feeds: tuple[FeedConfig, ...]
    outputs: tuple[OutputConfig, ...]
    hosts: HostsConfig
    dedup: DedupConfig
    hide: tuple[str, ...] = ()
    retention: timedelta = timedelta(days=90)
    warnings: tuple[Problem, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
