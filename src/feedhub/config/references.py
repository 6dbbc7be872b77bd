"""How an operator names a story: by its id, by the address of its page here, or by an article's URL."""

from __future__ import annotations

import re

from feedhub.config.urls import http_url

Groups = tuple[tuple[str, ...], ...]
"""Groups of references to stories."""

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ID = re.compile(rf"(?:urn:uuid:)?({_UUID})", re.IGNORECASE)
_PAGE = re.compile(rf"stories/({_UUID})(?:\.json|/|/index\.html)?(?:\?.*)?", re.IGNORECASE)


def story_id(text: str, site_url: str | None) -> str | None:
    """The id, as `urn:uuid:…` in small letters, that `text` is or whose story's page it is the address of; else None.

    `site_url` ends with a slash; None: no address is a story's page.
    """
    found = _ID.fullmatch(text) or (_PAGE.fullmatch(_below(text, site_url)) if site_url else None)
    return f"urn:uuid:{found[1].lower()}" if found else None


def reference(text: str) -> str | None:
    """`text` where it names a story: an id or a URL; None where it is neither. A URL keeps its fragment."""
    text = text.strip()
    return text if story_id(text, None) or http_url(text) else None


def named(groups: Groups, site_url: str | None) -> Groups:
    """The groups with the address of a story's page replaced by the story's id."""
    return tuple(tuple(story_id(text, site_url) or text for text in group) for group in groups)


def _below(url: str, site_url: str) -> str:
    """What follows the site's address in `url`, whether https or http; empty where it stands elsewhere."""
    _, _, address = (http_url(url) or "").partition("://")
    _, _, site = site_url.partition("://")
    return address.removeprefix(site) if address.startswith(site) else ""
