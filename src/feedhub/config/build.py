"""A file without mistakes -> the values that the rest of feedhub is given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from feedhub.config.problems import Finding, Problem
from feedhub.config.references import named
from feedhub.config.schema import Feed, File, Output, Site
from feedhub.config.selectors import Selectors
from feedhub.config.source import Source
from feedhub.config.urls import distinct_id, feed_id, http_url, passwords, without_user
from feedhub.config.values import Config, DedupConfig, FeedConfig, HostsConfig, Match, OutputConfig, SiteConfig

_Listing = tuple[int, Feed]
"""A feed and its index in the file."""


def config(file: File, source: Source, substituted: frozenset[str]) -> Config:
    """Apply the defaults, fetch equal URLs once (R30), and give each feed its id."""
    listings, twice = _merge(file, source)
    return Config(
        site=SiteConfig(**file.site.model_dump()),
        feeds=tuple(_feed(*identified, source) for identified in _identified(listings, source)),
        outputs=_outputs(file.outputs, file.site),
        hide=tuple(dict.fromkeys(file.hide)),
        hosts=HostsConfig(**file.hosts.model_dump()),
        dedup=_dedup(file),
        retention=file.retention,
        warnings=tuple(sorted([*twice, *_warnings(file, source)])),
        secrets=substituted.union(*(passwords(feed.url) for feed in file.feeds)),
    )


def feed_ids(file: File, source: Source) -> frozenset[str]:
    """The ids that the feeds have, given or derived; of feeds without a URL none."""
    listings, _ = _merge(file, source)
    return frozenset(identity for _, feed, identity in _identified(listings, source) if feed.url)


def _with_defaults(feed: Feed, file: File) -> Feed:
    values: dict[str, Any] = {"dedup": file.dedup.mode} | file.defaults.given() | feed.given()
    return Feed.model_construct(**values)


def _merge(file: File, source: Source) -> tuple[list[_Listing], list[Problem]]:
    """Equal URLs become one feed: the first one's settings, the tags of all. A warning tells of each later one."""
    first: dict[str, _Listing] = {}
    warnings = []
    for index, given in enumerate(file.feeds):
        feed = _with_defaults(given, file)
        if feed.url not in first:
            first[feed.url] = (index, feed)
            continue
        where, kept = first[feed.url]
        first[feed.url] = (where, kept.model_copy(update={"tags": kept.tags + feed.tags}))
        line = _line(where, source)
        message = f"the same URL as on line {line}: fetched once, with that one's settings and the tags of both"
        warnings.append(source.problem(Finding(("feeds", index), message)))
    return list(first.values()), warnings


def _identified(listings: list[_Listing], source: Source) -> Iterator[tuple[int, Feed, str]]:
    """Each feed with its id."""
    taken = {feed.id for _, feed in listings if feed.id}
    for index, feed in listings:
        identity = feed.id or _free_id(_public_url(index, feed, source), taken)
        taken.add(identity)
        yield index, feed, identity


def _feed(index: int, feed: Feed, identity: str, source: Source) -> FeedConfig:
    interval, least, most = _intervals(feed)
    return FeedConfig(
        id=identity,
        explicit_id=bool(feed.id),
        url=feed.url,
        public_url=_public_url(index, feed, source),
        title=feed.title,
        tags=tuple(dict.fromkeys(feed.tags)),
        language=feed.language,
        timezone=feed.timezone,
        priority=feed.priority,
        interval=interval,
        min_interval=least,
        max_interval=most,
        headers=feed.headers,
        paused=feed.paused,
        dedup=feed.dedup,
        max_size=feed.max_size,
        position=index,
        line=_line(index, source),
        select=Selectors(**feed.select.model_dump()) if feed.select else None,
        full_text=feed.full_text,
        initial_items=feed.initial_items,
    )


def _public_url(index: int, feed: Feed, source: Source) -> str:
    written = str(source.text(("feeds", index, "url")))
    return without_user(http_url(written) or written if "${" in written else feed.url)


def _free_id(url: str, taken: set[str]) -> str:
    """The id derived from `url`; the later one in the file of two that agree gets a suffix that its URL decides."""
    derived = feed_id(url)
    if derived not in taken:
        return derived
    return next(name for n in count() if (name := distinct_id(derived, url + "#" * n)) not in taken)


def _intervals(feed: Feed) -> tuple[timedelta, timedelta, timedelta]:
    """First guess, least and most. What the file gives holds; a default that does not fit gives way."""
    given = feed.given()
    interval, least, most = feed.interval, feed.min_interval, feed.max_interval
    if "min_interval" not in given:
        least = min(least, given.get("interval", least), given.get("max_interval", least))
    if "max_interval" not in given:
        most = max(most, least, given.get("interval", most))
    return min(max(interval, least), most), least, most


def _outputs(outputs: tuple[Output, ...], site: Site) -> tuple[OutputConfig, ...]:
    everything = next((output for output in outputs if output.id == "all"), Output(id="all"))
    others = [output for output in outputs if output.id != "all"]
    return (_output(everything, site.title), *(_output(output, output.id) for output in others))


def _output(output: Output, title: str) -> OutputConfig:
    return OutputConfig(
        id=output.id,
        title=output.title or title,
        limit=output.limit,
        match=Match(**{key: tuple(dict.fromkeys(words)) for key, words in output.match.given().items()}),
        dedup=output.dedup,
        max_age=output.max_age,
        max_per_source=output.max_per_source,
        content=output.content,
        show_carriers=output.show_carriers,
    )


def _dedup(file: File) -> DedupConfig:
    merge, never = (named(groups, file.site.url) for groups in (file.dedup.merge, file.dedup.never_merge))
    return DedupConfig(mode=file.dedup.mode, window=file.dedup.window, merge=merge, never_merge=never)


def _warnings(file: File, source: Source) -> list[Problem]:
    found = []
    if file.site.url is None:
        message = "url is not set: the feeds name the listening address, which readers elsewhere cannot follow"
        found.append(Finding(("site",), message, at_key=True))
    if not file.feeds:
        found.append(Finding(("feeds",), "no feed is listed: nothing is polled", at_key=True))
    return [source.problem(finding) for finding in found]


def _line(index: int, source: Source) -> int:
    return source.mark(("feeds", index, "url")).line
