"""From an item, as its feed holds it, to the entry that is stored (R4, R6, R15-R18, R33-R37). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from zoneinfo import ZoneInfo

from feedhub.ingest.addresses import absolute
from feedhub.ingest.characters import publishable
from feedhub.ingest.clean import LARGEST, as_html, clean_html, excerpt, plain_text
from feedhub.ingest.dates import resolve_date
from feedhub.ingest.language import choose_language, direction
from feedhub.ingest.pictures import lead_picture
from feedhub.models import Enclosure, Entry, ParsedFeed, ParsedItem, Text
from feedhub.net.urls import canonical_url, clean_link, is_homepage

# Characters, and how many of each.
TITLE_LIMIT = 1_000  # R33
SUMMARY_LIMIT = 1_000
AUTHOR_LIMIT = 200
CATEGORY_LIMIT = 100
GUID_LIMIT = 500
MOST_CATEGORIES = 20
MOST_ENCLOSURES = 10

_NUMERIC_FRAGMENT = re.compile(r"#[0-9]{1,3}$")  # a count; a longer number names a note on a page of many
_MAILBOX = re.compile(r"[^\s@()]+@[^\s@()]+ \(([^()]+)\)")  # RSS 2.0: the author's address, the name in brackets
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}")
_NOTHING = Text("")


def normalize(
    item: ParsedItem, feed: ParsedFeed, *, feed_url: str, timezone: ZoneInfo | None, language: str | None
) -> Entry | None:
    """The entry of `item`, None where neither headline, text nor link is left of it.

    `timezone` is where dates without a zone are written, `language` the operator's word on the feed. A date in the
    future stays: it is clamped to the first sight, which this step does not know (R16).
    """
    base = _base(item, feed, feed_url)
    link, canonical = _link(item, base)
    title = plain_text(item.title or _NOTHING, TITLE_LIMIT)
    content, summary = _body(item, base)
    if not (title or content or summary or link):
        return None
    text = f"{title}\n{summary}"
    chosen = choose_language(language, item, feed, text)
    return Entry(
        guid=clean_guid(item.guid),
        canonical_url=canonical,
        link=link,
        title=title,
        summary=summary,
        content=content,
        published=resolve_date(item.published, timezone) or resolve_date(item.updated, timezone),
        author=_author(item.author),
        categories=_categories(item.categories),
        language=chosen,
        direction=direction(chosen, text),
        picture=lead_picture(item, content, base),
        enclosures=_enclosures(item.enclosures, base),
    )


def clean_guid(guid: str) -> str:
    """The guid without a numeric fragment (R4), on one line; a very long one as its hash."""
    line = _NUMERIC_FRAGMENT.sub("", " ".join(publishable(guid).split()))
    return line if len(line) <= GUID_LIMIT else f"sha256:{sha256(line.encode()).hexdigest()}"


def _base(item: ParsedItem, feed: ParsedFeed, feed_url: str) -> str:
    """What the item's relative addresses resolve against: its own base, else its page, else the site."""
    site = absolute(feed.link, feed_url) or feed_url
    return absolute(item.base, site) or absolute(item.link, site) or site


def _link(item: ParsedItem, base: str) -> tuple[str, str | None]:
    """The address to publish, and its page's key; the guid's where the link is a wrapper that tells nothing (R37)."""
    link = clean_link(item.original_link, base) or clean_link(item.link, base)
    if (canonical := _page_key(link)) is not None:
        return link, canonical
    named = clean_link(item.guid) if item.guid.startswith(("http://", "https://")) else ""
    canonical = _page_key(named)
    return (named, canonical) if canonical is not None else (link, None)


def _page_key(link: str) -> str | None:
    """The key of an article's page: the site's home page is none (R6)."""
    canonical = canonical_url(link) if link else None
    return None if canonical is None or is_homepage(canonical) else canonical


def _body(item: ParsedItem, base: str) -> tuple[str, str]:
    """The fullest text as HTML, and a plain summary; content that is too large gives way to the summary (R33)."""
    content, summary = ((text, _cleaned(text, base)) for text in (item.content or _NOTHING, item.summary or _NOTHING))
    excerpts = [_excerpt(*content), _excerpt(*summary)]
    # A content of fewer words than the summary is a picture or a teaser.
    shorter = len(excerpts[0]) < min(len(excerpts[1]), SUMMARY_LIMIT // 2)
    return (summary[1] if shorter else content[1]) or content[1] or summary[1], excerpts[1] or excerpts[0]


def _cleaned(text: Text, base: str) -> str:
    return clean_html(as_html(text), absolute(text.base, base) or base)


def _excerpt(text: Text, cleaned: str) -> str:
    """The summary of a text, from its cleaned HTML, else, where that is too large, from its beginning."""
    return excerpt(Text(cleaned, html=True) if cleaned else replace(text, value=text.value[:LARGEST]), SUMMARY_LIMIT)


def _author(author: str) -> str:
    line = plain_text(Text(author, html=True), AUTHOR_LIMIT)
    named = _MAILBOX.fullmatch(line)
    return named[1] if named else line


def _categories(categories: Iterable[str]) -> tuple[str, ...]:
    """Clean and unique but for case, in the feed's order."""
    unique: dict[str, str] = {}
    for category in categories:
        line = plain_text(Text(category, html=True), CATEGORY_LIMIT)
        if line:
            unique.setdefault(line.casefold(), line)
    return tuple(unique.values())[:MOST_CATEGORIES]


def _enclosures(enclosures: Iterable[Enclosure], base: str) -> tuple[Enclosure, ...]:
    unique: dict[str, Enclosure] = {}
    for enclosure in enclosures:
        if url := absolute(enclosure.url, base):
            kind = enclosure.type.strip().lower()
            kind = kind if _MEDIA_TYPE.fullmatch(kind) else ""
            unique.setdefault(url, Enclosure(url, kind, max(0, enclosure.length)))
    return tuple(unique.values())[:MOST_ENCLOSURES]
