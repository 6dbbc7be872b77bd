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


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """`url` ends with a slash and may have a path; None: the listening address stands in for it."""

    title: str
    url: str | None
    contact: str | None
    noindex: bool


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One feed, with `defaults` applied.

    `url` is what is fetched and may hold secrets; `public_url` may be shown: it has no user name, no password, and
    `${NAME}` where the file has it. `explicit_id` tells an id that the operator gave from one derived from the URL.
    `dedup` is what applies to this feed. `max_size` is in decompressed bytes. `position` is the place in the file's
    list, from 0; `line` is the URL's. `min_interval` <= `interval` <= `max_interval`. `select` says how to read a page;
    without it the document is a feed or a news sitemap, and shows which. `full_text` takes texts from entries' pages.
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


@dataclass(frozen=True, slots=True)
class OutputConfig:
    """A merged feed. `tags`: it holds what a feed with any of them carries; none: everything (R12)."""

    id: str
    title: str
    tags: tuple[str, ...]
    limit: int


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

    `secrets` are the values that stood in for `${NAME}` and the passwords in URLs: nothing may log them.
    """

    site: SiteConfig
    feeds: tuple[FeedConfig, ...]
    outputs: tuple[OutputConfig, ...]
    hosts: HostsConfig
    dedup: DedupConfig
    warnings: tuple[Problem, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
