"""A listing page, read by the operator's selectors (`kind: page`): each item a link and a headline, at least."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urldefrag

from selectolax.lexbor import LexborNode, SelectolaxError

from feedhub.config.selectors import Selectors
from feedhub.ingest import dom
from feedhub.ingest.addresses import absolute
from feedhub.ingest.dom import WebPage, attribute, words
from feedhub.ingest.webpage import judge_page, page_title
from feedhub.models import Failed, FailureKind, ParsedFeed, ParsedItem, Picture, RawDate, Text

FORMAT = "page"
MOST_PICTURES = 5  # of an item
_LINK = "a[href]"


def read_page(text: str, url: str, select: Selectors) -> ParsedFeed | Failed:
    """The items of the page whose text this is, found at `url`; links are absolute, each once, in the page's order.

    `nothing_matched` names the selector at fault, `blocked` a challenge or login in the page's place. An item without
    link or headline is skipped and counted; a selector for anything else that finds nothing in any item is named in
    `skipped_reason`. Pure; may take long on a hostile page, so run it in a process that may be killed.
    """
    if not text.strip():
        return Failed(FailureKind.BROKEN, "answered with an empty document")
    page = dom.open_page(text, url)
    try:
        nodes = page.tree.css(select.item)
        if not nodes:
            return _nothing(text, f"{_named('item', select)} matches nothing")
        return _read(nodes, page, url, select, text)
    except SelectolaxError:
        return Failed(FailureKind.NOTHING_MATCHED, "one of the selectors is not a CSS selector")


def _read(nodes: list[LexborNode], page: WebPage, url: str, select: Selectors, text: str) -> ParsedFeed | Failed:
    items: dict[str, ParsedItem] = {}
    lacking: Counter[str] = Counter()
    for node in nodes:
        item = _item(node, page, url, select)
        if isinstance(item, ParsedItem):
            items.setdefault(item.link, item)
        else:
            lacking[item] += 1
    if not items:
        (part, _), *_ = lacking.most_common(1)
        return _nothing(text, f"{_named(part, select)} finds no {part} in any of the {len(nodes)} items that match")
    return ParsedFeed(
        format=FORMAT,
        title=page_title(text),
        link=url,
        language=page.language,
        items=tuple(items.values()),
        skipped=lacking.total(),
        skipped_reason="; ".join([*(f"no {part}" for part in lacking), *_remarks(items, select)]),
    )


def _nothing(text: str, what: str) -> Failed:
    judged = judge_page(text)
    if judged.kind is FailureKind.BLOCKED:
        return judged
    title = page_title(text)
    return Failed(FailureKind.NOTHING_MATCHED, f"{what}{f' on the page titled “{title}”' if title else ''}")


def _named(part: str, select: Selectors) -> str:
    css = getattr(select, part)
    return f"the selector {part}: “{css}”" if css else f"the default for the {part}"


def _remarks(items: dict[str, ParsedItem], select: Selectors) -> Iterator[str]:
    """The operator's selectors that found nothing at all."""
    fields = {
        "image": "pictures",
        "summary": "summary",
        "date": "published",
        "author": "author",
        "section": "categories",
    }
    for part, field in fields.items():
        if getattr(select, part) and not any(getattr(item, field) for item in items.values()):
            yield f"{_named(part, select)} matches nothing"


# --- an item ----------------------------------------------------------------------------------------------------------


def _item(node: LexborNode, page: WebPage, url: str, select: Selectors) -> ParsedItem | str:
    """The item, or the name of the part without which it is none."""
    anchor = _anchor(node, select)
    link = _link(anchor, page.base, url) if anchor else ""
    if anchor is None or not link:
        return "link"
    title = _title(node, anchor, select)
    if not title:
        return "title"
    return ParsedItem(
        link=link,
        title=Text(title),
        summary=Text(summary) if (summary := _line(node, select.summary)) else None,
        published=_date(node, select.date or "time"),
        author=_line(node, select.author),
        categories=tuple(filter(None, map(words, node.css(select.section)))) if select.section else (),
        pictures=_pictures(node, page, select),
        language=attribute(anchor, "lang") or attribute(node, "lang") or None,
        base=page.base,
    )


def _anchor(node: LexborNode, select: Selectors) -> LexborNode | None:
    """The element with the address: what the selector finds, or the first link in that."""
    found = node.css_first(select.link or _LINK)
    return found.css_first(_LINK) if found else None


def _link(anchor: LexborNode, base: str, url: str) -> str:
    """Its address, unless that is a place on the page itself, or nothing of the web's."""
    href = attribute(anchor, "href")
    link = "" if href.startswith("#") else absolute(href, base)
    return "" if urldefrag(link)[0] == urldefrag(url)[0] else link


def _title(node: LexborNode, anchor: LexborNode, select: Selectors) -> str:
    """The title's text; a picture link's is what it says for those who do not see the picture."""
    found = node.css_first(select.title) if select.title else anchor
    if found is None:
        return ""
    named = (attribute(found, name) for name in ("title", "aria-label", "alt"))
    alternative = (attribute(image, "alt") for image in found.css("img[alt]"))
    return words(found) or next(filter(None, (*named, *alternative)), "")


def _line(node: LexborNode, css: str | None) -> str:
    found = node.css_first(css) if css else None
    return words(found) if found else ""


def _date(node: LexborNode, css: str) -> RawDate | None:
    found = node.css_first(css)
    if found is None:
        return None
    text = attribute(found, "datetime") or attribute(found, "content") or words(found)
    return RawDate(text) if text else None


def _pictures(node: LexborNode, page: WebPage, select: Selectors) -> tuple[Picture, ...]:
    roots = node.css(select.image) if select.image else [node]
    found = dict.fromkeys(picture for root in roots for picture in dom.pictures(root, page.base) if picture.url)
    return tuple(found)[:MOST_PICTURES]
