"""The hub's configuration for the demo: every outlet a feed, asked every few seconds."""

from __future__ import annotations

import json

from feedhub.demo.outlets import Outlet, outlets

HEAD = """\
site:
  title: Newsroom demo
feeds:
"""
FEED = """\
  - url: {url}
    id: {id}
    title: {title}
    tags: [{tags}]
    language: {language}
    priority: {priority}
    interval: 3s
    min_interval: 2s
    max_interval: 10s
"""
TAIL = """\
outputs:
  - {id: english, title: In English, match: {tags: [english]}, limit: 100}
  - {id: arabic, title: بالعربية, match: {tags: [arabic]}, limit: 100}
  - {id: kurdistan, title: Kurdistan, match: {tags: [kurdistan]}, limit: 100}
  - {id: neighbours, title: Neighbours, match: {tags: [iran, turkey]}, limit: 100}
hosts: {concurrency: 8, spacing: 0s}
"""


def feeds_yaml(base_url: str) -> str:
    """A feeds.yaml for the hub on top of a newsroom that listens at `base_url`, with or without its final slash."""
    base_url = base_url.removesuffix("/") + "/"
    return HEAD + "".join(_feed(outlet, base_url) for outlet in outlets()) + TAIL


def _feed(outlet: Outlet, base_url: str) -> str:
    return FEED.format(
        url=base_url + outlet.feed_path,
        id=outlet.id,
        title=json.dumps(outlet.title, ensure_ascii=False),  # a JSON string is a YAML one
        tags=", ".join(outlet.tags),
        language=outlet.language,
        priority=outlet.priority,
    )
