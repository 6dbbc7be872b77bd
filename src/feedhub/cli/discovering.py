"""`discover`: a site's feeds as lines for feeds.yaml."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from feedhub.cli.faults import Fault
from feedhub.cli.importing import print_lines
from feedhub.cli.listed import feed_key, listed_feeds
from feedhub.cli.probing import open_probe
from feedhub.cli.reading import config_if_any
from feedhub.cli.show import plural
from feedhub.config import Config
from feedhub.config.lines import feed_lines
from feedhub.config.subscriptions import one_line
from feedhub.config.urls import http_url, without_user
from feedhub.ingest.discovery import Offered, discover
from feedhub.ingest.health import sentence
from feedhub.models import OFFLINE_KINDS, Failed, FailureKind
from feedhub.settings import Settings

_LONGEST_TITLE = 80  # characters


def run_discover(address: str, settings: Settings) -> None:
    """Print a line for each feed of the site that is not listed; raises Fault where there is none at all."""
    url = http_url(address if "://" in address else f"https://{address}")
    if url is None:
        raise Fault(f"{without_user(address)} is no http or https address")
    config = config_if_any(settings.config)
    found = asyncio.run(_discover(url, config, settings))
    if isinstance(found, Failed):
        raise Fault(_explained(found))
    if not found:
        where = "neither linked, nor in robots.txt, nor where feeds often are"
        raise Fault(f"no feed was found at {without_user(url)}: {where}")
    _print(found, config, settings)


async def _discover(url: str, config: Config, settings: Settings) -> list[Offered] | Failed:
    async with open_probe(config, settings) as probe:
        return await discover(url, datetime.now(UTC), probe)


def _explained(failure: Failed) -> str:
    """Why there is no page. What is advised about a feed fits it where the way to it is at fault."""
    fits = failure.kind in OFFLINE_KINDS or failure.kind is FailureKind.PRIVATE_ADDRESS
    return sentence(failure.kind, failure.detail) if fits else failure.detail.rstrip(".")


def _print(found: list[Offered], config: Config, settings: Settings) -> None:
    listed = listed_feeds(config)
    lines: dict[str, list[str]] = {}
    for feed in found:
        key = feed_key(feed.url)
        if key in listed:
            print(f"{feed.url} is listed already, on line {listed[key].line} of {settings.config}", file=sys.stderr)
        elif key not in lines:
            lines[key] = feed_lines(feed.url, remark=_remark(feed))
    if lines:
        print_lines([line for feed in lines.values() for line in feed])


def _remark(feed: Offered) -> str:
    title = one_line(feed.title)
    if len(title) > _LONGEST_TITLE:
        title = f"{title[: _LONGEST_TITLE - 1]}…"
    return ", ".join(filter(None, (title, plural(feed.items, "item"))))
