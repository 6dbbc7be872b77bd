"""The text of an article's own page (`full_text: true`). The only door to trafilatura, which is an extra.

What is measured of trafilatura 2.3, and done about it here:

- It keeps an image's address and drops its size, so counting pixels would pass: pictures are judged before.
- It drops captions: they are put back afterwards.
- It knows a lazy image's address by one attribute name of many, and resolves links without `<base>`: both are done
  before.
- Its dates are days, guessed from anything on the page where nothing says the date, today's at worst. So the date is
  read here, from what the page declares, or not at all: first seen is nearer the truth (R18).
- On a page without an article it gives the links of the menu: a text of links alone is none.
- It logs warnings about pages: its loggers are silenced.
- It takes half a second to import, and up to three for a megabyte of page.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from importlib import import_module
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedhub.ingest import dom, pixels
from feedhub.ingest.addresses import absolute
from feedhub.ingest.dom import WebPage, attribute, attributes, decode_page, open_page, words
from feedhub.ingest.webpage import judge_page
from feedhub.models import Failed, FailureKind, ParsedItem, Picture, RawDate, Text

MISSING = "full_text needs trafilatura; install it with: pip install trafilatura lxml-html-clean"

_NOTHING = Failed(FailureKind.NOTHING_MATCHED, "no article text was found on its page")
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_SHORT = 1_000  # characters; what a challenge says of itself is shorter, an article about one longer
_PUBLISHED = ("article:published_time", "og:published_time", "datepublished", "parsely-pub-date", "dc.date.issued")
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified")
_TIMES = ("time[itemprop=datePublished]", "time[pubdate]", "article time[datetime]", "main time[datetime]")
_STATED = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"\\]{4,40})"')
_ADDRESSED = ("src", "srcset", "style", *pixels.LAZY_SOURCES, *pixels.LAZY_SETS)


class FullTextMissing(Exception):
    """trafilatura is not installed."""

    def __init__(self) -> None:
        super().__init__(MISSING)


@dataclass(frozen=True, slots=True)
class Article:
    """An article as its page holds it, nothing cleaned. `url` is its canonical address; all addresses are absolute.

    `html` is the text without headline and page furniture, `summary` all of it in words, captions left out: what a page
    calls its description is often the site's slogan. `pictures` begins with the one that leads, with its caption.
    """

    url: str
    title: str
    html: str
    summary: str = ""
    author: str = ""
    published: RawDate | None = None
    updated: RawDate | None = None
    pictures: tuple[Picture, ...] = ()
    section: str = ""
    site: str = ""
    language: str | None = None

    def item(self) -> ParsedItem:
        """The article as an item of a feed, for :func:`feedhub.ingest.normalize.normalize`."""
        return ParsedItem(
            link=self.url,
            title=Text(self.title) if self.title else None,
            summary=Text(self.summary) if self.summary else None,
            content=Text(self.html, html=True, base=self.url),
            published=self.published,
            updated=self.updated,
            author=self.author,
            categories=(self.section,) if self.section else (),
            pictures=self.pictures,
            language=self.language,
            base=self.url,
        )


def read_article(body: bytes, url: str, content_type: str) -> Article | Failed:
    """The article on the page `body`, found at `url` with the header's `content_type`.

    Fails as `nothing_matched` (no text), `blocked` (a challenge or login in its place) or `broken`. Raises
    FullTextMissing without the extra. Pure; may take long or end the process on a hostile page: run it in one that may
    be killed.
    """
    text = decode_page(body, content_type)
    page = open_page(text, url)
    captions = _prepare(page)
    try:
        extracted = _extract(page)
    except _survivable() as error:
        return Failed(FailureKind.BROKEN, f"its page cannot be read ({type(error).__name__})")
    content = LexborHTMLParser((extracted and extracted.text) or "")
    said = _without(content, f"a, {_HEADINGS}")
    judged = judge_page(text)
    if judged.kind is FailureKind.BLOCKED and len(said) < _SHORT:
        return judged
    if extracted is None or not said:
        return _NOTHING
    return _article(extracted, content, page, url, captions)


def _article(
    extracted: Any, content: LexborHTMLParser, page: WebPage, url: str, captions: Mapping[str, str]
) -> Article:
    title = extracted.title or ""
    declared = _declared(page)
    for heading in content.css("h1"):
        if words(heading) == " ".join(title.split()):
            heading.decompose()
    shown = _shown(content, captions)
    return Article(
        url=_canonical(page, declared, url),
        title=title,
        html=_inner(content),
        summary=_without(content, f"figure, {_HEADINGS}"),
        author=(extracted.author or "").replace("; ", ", "),
        published=_published(page, declared),
        updated=_date(declared, _UPDATED),
        pictures=_pictures(absolute(extracted.image or "", page.base), shown, page, captions),
        section=next(iter(extracted.categories or ()), ""),
        site=extracted.sitename or "",
        language=page.language,
    )


# --- trafilatura ------------------------------------------------------------------------------------------------------


def _extract(page: WebPage) -> Any:
    """trafilatura's Document, its `text` in HTML; None where it finds nothing."""
    return _trafilatura().extract_with_metadata(
        page.tree.html or "",
        url=page.base,
        output_format="html",
        favor_precision=True,  # no text is better than another's
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )


def _trafilatura() -> Any:
    try:
        library = import_module("trafilatura")
    except ImportError as error:
        raise FullTextMissing from error
    for name in ("trafilatura", "htmldate", "courlan"):  # what they have to say of a page is in what is returned
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return library


def _survivable() -> tuple[type[Exception], ...]:
    """What comes out of trafilatura, and the lxml below it, for reasons that lie in the page."""
    try:
        lxml = import_module("lxml.etree")
    except ImportError as error:
        raise FullTextMissing from error
    parser_fault: type[Exception] = lxml.LxmlError
    return (
        parser_fault,
        LookupError,
        TypeError,
        AttributeError,
        ValueError,
        AssertionError,
        RecursionError,
        MemoryError,
    )


def _without(content: LexborHTMLParser, css: str) -> str:
    """The text outside these elements, on one line."""
    rest = LexborHTMLParser(content.html or "")
    for node in rest.css(css):
        node.decompose()
    return words(rest.body) if rest.body else ""


def _inner(content: LexborHTMLParser) -> str:
    body = content.body
    return "".join(node.html or "" for node in body.iter(include_text=True)).strip() if body else ""


# --- pictures and links -----------------------------------------------------------------------------------------------


def _prepare(page: WebPage) -> dict[str, str]:
    """Make the page's links and images absolute and take out what is no picture; the captions, by address."""
    for anchor in page.tree.css("a[href]"):
        anchor.attrs["href"] = absolute(attribute(anchor, "href"), page.base)
    for image in page.tree.css("img"):
        _resolve(image, page.base)
    return {
        attribute(image, "src"): caption
        for figure in page.tree.css("figure")
        if (caption := " ".join(map(words, figure.css("figcaption"))))
        for image in figure.css("img")
    }


def _resolve(image: LexborNode, base: str) -> None:
    given = attributes(image)
    url, size = absolute(pixels.source(given), base), pixels.size(given)
    if not url or pixels.is_hidden(given) or pixels.is_tracker(url, *size):
        image.decompose()
        return
    for name in _ADDRESSED:
        if name in given:
            del image.attrs[name]
    image.attrs["src"] = url


def _shown(content: LexborHTMLParser, captions: Mapping[str, str]) -> list[Picture]:
    """The pictures of the text, each made a figure where it has a caption."""
    shown = []
    for image in content.css("img"):
        url, alt = attribute(image, "src"), attribute(image, "alt")
        shown.append(Picture(url, captions.get(url) or alt))
        if caption := captions.get(url):
            figure = f'<figure><img src="{escape(url)}" alt="{escape(alt)}"><figcaption>{escape(caption)}</figcaption>'
            for node in LexborHTMLParser(f"{figure}</figure>").css("figure"):
                image.replace_with(node)
    return shown


def _pictures(declared: str, shown: list[Picture], page: WebPage, captions: Mapping[str, str]) -> tuple[Picture, ...]:
    """The picture that the page declares leads if it is one of those on the page; one that is not may be a logo."""
    on_page = [Picture(declared, captions.get(declared) or alt, "", *size) for alt, size in _places(page, declared)]
    others = [Picture(declared)] if declared and not on_page else []
    return tuple(dict.fromkeys([*on_page[:1], *shown, *others]))


def _places(page: WebPage, url: str) -> Iterator[tuple[str, tuple[int | None, int | None]]]:
    for image in page.tree.css("img"):
        if attribute(image, "src") == url:
            yield attribute(image, "alt"), pixels.size(attributes(image))


# --- what the page declares -------------------------------------------------------------------------------------------


def _declared(page: WebPage) -> dict[str, str]:
    """`<meta>` by property, name or itemprop in lower case, and the dates of schema.org's data; the first of each."""
    found: dict[str, str] = {}
    for node in page.tree.css("meta[content]"):
        for kind in ("property", "name", "itemprop"):
            if name := attribute(node, kind).lower():
                found.setdefault(name, attribute(node, "content"))
    for script in page.tree.css('script[type="application/ld+json"]'):
        for name, date in _STATED.findall(script.text()):
            found.setdefault(name.lower(), date)
    return found


def _canonical(page: WebPage, declared: Mapping[str, str], url: str) -> str:
    linked = [attribute(node, "href") for node in page.tree.css("link[rel=canonical]")]
    candidates = (absolute(address, page.base) for address in (*linked, declared.get("og:url", "")))
    return next(filter(None, candidates), url)


def _published(page: WebPage, declared: Mapping[str, str]) -> RawDate | None:
    if date := _date(declared, _PUBLISHED):
        return date
    times = (node for css in _TIMES for node in page.tree.css(css))
    return next((RawDate(text) for node in times if (text := attribute(node, "datetime") or dom.words(node))), None)


def _date(declared: Mapping[str, str], names: tuple[str, ...]) -> RawDate | None:
    return next((RawDate(declared[name]) for name in names if declared.get(name)), None)
