"""Whether a feed is listed already, however its address is written."""

from __future__ import annotations

from feedhub.config import Config, FeedConfig
from feedhub.net.urls import canonical_url


def feed_key(url: str) -> str:
    """What the addresses of one feed have in common: http and https, `www.`, a slash at the end make no difference.

    Feeds behind a wrapper's address, as feedburner's, have nothing but that address.
    """
    return canonical_url(url) or url


def listed_feeds(config: Config) -> dict[str, FeedConfig]:
    """The listed feeds by their keys, the first of those that share one. The address is the one without secrets."""
    found: dict[str, FeedConfig] = {}
    for feed in config.feeds:
        found.setdefault(feed_key(feed.public_url), feed)
    return found
