"""How an operator says where the news is on a page: CSS selectors."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

_EMPTY = "<html></html>"


@dataclass(frozen=True, slots=True)
class Selectors:
    """`select:` of a feed. `item` is sought on the page, all others in each item; None is the default.

    By default the link is the item itself or its first link, the title the link's text, the image the first `img`, the
    date the first `time`; summary, author and section are not read.
    """

    item: str
    link: str | None = None
    title: str | None = None
    image: str | None = None
    summary: str | None = None
    date: str | None = None
    author: str | None = None
    section: str | None = None


def check_selector(css: str) -> str | None:
    """What is wrong with a selector, None if nothing is."""
    try:
        LexborHTMLParser(_EMPTY).css(css)
    except (SelectolaxError, ValueError):  # UnicodeEncodeError, a ValueError, for a lone surrogate
        return f"“{css}” is not a CSS selector (such as article, .news-list > li, h2 a)"
    return None
