"""HTML and text that may be published. The only door to nh3, whose output is the last word on every markup (R33, R34).

    as given -> intake gate -> tree: pictures, links, furniture -> publishing gate

Browsers and sanitisers may read each other's markup differently, so the passage is repeated until it changes nothing:
what is returned is a fixed point, and cleaning it again gives the same.
"""

from __future__ import annotations

import re
from html import escape, unescape

import nh3

from feedhub.ingest import furniture, markup
from feedhub.ingest.characters import one_line, publishable
from feedhub.ingest.pixels import LAZY_SETS, LAZY_SOURCES
from feedhub.ingest.tidy import tidied
from feedhub.models import Text

LARGEST = 200_000  # bytes of HTML; what is larger gives way to the summary (R33)
MOST_TAGS = 10_000  # html5ever takes time quadratic in nested blocks: 40,000 take 3 s, these 0.2 s
ROUNDS = 6

_INLINE = "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span strike strong sub"
_TAGS = markup.BLOCKS | set(f"{_INLINE} sup time tt u var wbr source col".split())
_WITH_CONTENT = "script style iframe noembed noframes xmp plaintext object applet textarea select button template"
_SILENCED = set(f"{_WITH_CONTENT} svg math title head datalist".split())
_EVERYWHERE = {"dir", "lang"}
_PUBLISHED = {
    "*": _EVERYWHERE,
    "a": {"href", "title"},
    "abbr": {"title"},
    "audio": {"src"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"value"},
    "ol": {"start"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"src", "poster", "width", "height"},
}
_TAKEN_IN = _PUBLISHED | {"img": _PUBLISHED["img"] | {"style", *LAZY_SOURCES, *LAZY_SETS}}
_NUMBERS = frozenset({"width", "height", "colspan", "rowspan", "start", "value"})
_SHAPES = {name: re.compile(r"\d{1,4}") for name in _NUMBERS} | {
    "dir": re.compile(r"ltr|rtl|auto"),
    "lang": re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    "type": re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}"),
    "datetime": re.compile(r"[0-9TZWP:.+ -]{1,40}"),
}


def _shaped(_tag: str, name: str, value: str) -> str | None:
    shape = _SHAPES.get(name)
    return value if shape is None or shape.fullmatch(value) else None


_INTAKE = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_SILENCED,
    attributes=_TAKEN_IN,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)
_PUBLISHING = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_SILENCED,
    attributes=_PUBLISHED,
    attribute_filter=_shaped,
    set_tag_attribute_values={"audio": {"controls": ""}, "video": {"controls": ""}},
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
)

_TAG = re.compile(r"<[a-zA-Z/]")
_ANY_TAG = re.compile(r"<[^<>]*>")
# Its content would pass as visible text: nh3 parses as a browser that runs scripts does.
_NOSCRIPT = re.compile(r"</?noscript[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d?);")
_ESCAPED_ENTITY = re.compile(r"&amp;(#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|nbsp|hellip|[lr][sd]quo|[nm]dash|quot|apos|amp);")
_ESCAPED_TAG = re.compile(r"&lt;(?:/(?:p|a|div|span|strong|em|b|i|ul|li)|(?:p|br)\s{0,9}/?)&gt;", re.IGNORECASE)


def clean_html(html: str, base: str = "") -> str:
    """Publishable HTML of an article: allow-listed, links and images absolute, without trackers and furniture.

    `base` resolves relative addresses; without it they are removed. Empty where nothing visible is left, and where the
    content is over `LARGEST` bytes, before or after. ``clean_html(clean_html(x)) == clean_html(x)``.
    """
    if _is_too_large(html):
        return ""
    settled = _settled(html, base)
    if settled is None:
        settled = _settled(paragraphs(unescape(_ANY_TAG.sub(" ", html))), base)
    return settled or ""


def plain_text(text: Text, limit: int) -> str:
    """One line of at most `limit` characters: no markup, no entities, nothing that XML cannot hold (R33)."""
    return one_line(_read(_lines(text)), limit)


def excerpt(text: Text, limit: int) -> str:
    """As :func:`plain_text`, without the furniture at the end of an article."""
    return one_line(furniture.without_last_lines(publishable(_read(_lines(text)))), limit)


def as_html(text: Text) -> str:
    """The markup of a text construct, not cleaned: plain text as paragraphs, HTML that was escaped twice once."""
    if not text.html:
        return paragraphs(text.value)
    value = text.value
    if "<" not in value and _ESCAPED_TAG.search(value):
        value = unescape(value)
    return _ESCAPED_ENTITY.sub(r"&\1;", value)


def paragraphs(text: str) -> str:
    """Plain text as HTML: an empty line ends a paragraph, any other a line."""
    blocks = (block.strip() for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")))
    escaped = (escape(block, quote=False).replace("\n", "<br>") for block in blocks if block)
    return "".join(f"<p>{block}</p>" for block in escaped)


def _settled(html: str, base: str) -> str | None:
    """What the passage through both gates comes to; None where it comes to no end or would take too long."""
    for _ in range(ROUNDS):
        if _is_too_large(html):
            return ""
        if len(_TAG.findall(html)) > MOST_TAGS:
            return None
        passed = _passed(html, base)
        if passed == html:
            return html
        html = passed
    return None


def _passed(html: str, base: str) -> str:
    taken_in = _intake(html)
    if len(taken_in) > 2 * LARGEST:  # misnested markup multiplies in a browser's tree
        return taken_in
    return _PUBLISHING.clean(markup.serialize(tidied(markup.parse(taken_in), base))).strip()


def _intake(html: str) -> str:
    # What a character reference brings in goes out in the next round.
    return _INTAKE.clean(_NOSCRIPT.sub("", publishable(html)))


def _lines(text: Text) -> str:
    if not text.html or not ("<" in text.value or "&" in text.value):
        return text.value
    value = as_html(Text(text.value[:LARGEST], html=True))
    if len(_TAG.findall(value)) > MOST_TAGS:
        return unescape(_ANY_TAG.sub(" ", value))
    return markup.text(markup.parse(_intake(value)))


def _read(text: str) -> str:
    """Entities that are still visible were escaped twice."""
    return unescape(text) if _ENTITY.search(text) else text


def _is_too_large(html: str) -> bool:
    return len(html) > LARGEST or len(html.encode("utf-8", "replace")) > LARGEST
