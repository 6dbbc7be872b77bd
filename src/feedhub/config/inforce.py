"""The configuration in force as the database keeps it, so that the next one can be compared with it: no secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from feedhub.config.values import Config, FeedConfig

_NOT_COMPARED = {"id", "url", "explicit_id", "headers", "position", "line"}  # of a feed: `public_url` is its address


def noted(config: Config) -> dict[str, Any]:
    """The configuration in JSON's types, without request headers and secrets."""
    found: dict[str, Any] = TypeAdapter(Config).dump_python(_public(config), mode="json")
    return found


def recalled(note: dict[str, Any]) -> Config | None:
    """The configuration of a note; None where another version of feedhub wrote it in another way."""
    try:
        return TypeAdapter(Config).validate_python(note)
    except ValidationError:
        return None


def differences(before: FeedConfig, after: FeedConfig) -> Iterator[str]:
    """The keys in which two configurations of a feed differ; what is secret about it does not count."""
    for name in (field.name for field in fields(FeedConfig)):
        if name not in _NOT_COMPARED and getattr(before, name) != getattr(after, name):
            yield "url" if name == "public_url" else name


def _public(config: Config) -> Config:
    feeds = tuple(replace(feed, url=feed.public_url, headers={}) for feed in config.feeds)
    return replace(config, feeds=feeds, warnings=(), secrets=frozenset())
