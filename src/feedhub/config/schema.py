"""The shape of feeds.yaml. Every key is optional here, so that what is right about a wrong file can be looked at too.

What must be there (a feed's `url`, an output's `id`) is for :mod:`feedhub.config.checks`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from feedhub.config import scalars
from feedhub.config.values import MOST_STORIES, ContentMode, DedupMode

_INTERVAL = scalars.duration(timedelta(seconds=1), timedelta(days=365))
_AGE = scalars.duration(timedelta(minutes=1), timedelta(days=3650))
_SPACING = scalars.duration(timedelta(0), timedelta(hours=1))
_SIZE = scalars.size(1_000, 100_000_000)
_WINDOW = scalars.duration(timedelta(hours=1), timedelta(days=90))
_RETENTION = scalars.duration(timedelta(days=7), timedelta(days=36500))
_DEDUP = scalars.one_of("story", "link", "off")
_Groups = tuple[tuple[Annotated[str, scalars.REFERENCE], ...], ...]


class Section(BaseModel):
    """A mapping of the file: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def given(self) -> dict[str, Any]:
        """The keys that stand in the file, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Site(Section):
    title: Annotated[str, scalars.LINE] = "feedhub"
    url: Annotated[str | None, scalars.SITE_URL] = None
    contact: Annotated[str | None, scalars.CONTACT] = None
    noindex: Annotated[bool, scalars.flag()] = True
    websub: Annotated[bool, scalars.flag()] = True


class Defaults(Section):
    """The keys of a feed that all feeds can share."""

    interval: Annotated[timedelta, _INTERVAL] = timedelta(minutes=15)
    min_interval: Annotated[timedelta, _INTERVAL] = timedelta(minutes=5)
    max_interval: Annotated[timedelta, _INTERVAL] = timedelta(hours=24)
    timezone: Annotated[ZoneInfo | None, scalars.TIME_ZONE] = None
    language: Annotated[str | None, scalars.LANGUAGE] = None
    tags: tuple[Annotated[str, scalars.TAG], ...] = ()
    priority: Annotated[int, scalars.whole(-1_000_000, 1_000_000)] = 0
    headers: dict[Annotated[str, scalars.HEADER_NAME], Annotated[str, scalars.HEADER_VALUE]] = {}
    paused: Annotated[bool, scalars.flag()] = False
    dedup: Annotated[DedupMode, _DEDUP] = "story"
    max_size: Annotated[int, _SIZE] = 5_000_000
    full_text: Annotated[bool, scalars.flag()] = False
    initial_items: Annotated[int | None, scalars.whole(0, 10_000)] = None


class Select(Section):
    """Where the news is on a page; see :class:`feedhub.config.selectors.Selectors`."""

    item: Annotated[str, scalars.SELECTOR] = ""
    link: Annotated[str | None, scalars.SELECTOR] = None
    title: Annotated[str | None, scalars.SELECTOR] = None
    image: Annotated[str | None, scalars.SELECTOR] = None
    summary: Annotated[str | None, scalars.SELECTOR] = None
    date: Annotated[str | None, scalars.SELECTOR] = None
    author: Annotated[str | None, scalars.SELECTOR] = None
    section: Annotated[str | None, scalars.SELECTOR] = None


class Feed(Defaults):
    url: Annotated[str, scalars.URL] = ""
    id: Annotated[str, scalars.ID] = ""
    title: Annotated[str | None, scalars.LINE] = None
    kind: Annotated[Literal["feed", "sitemap", "page"] | None, scalars.one_of("feed", "sitemap", "page")] = None
    select: Select | None = None


class Match(Section):
    tags: tuple[Annotated[str, scalars.TAG], ...] = ()
    sources: tuple[Annotated[str, scalars.ID], ...] = ()
    languages: tuple[Annotated[str, scalars.LANGUAGE], ...] = ()
    include: tuple[Annotated[str, scalars.EXPRESSION], ...] = ()
    exclude: tuple[Annotated[str, scalars.EXPRESSION], ...] = ()


class Output(Section):
    id: Annotated[str, scalars.ID] = ""
    title: Annotated[str | None, scalars.LINE] = None
    match: Match = Match()
    dedup: Annotated[DedupMode, _DEDUP] = "story"
    limit: Annotated[int, scalars.whole(1, MOST_STORIES)] = 200
    max_age: Annotated[timedelta | None, _AGE] = None
    max_per_source: Annotated[int | None, scalars.whole(1, MOST_STORIES)] = None
    content: Annotated[ContentMode, scalars.one_of("full", "summary")] = "full"
    show_carriers: Annotated[bool, scalars.flag()] = False


class Hosts(Section):
    concurrency: Annotated[int, scalars.whole(1, 64)] = 2
    spacing: Annotated[timedelta, _SPACING] = timedelta(seconds=1)


class Dedup(Section):
    mode: Annotated[DedupMode, _DEDUP] = "story"
    window: Annotated[timedelta, _WINDOW] = timedelta(days=7)
    merge: _Groups = ()
    never_merge: _Groups = ()


class File(Section):
    site: Site = Site()
    defaults: Defaults = Defaults()
    feeds: tuple[Feed, ...] = ()
    outputs: tuple[Output, ...] = ()
    hide: tuple[Annotated[str, scalars.REFERENCE], ...] = ()
    hosts: Hosts = Hosts()
    dedup: Dedup = Dedup()
    retention: Annotated[timedelta, _RETENTION] = timedelta(days=90)


SECTIONS: dict[str, type[Section]] = {
    "": File,
    "site": Site,
    "defaults": Defaults,
    "feeds[]": Feed,
    "feeds[].select": Select,
    "outputs[]": Output,
    "outputs[].match": Match,
    "hosts": Hosts,
    "dedup": Dedup,
}
"""The keys that each mapping of the file may have, by its pattern."""
