"""Which images are no pictures: tracking pixels, spacers, emoji, avatars, buttons (R34, R35)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

ICON = 50  # pixels; a picture worth leading with is larger both ways

LAZY_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-orig-src", "data-orig-file", "data-lazy")
LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")

_TRACKING_HOSTS = (
    "doubleclick.net",
    "googlesyndication.com",
    "google-analytics.com",
    "googletagmanager.com",
    "pixel.wp.com",
    "stats.wp.com",
    "stats.wordpress.com",
    "feeds.wordpress.com",
    "scorecardresearch.com",
    "quantserve.com",
    "chartbeat.net",
    "statcounter.com",
    "feedsportal.com",
    "pheedo.com",
    "buysellads.com",
    "mc.yandex.ru",
    "counter.yadro.ru",
)
_TRACKING_PLACES = re.compile(
    r"^(?:[^/]*\.)?(?:facebook\.com/tr\b|feedburner\.com/~(?:r|ff|rc)/|feedproxy\.google\.com/~|feeds?ads?\.|ads?\.)"
    r"|/(?:matomo|piwik)\.php"
)
_SPACER = re.compile(
    r"/(?:(?:[^/]*[-_.])?(?:spacer|blank|transparent|placeholder|lazyload|1x1|0x0)|pixel|loading|loader|clear|gr[ae]y|lazy)"
    r"(?:[-_.]?\d[\dx]*)?\.(?:gif|png|svg|webp)$",
    re.IGNORECASE,
)
_DECORATION = re.compile(
    r"s\.w\.org/images/core/emoji|/twemoji|/emoji/|gravatar\.com/|addtoany\.com/|addthis\.com/|sharethis\.com/"
    r"|/(?:share|social|button|icon|avatar|badge)s?[-_/][^/]*\.(?:gif|png|svg)$|feedburner\.com/fb/",
    re.IGNORECASE,
)
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d*)?(?:px)?\s*")
_STYLED = re.compile(r"(?:^|[;\s])(width|height)\s*:\s*(\d{1,5})(?:\.\d*)?px", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def size(attributes: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Width and height of an `img` in pixels, from its attributes, else its style; None where unknown."""
    styled = {name.lower(): int(value) for name, value in _STYLED.findall(attributes.get("style", ""))}
    width, height = (_pixels(attributes.get(name, "")) for name in ("width", "height"))
    return (styled.get("width") if width is None else width, styled.get("height") if height is None else height)


def source(attributes: Mapping[str, str]) -> str:
    """The address that an `img` shows in the end: its `src`, or what a lazy loader would put there."""
    plain = [attributes.get(name, "") for name in ("src", *LAZY_SOURCES)]
    sets = [attributes.get(name, "").split(",")[0].split()[:1] for name in LAZY_SETS]
    candidates = [address.strip() for address in plain + [address for found in sets for address in found]]
    return next((address for address in candidates if address and not _is_stand_in(address)), "")


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Whether the image's own style says that nobody is to see it."""
    return _HIDDEN.search(attributes.get("style", "")) is not None


def is_tracker(url: str, width: int | None = None, height: int | None = None) -> bool:
    """Whether an image counts readers rather than showing something: at most a pixel, or of a known counter's."""
    if (width is not None and width <= 1) or (height is not None and height <= 1):
        return True
    parts = urlsplit(url)
    host = parts.hostname or ""
    known = any(host == name or host.endswith("." + name) for name in _TRACKING_HOSTS)
    return known or _TRACKING_PLACES.search(host + parts.path) is not None


def is_picture(url: str, width: int | None = None, height: int | None = None) -> bool:
    """Whether an image at an absolute address may lead a story: no tracker, spacer, emoji, avatar or button."""
    small = (width is not None and width < ICON) or (height is not None and height < ICON)
    return not (small or is_tracker(url, width, height) or _is_stand_in(url) or _DECORATION.search(url))


def _is_stand_in(address: str) -> bool:
    return address.lower().startswith(("data:", "about:")) or _SPACER.search(address.split("?")[0]) is not None


def _pixels(value: str) -> int | None:
    found = _PIXELS.fullmatch(value)
    return int(found[1]) if found else None
