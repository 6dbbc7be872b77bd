"""`import` and `opml`: lists of subscriptions in and out."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from feedhub.cli.faults import Fault
from feedhub.cli.listed import feed_key, listed_feeds
from feedhub.cli.reading import config_if_any, read_config
from feedhub.cli.show import plural
from feedhub.config import ConfigError, FeedConfig, load
from feedhub.config.lines import NoPlace, feed_lines, literal_url, with_feeds
from feedhub.config.subscriptions import OpmlError, Subscription, read_opml
from feedhub.config.urls import http_url, without_user
from feedhub.hub import open_store
from feedhub.publish import opml
from feedhub.publish.addresses import host_of
from feedhub.settings import Settings
from feedhub.store.database import SQLITE_FILE
from feedhub.store.status import feed_statuses


def run_import(path: Path, config: Path, *, append: bool) -> None:
    """Print the lines of the feeds that are not listed, or append them to the file; say of each other one why."""
    listed = listed_feeds(read_config(config) if append else config_if_any(config))
    try:
        found = read_opml(path.read_bytes())
    except OpmlError as error:
        raise Fault(f"{path}:{error.line}: {error}") from None
    new = _new(found, listed, path, config)
    lines = [line for feed in new for line in feed_lines(feed.url, feed.title, feed.tags)]
    if append and lines:
        append_lines(config, lines, [feed.url for feed in new])
    elif lines:
        print_lines(lines)
    where = f", appended to {config}" if append and lines else ""
    print(f"{path}: {plural(len(found), 'feed')}, {len(new)} new{where}", file=sys.stderr)


def run_opml(settings: Settings) -> None:
    """Print the listed feeds as OPML, their tags as folders and categories; titles not given are the feeds' own."""
    config = read_config(settings.config)
    titles = _stored_titles(settings)
    pages = [feed for feed in config.feeds if feed.select]
    subscribed = [
        opml.Subscribed(feed.title or titles.get(feed.id, ""), feed.public_url, feed.tags)
        for feed in config.feeds
        if not feed.select
    ]
    typer.echo(opml.subscriptions(config.site.title, subscribed), nl=False)
    if pages:
        print(f"left out, for other programs cannot read them: {plural(len(pages), 'page')}", file=sys.stderr)


def _stored_titles(settings: Settings) -> dict[str, str]:
    """The feeds' own titles by their ids, as far as there is a database."""
    if not settings.database and not (settings.data / SQLITE_FILE).exists():
        return {}
    store = open_store(settings)
    try:
        with store.reading() as session:
            return {key: health.title for key, health in feed_statuses(session, datetime.now(UTC)).items()}
    finally:
        store.close()


def print_lines(lines: Sequence[str]) -> None:
    """Lines for the list of feeds on stdout, indented as in the shipped file; UTF-8 whatever the locale."""
    typer.echo("\n".join(f"  {line}" for line in lines).encode())


def append_lines(config: Path, lines: Sequence[str], urls: Sequence[str]) -> None:
    """Put the lines at the end of the list of feeds, the file replaced in one step once the new one has no mistake.

    Raises Fault, the file untouched, where it has no place for them or would mean something else than before.
    """
    path = Path(os.path.realpath(config))  # a link stays one
    try:
        text = with_feeds(path.read_bytes().decode(), lines)
    except NoPlace as error:
        raise Fault(f"cannot append to {config}: {error}; put the lines there by hand") from None
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
            _require_same(path, Path(file.name), urls)
            _take_over(path, file.fileno())
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def _require_same(old: Path, new: Path, urls: Sequence[str]) -> None:
    """That the new file lists what the old one does and then `urls`. A bug here costs nobody a list."""
    expected = [*(feed.url for feed in load(old, os.environ).feeds), *urls]
    try:
        found = [feed.url for feed in load(new, os.environ).feeds]
    except ConfigError as error:
        raise Fault(f"cannot append to {old}: {error.problems[0].message}; put the lines there by hand") from None
    if found != expected:
        raise Fault(f"cannot append to {old}: its list would not be read as before; put the lines there by hand")


def _take_over(path: Path, file: int) -> None:
    """Give the new file the old one's rights and owner."""
    kept = path.stat()
    os.fchmod(file, kept.st_mode & 0o7777)
    if (kept.st_uid, kept.st_gid) != (os.geteuid(), os.getegid()):
        os.fchown(file, kept.st_uid, kept.st_gid)


def _new(
    found: Sequence[Subscription], listed: Mapping[str, FeedConfig], path: Path, config: Path
) -> list[Subscription]:
    """The feeds that are neither listed nor named before, with the tags of all that name them."""
    kept: dict[str, Subscription] = {}
    for feed in found:
        url = http_url(feed.url)
        shown = without_user(url or feed.url)
        key = feed_key(shown)
        if url is None:
            _tell(path, feed.line, f"{shown[:200]} is no http or https address: left out")
        elif key in listed:
            _tell(path, feed.line, f"{shown} is listed already, on line {listed[key].line} of {config}")
        elif key in kept:
            _tell(path, feed.line, f"{shown} is the same as on line {kept[key].line}: one feed, with the tags of both")
            first = kept[key]
            kept[key] = Subscription(first.url, first.title, tuple(dict.fromkeys(first.tags + feed.tags)), first.line)
        else:
            title = "" if feed.title == host_of(url) else feed.title
            kept[key] = Subscription(literal_url(url), title, feed.tags, feed.line)
    return list(kept.values())


def _tell(path: Path, line: int, message: str) -> None:
    print(f"{path}:{line}: {message}", file=sys.stderr)
