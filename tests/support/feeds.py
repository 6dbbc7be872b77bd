"""Feed documents from Python values: what the newsrooms of a small imaginary region publish.

    rss(item(1), item(2, title="River falls"), title="Tigris Daily")     # RSS 2.0
    atom(item(1, published=None))                                        # Atom 1.0

An item is a complete article until something of it is left out with None.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from support.publisher import Behaviour, Connection, Request

NOON = datetime(2024, 11, 22, 12, 0, tzinfo=UTC)  # for tests that say what time it is
_START = datetime.now(UTC).replace(microsecond=0)  # for tests of the program, which looks at the clock
SITE = "https://tigris.example"

# Words that make each article's headline and text different from all others.
_SUBJECTS = ("bridge", "orchard", "museum", "dam", "market", "school", "river", "library", "bakery", "festival")
_PLACES = ("Erbil", "Basra", "Mosul", "Kirkuk", "Najaf", "Duhok", "Halabja")


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it is written; None leaves the element out. `published` may be text, to be written as it is.

    `text` is the description in HTML; `extra` is XML of one's own.
    """

    link: str | None
    title: str | None
    guid: str | None
    published: datetime | str | None
    text: str | None
    extra: str = ""


def item(number: int = 1, **changes: Any) -> Item:
    """Article `number`: an address and words of its own, an hour older than the one before, its guid its address."""
    subject, place = _SUBJECTS[number % len(_SUBJECTS)], _PLACES[number % len(_PLACES)]
    link = f"{SITE}/news/2026/{number}-the-{subject}-of-{place.lower()}"
    article = Item(
        link=link,
        title=f"The {subject} of {place} opens its doors, part {number}",
        guid=link,
        published=NOON - timedelta(hours=number),
        text=f"<p>Report {number}: people of {place} came to see the {subject} after months of work.</p>",
    )
    if changes.get("link"):
        changes.setdefault("guid", changes["link"])
    return replace(article, **changes)


def items(count: int, **changes: Any) -> list[Item]:
    """Articles 1 to `count`, newest first."""
    return [item(number, **changes) for number in range(1, count + 1)]


def recent(count: int, **changes: Any) -> list[Item]:
    """Articles 1 to `count`, ten minutes apart, the newest published ten minutes before this test run began."""
    return [item(n, **{"published": _START - n * timedelta(minutes=10), **changes}) for n in range(1, count + 1)]


def rss(*articles: Item, title: str = "Tigris Daily", link: str = f"{SITE}/", language: str = "en") -> str:
    """RSS 2.0 with what newsrooms add to it."""
    body = "".join(map(_rss_item, articles))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel>{_element('title', title)}{_element('link', link)}{_element('language', language)}"
        f"{body}</channel></rss>\n"
    )


def atom(
    *articles: Item, title: str = "Zagros Post", link: str = "https://zagros.example/", language: str = "en"
) -> str:
    """Atom 1.0; an item's date is its `published`."""
    body = "".join(map(_atom_entry, articles))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(language)}>{_element("title", title)}'
        f"<link href={quoteattr(link)}/>{body}</feed>\n"
    )


def late(document: str, seconds: float) -> Behaviour:
    """What a slow publisher does: this RSS, so many seconds after the request."""

    def answer(connection: Connection, _: Request) -> None:
        connection.pause(seconds)
        connection.answer(200, {"Content-Type": "application/rss+xml"}, document.encode())

    return answer


def _rss_item(article: Item) -> str:
    date = format_datetime(article.published) if isinstance(article.published, datetime) else article.published
    fields = {
        "title": article.title,
        "link": article.link,
        "guid": article.guid,
        "pubDate": date,
        "description": article.text,
    }
    return f"<item>{''.join(_element(name, value) for name, value in fields.items())}{article.extra}</item>"


def _atom_entry(article: Item) -> str:
    date = article.published.isoformat() if isinstance(article.published, datetime) else article.published
    link = f"<link href={quoteattr(article.link)}/>" if article.link else ""
    text = f'<content type="html">{escape(article.text)}</content>' if article.text else ""
    fields = {"title": article.title, "id": article.guid, "published": date}
    return (
        f"<entry>{''.join(_element(name, value) for name, value in fields.items())}{link}{text}{article.extra}</entry>"
    )


def _element(name: str, value: str | None) -> str:
    return "" if value is None else f"<{name}>{escape(value)}</{name}>"
