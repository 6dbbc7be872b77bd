"""News sitemaps: what outlets without a feed publish for search engines.

https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap with the image extension, on
https://www.sitemaps.org/protocol.html. Elements are known by their local names: prefixes are forgotten, namespaces
mistyped. What is missing for XML is mended first (stray ampersands, HTML's entities, undeclared prefixes), and of a
document that breaks off the items before the break are read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import escape
from html.entities import html5
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, ParseError, iterparse

from feedhub.ingest.doctype import Markup, legal_references, read_markup
from feedhub.models import Failed, FailureKind, ParsedFeed, ParsedItem, Picture, RawDate, Text

FORMAT = "sitemap"
ROOTS = frozenset({"urlset", "sitemapindex"})

_ROOT_TAG = re.compile(r"<[^\s<>/]+")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*[\s/>=]", re.ASCII)
_DECLARED = re.compile(r"\bxmlns:([\w.-]+)\s*=", re.ASCII)
_CDATA_OR_AMPERSAND = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?!#\d+;|#[xX][0-9a-fA-F]+;)(?:(\w{1,32});)?", re.DOTALL)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_COMMAS = re.compile(r"[,،;؛]")


def is_sitemap(root: str) -> bool:
    """Whether a document is a sitemap or a list of them, by the name of its first element as written."""
    return root.rpartition(":")[2].lower() in ROOTS


def read_sitemap(text: str, url: str, *, untitled: bool = False) -> ParsedFeed | Failed:
    """The items of the sitemap whose text this is, found at `url`.

    A feed needs headlines: addresses without one are skipped and counted, unless `untitled`, where the article's page
    will give them (`full_text`). Fails as `not_a_feed` (a list of sitemaps, none with headlines) or `broken`.
    Pure; run it in a process that may be killed.
    """
    markup = read_markup(text)
    match markup.root.rpartition(":")[2].lower():
        case "urlset":
            return _read_urls(markup, url, untitled=untitled)
        case "sitemapindex":
            return _judge_index([_text(element, "loc") for element in _elements(markup, "sitemap")[0]], url)
        case _:
            return Failed(FailureKind.NOT_A_FEED, f"answered with a document of <{markup.root[:80]}>, not a sitemap")


def _read_urls(markup: Markup, url: str, *, untitled: bool) -> ParsedFeed | Failed:
    elements, fault = _elements(markup, "url")
    read = [item for element in elements if (item := _item(element)).link]
    items = tuple(item for item in read if item.title or untitled)
    if fault and not elements:
        return Failed(FailureKind.BROKEN, f"answered with a sitemap that cannot be read ({fault})")
    if elements and not read:
        return Failed(
            FailureKind.BROKEN, f"answered with a sitemap none of whose {len(elements)} entries has an address"
        )
    if elements and not items:
        return _without_headlines(len(elements))
    reasons = {
        "no address": len(elements) - len(read),
        "no headline": len(read) - len(items),
        f"the document breaks off ({fault})": bool(fault),
    }
    return ParsedFeed(
        format=FORMAT,
        title=next(filter(None, (_text(element, "news", "publication", "name") for element in elements)), ""),
        link=_joined(url, "/"),
        language=next((item.language for item in items if item.language), None),
        items=items,
        skipped=sum(reasons.values()),
        skipped_reason="; ".join(reason for reason, count in reasons.items() if count),
        whole=not fault or markup.closed,
    )


def _without_headlines(count: int) -> Failed:
    what = f"answered with a sitemap of {count} addresses without headlines; robots.txt may name one for news,"
    return Failed(FailureKind.NOT_A_FEED, f"{what} and full_text: true takes the headlines from the articles")


def _judge_index(children: list[str], url: str) -> Failed:
    """What to take instead of a list of sitemaps: the one for news, where an address says so."""
    addresses = [address for child in children if (address := _joined(url, child))]
    named = [address for address in addresses if "news" in urlsplit(address).path.rpartition("/")[2].lower()]
    named = named or [address for address in addresses if "news" in urlsplit(address).path.lower()]
    answered = f"answered with a list of {len(addresses)} sitemaps"
    advice = f"the one for news seems to be {named[0][:500]}" if named else "none is named for news"
    return Failed(FailureKind.NOT_A_FEED, f"{answered}, no feed itself; {advice}")


# --- an item ----------------------------------------------------------------------------------------------------------


def _item(element: Element) -> ParsedItem:
    title = _text(element, "news", "title")
    return ParsedItem(
        link=_text(element, "loc"),
        title=Text(title) if title else None,
        published=_date(element, "news", "publication_date"),
        updated=_date(element, "lastmod"),
        categories=_keywords(_text(element, "news", "keywords")),
        pictures=tuple(_pictures(element)),
        language=_text(element, "news", "publication", "language") or _text(element, "news", "language") or None,
    )


def _date(element: Element, *path: str) -> RawDate | None:
    text = _text(element, *path)
    return RawDate(text) if text else None


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for piece in _COMMAS.split(text) if (word := piece.strip())))


def _pictures(element: Element) -> Iterator[Picture]:
    for image in _children(element, "image"):
        if address := _text(image, "loc"):
            yield Picture(address, caption=_text(image, "caption") or _text(image, "title"))


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _local(child.tag) == name]


def _text(element: Element, *path: str) -> str:
    """The text at the end of a path of local names; empty where there is none."""
    found = [element]
    for name in path:
        found = [child for parent in found for child in _children(parent, name)]
    return next((text for child in found if (text := "".join(child.itertext()).strip())), "")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address) if address else ""
    except ValueError:  # an unclosed bracket
        return ""


# --- XML --------------------------------------------------------------------------------------------------------------


def _elements(markup: Markup, name: str) -> tuple[list[Element], str]:
    """The elements of that local name, and what breaks the document off after the last of them.

    Nothing of the prolog reaches the parser, a DTD least of all.
    """
    document = _declared(_mended(legal_references(markup.body))).encode("utf-8", "replace")
    found: list[Element] = []
    try:
        read = iterparse(io.BytesIO(document))  # noqa: S314 - without a DTD, in a process that may die
        found.extend(element for _, element in read if _local(element.tag) == name)
    except ParseError as error:
        return found, str(error)
    return found, ""


def _mended(document: str) -> str:
    """`document` with HTML's entities as characters and no other ampersand than those of references."""
    return _CDATA_OR_AMPERSAND.sub(_mend, document)


def _mend(found: re.Match[str]) -> str:
    if found[0].startswith("<") or found[1] in _XML_ENTITIES:
        return found[0]
    character = html5.get(f"{found[1]};") if found[1] else None
    return escape(character) if character else f"&amp;{found[0][1:]}"


def _declared(document: str) -> str:
    """`document` whose root declares the prefixes that nothing declares."""
    missing = set(_PREFIX.findall(document)) - set(_DECLARED.findall(document)) - {"xml", "xmlns"}
    declarations = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in sorted(missing))
    return _ROOT_TAG.sub(lambda root: root[0] + declarations, document, count=1)
