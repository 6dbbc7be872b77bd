"""What holds for RSS 2.0 alone, its modules among it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from functools import partial

from support.feedvalidator.document import Published, Rules, children, listed, named, repeated, text, texts
from support.feedvalidator.shared import is_full_address, is_media_type, missing

RULES: Rules = {}
rule = partial(listed, RULES)

_RFC_2822 = re.compile(
    r"((Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d\d? (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" \d{4} \d\d:\d\d(:\d\d)? ([+-]\d\d[03]0|UT|GMT|[ECMP][SD]T|Z)"
)
# Its own notion of a host: dots between letters, digits and hyphens, and a slash behind it.
_WEB_ADDRESS = re.compile(r"https?://(\d{1,3}\.\d{1,3}\.\d{1,3}\.|([a-z0-9-]+\.)+)[a-z0-9][a-z0-9-]*(:\d+)?(/|$)", re.I)
_MAILBOX = re.compile(r"[\w.+'-]+@[\w.-]+ \(.+\)")
_MEDIA = {"image", "audio", "video", "document", "executable"}
# A date, or whatever else, said twice in different vocabularies.
_SAME = {"dc:creator": "author", "dc:date": "pubDate", "atom:published": "pubDate", "atom:id": "guid"} | {
    "dc:subject": "category",
    "dc:source": "source",
}


@rule("InvalidRSSVersion")
def _version(published: Published) -> Iterator[str]:
    if not published.is_atom and published.root.get("version") != "2.0":
        yield str(published.root.get("version"))


@rule("MissingDescription, MissingLink, MissingTitle")
def _required(published: Published) -> Iterator[str]:
    if not published.is_atom:
        yield from missing(published.feed, "title", "link", "description")


@rule("ItemMustContainTitleOrDescription")
def _readable(published: Published) -> Iterator[str]:
    for item in _items(published):
        if not any(texts(item, "title") + texts(item, "description")):
            yield str(texts(item, "guid"))


@rule("MissingGuid")
def _guid(published: Published) -> Iterator[str]:
    yield from (str(texts(item, "title")) for item in _items(published) if not any(texts(item, "guid")))


@rule("DuplicateValue")
def _unique(published: Published) -> Iterator[str]:
    yield from repeated([guid for item in _items(published) for guid in texts(item, "guid")])


@rule("InvalidBooleanAttribute")
def _booleans(published: Published) -> Iterator[str]:
    flags = (guid.get("isPermaLink", "true") for guid in published.elements("guid"))
    yield from (flag for flag in flags if flag not in ("true", "false"))


@rule("InvalidPermalink")
def _permalinks(published: Published) -> Iterator[str]:
    for guid in published.elements("guid"):
        if guid.get("isPermaLink", "true") == "true" and not text(guid).startswith(("http://", "https://")):
            yield text(guid)


@rule("NotSufficientlyUnique")
def _short(published: Published) -> Iterator[str]:
    guids = (text(guid) for guid in published.elements("guid"))
    yield from (guid for guid in guids if len(guid) < 9 and guid.isdigit())


@rule("InvalidFullLink")
def _links(published: Published) -> Iterator[str]:
    addresses = [text(link) for link in published.elements("link", "comments", "docs")]
    addresses += [source.get("url", "") for source in published.elements("source")]
    addresses += [content.get("url", "") for content in published.elements("media:content")]
    yield from (address for address in addresses if not is_full_address(address))


@rule("InvalidRFC2822Date")
def _dates(published: Published) -> Iterator[str]:
    dates = map(text, published.elements("pubDate", "lastBuildDate"))
    yield from (date for date in dates if not _RFC_2822.fullmatch(date))


@rule("IncorrectDOW")
def _weekdays(published: Published) -> Iterator[str]:
    for date in map(text, published.elements("pubDate", "lastBuildDate")):
        if _RFC_2822.fullmatch(date) and parsedate_to_datetime(date).strftime("%a") != date[:3]:
            yield date


@rule("NeedDescriptionBeforeContent")
def _description(published: Published) -> Iterator[str]:
    for item in _items(published):
        names = [named(child) for child in item]
        if "content:encoded" in names and "description" not in names[: names.index("content:encoded")]:
            yield str(texts(item, "guid"))


@rule("DuplicateItemSemantics")
def _vocabularies(published: Published) -> Iterator[str]:
    for item in _items(published):
        names = {named(child) for child in item}
        yield from (f"{one} and {other}" for one, other in _SAME.items() if {one, other} <= names)


@rule("DuplicateEnclosure")
def _enclosures(published: Published) -> Iterator[str]:
    yield from (str(texts(item, "guid")) for item in _items(published) if len(children(item, "enclosure")) > 1)


@rule("MissingAttribute, InvalidIntegerAttribute, InvalidMIMEAttribute, InvalidURLAttribute of an enclosure")
def _enclosure(published: Published) -> Iterator[str]:
    for found in published.elements("enclosure"):
        known = found.get("length", "").isdecimal() and is_media_type(found.get("type"))
        address = found.get("url", "")
        if not (known and _WEB_ADDRESS.match(address) and is_full_address(address)):
            yield str(found.attrib)


@rule("MissingAttribute of a source")
def _sources(published: Published) -> Iterator[str]:
    yield from (text(source) for source in published.elements("source") if not source.get("url"))


@rule("EmailFormat")
def _authors(published: Published) -> Iterator[str]:
    yield from (text(author) for author in published.elements("author") if not _MAILBOX.fullmatch(text(author)))


@rule("InvalidMediaMedium")
def _media(published: Published) -> Iterator[str]:
    kinds = (content.get("medium") for content in published.elements("media:content"))
    yield from (kind for kind in kinds if kind is not None and kind not in _MEDIA)


@rule("InvalidPositiveInteger")
def _sizes(published: Published) -> Iterator[str]:
    for content in published.elements("media:content"):
        for name in ("width", "height", "fileSize"):
            if (size := content.get(name)) is not None and not (size.isdecimal() and int(size)):
                yield f"{name} {size}"


@rule("InvalidMIMEAttribute")
def _types(published: Published) -> Iterator[str]:
    types = (content.get("type") for content in published.elements("media:content"))
    yield from (kind for kind in types if kind is not None and not is_media_type(kind))


@rule("InvalidMediaTextType")
def _media_texts(published: Published) -> Iterator[str]:
    types = (title.get("type", "plain") for title in published.elements("media:title"))
    yield from (kind for kind in types if kind not in ("plain", "html"))


def _items(published: Published) -> list:  # type: ignore[type-arg]
    return [] if published.is_atom else published.items
