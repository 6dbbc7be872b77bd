"""The picture that leads a story (R35)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedhub.ingest import pixels
from feedhub.ingest.addresses import absolute
from feedhub.ingest.clean import plain_text
from feedhub.ingest.markup import Element, elements, parse, text
from feedhub.models import ParsedItem, Picture, Text

CAPTION_LIMIT = 500  # characters

_MEDIA_TYPE = re.compile(r"image/[a-z0-9.+-]{1,50}")


def lead_picture(item: ParsedItem, content_html: str, base: str = "") -> Picture | None:
    """The first real picture that the item declares, else the first in its cleaned content; None where there is none.

    `base` resolves addresses where the item has no base of its own. The caption is plain text.
    """
    declared = (_resolved(picture, item.base or base) for picture in _declared(item))
    return next(filter(None, declared), None) or next(_in_content(content_html), None)


def _declared(item: ParsedItem) -> Iterator[Picture]:
    yield from item.pictures
    yield from (Picture(enclosed.url, type=enclosed.type) for enclosed in item.enclosures if _is_image(enclosed.type))


def _resolved(picture: Picture, base: str) -> Picture | None:
    url = absolute(picture.url, base)
    if not url or (picture.type and not _is_image(picture.type)):
        return None
    if not pixels.is_picture(url, picture.width, picture.height):
        return None
    caption = plain_text(Text(picture.caption, html=True), CAPTION_LIMIT)
    kind = picture.type.strip().lower()
    return Picture(url, caption, kind if _MEDIA_TYPE.fullmatch(kind) else "", picture.width, picture.height)


def _in_content(html: str) -> Iterator[Picture]:
    """The real pictures of cleaned HTML, a figure's with its caption."""
    if "<img" not in html:
        return
    root = parse(html)
    captions = {id(image): caption for image, caption in _figure_captions(root)}
    for image in elements(root):
        url = image.attributes.get("src", "")
        width, height = pixels.size(image.attributes)
        if image.tag == "img" and pixels.is_picture(url, width, height):
            named = image.attributes.get("alt") or image.attributes.get("title") or ""
            caption = captions.get(id(image)) or named
            yield Picture(url, plain_text(Text(caption), CAPTION_LIMIT), "", width, height)


def _figure_captions(root: Element) -> Iterator[tuple[Element, str]]:
    for figure in elements(root):
        if figure.tag == "figure":
            inner = list(elements(figure))
            caption = " ".join(text(element) for element in inner if element.tag == "figcaption")
            yield from ((element, caption.strip()) for element in inner if element.tag == "img")


def _is_image(media_type: str) -> bool:
    """Whether it says so: `image/jpeg`, or the bare `image` of media:content's `medium`."""
    return media_type.strip().lower().partition("/")[0] == "image"
