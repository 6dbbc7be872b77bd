"""One story as every format says it: the choices that Atom, RSS and JSON Feed share, made once.

All text here is free of illegal characters, every address absolute, every language tag and media type well-formed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote, urlsplit

from feedhub.models import Carrier, Direction, Enclosure, OutputView, Picture, Related, Source, Story
from feedhub.publish.addresses import host_of, web_address
from feedhub.publish.xml import clean

_IMG = re.compile(r"<img\b", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 4287, atomLanguageTag
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
MOST_RELATED = 5  # stories that an item of an output names beside its own
_FALLBACK_TITLE = 80  # characters of the summary that stand in for a missing headline
_UNKNOWN_TYPE = "application/octet-stream"

# A table of our own: `mimetypes` reads the system's files, and documents must not depend on the machine (R39).
_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Via:
    """Another carrier's article (R40)."""

    url: str
    source: str


@dataclass(frozen=True, slots=True)
class SeeAlso:
    """A related story (R40). `page` is its page here, `url` its article's, else that page; `title` is never empty."""

    story: str
    page: str
    url: str
    title: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The representative's feed. `id` is an IRI, `title` never empty; `site` and `feed` may be."""

    id: str
    title: str
    site: str
    feed: str


@dataclass(frozen=True, slots=True)
class Item:
    """A story ready to be written. `title`, `url`, `author` and `html` are never empty."""

    story: Story
    title: str
    url: str
    summary: str
    html: str
    author: str
    origin: Origin
    vias: tuple[Via, ...]
    related: tuple[SeeAlso, ...]
    categories: tuple[str, ...]
    language: str | None
    picture: Picture | None
    enclosures: tuple[Enclosure, ...]


def items(view: OutputView) -> tuple[Item, ...]:
    """The stories of a view in its order."""
    return tuple(_item(story, view) for story in view.stories)


def common_language(written: tuple[Item, ...]) -> str | None:
    """The language that all items share, or None."""
    languages = {item.language for item in written}
    return languages.pop() if len(languages) == 1 else None


def feed_title(view: OutputView) -> str:
    return one_line(view.title) or view.name


def story_url(site_url: str, story: Story | Related) -> str:
    """The story's own page. `site_url` may be the way to the site instead."""
    return f"{site_url}stories/{story.uuid}"


def see_also(story: Story, root: str) -> tuple[SeeAlso, ...]:
    """The related stories, those that are most alike first. `root` is the way to the site, or its address."""
    return tuple(
        SeeAlso(
            story=other.id,
            page=story_url(root, other),
            url=web_address(other.url) or story_url(root, other),
            title=one_line(other.title) or source_title(other.source),
            source=source_title(other.source),
            reason=one_line(other.reason),
        )
        for other in story.related
    )


def source_title(source: Source) -> str:
    """How to name a source: its title, else its host, else its id."""
    return one_line(source.title) or host_of(source.link) or host_of(source.url) or one_line(source.id) or "?"


def headline(story: Story) -> str:
    """The title; where there is none, the beginning of the summary, else the source: a feed's title is never blank."""
    return one_line(story.title) or one_line(story.summary)[:_FALLBACK_TITLE].strip() or source_title(story.source)


def lead_picture(story: Story) -> Picture | None:
    """The lead picture with an absolute address and a type where one can be told, or None."""
    if story.picture is None or not (url := web_address(story.picture.url)):
        return None
    given = story.picture
    known = media_type(given.type, url)
    kind = known if known.startswith("image/") else ""
    return Picture(url, one_line(given.caption), kind, _pixels(given.width), _pixels(given.height))


def shows_picture(story: Story) -> bool:
    """Whether the text itself has a picture, so that the lead picture need not stand before it."""
    return bool(_IMG.search(story.content))


def text_html(story: Story) -> str:
    """The sanitised text; where there is none, the summary as a paragraph."""
    return clean(story.content).strip() or summary_html(story)


def summary_html(story: Story) -> str:
    """The summary as a paragraph; where there is none, the headline."""
    return f"<p>{escape(clean(story.summary).strip() or headline(story), quote=False)}</p>"


def summarised(story: Story) -> Story:
    """The story with no more of its text, and of what is attached to it, than its summary."""
    return replace(story, content="", enclosures=())


def language_tag(story: Story) -> str | None:
    return story.language if story.language and _LANGUAGE.fullmatch(story.language) else None


def media_type(given: str, url: str) -> str:
    """The type given where it is one, else what the address's extension says, else empty."""
    if _MEDIA_TYPE.fullmatch(given):
        return given
    return _TYPES.get(urlsplit(url).path.rpartition(".")[2].lower(), "")


def one_line(text: str) -> str:
    return _SPACE.sub(" ", clean(text)).strip()


def categories(story: Story) -> tuple[str, ...]:
    """The categories once each, in their order."""
    return tuple(dict.fromkeys(filter(None, map(one_line, story.categories))))


def _item(whole: Story, view: OutputView) -> Item:
    story = summarised(whole) if view.summaries else whole
    picture = lead_picture(story)
    origin = _origin(story.source, view.site_url)
    vias = _vias(story.carriers[1:])
    return Item(
        story=story,
        title=headline(story),
        url=web_address(story.url) or story_url(view.site_url, story),
        summary=clean(story.summary).strip(),
        html=_html(story, picture, vias if view.names_carriers else ()),
        author=one_line(story.author) or origin.title,
        origin=origin,
        vias=vias,
        related=see_also(story, view.site_url)[:MOST_RELATED],
        categories=categories(story),
        language=language_tag(story),
        picture=picture,
        enclosures=_enclosures(story.enclosures, picture),
    )


def _origin(source: Source, site_url: str) -> Origin:
    feed = web_address(source.url)
    return Origin(
        id=feed or f"{site_url}#{quote(clean(source.id), safe='')}",
        title=source_title(source),
        site=web_address(source.link),
        feed=feed,
    )


def _vias(carriers: tuple[Carrier, ...]) -> tuple[Via, ...]:
    found = (Via(web_address(carrier.url), source_title(carrier.source)) for carrier in carriers)
    return tuple(dict.fromkeys(via for via in found if via.url))


def _enclosures(given: tuple[Enclosure, ...], picture: Picture | None) -> tuple[Enclosure, ...]:
    """The attached files, once an address, without the lead picture."""
    taken = {picture.url} if picture else set()
    kept: list[Enclosure] = []
    for enclosure in given:
        url = web_address(enclosure.url)
        if url and url not in taken:
            taken.add(url)
            kept.append(Enclosure(url, media_type(enclosure.type, url) or _UNKNOWN_TYPE, max(0, enclosure.length)))
    return tuple(kept)


def _html(story: Story, picture: Picture | None, carriers: tuple[Via, ...]) -> str:
    """The text, its lead picture before it where it shows none, and the other `carriers` behind it.

    Direction stands in it, as XML has no word for that.
    """
    text = text_html(story) + _also(carriers)
    if picture and not shows_picture(story):
        text = _figure(picture) + text
    return _directed(text, story.direction, language_tag(story))


def _also(carriers: tuple[Via, ...]) -> str:
    links = (f'<a href="{escape(via.url)}"><bdi>{escape(via.source, quote=False)}</bdi></a>' for via in carriers)
    return f'<p><bdi lang="en">Also in</bdi>: {", ".join(links)}</p>' if carriers else ""


def _directed(html: str, direction: Direction, language: str | None) -> str:
    if direction == "ltr":
        return html
    lang = f' lang="{language}"' if language else ""
    return f'<div dir="rtl"{lang}>{html}</div>'


def _figure(picture: Picture) -> str:
    sizes = (("width", picture.width), ("height", picture.height))
    size = "".join(f' {name}="{pixels}"' for name, pixels in sizes if pixels)
    caption = f"<figcaption>{escape(picture.caption, quote=False)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{escape(picture.url)}" alt="{escape(picture.caption)}"{size}>{caption}</figure>'


def _pixels(size: int | None) -> int | None:
    return size if size and size > 0 else None
