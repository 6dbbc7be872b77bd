"""Outputs with any text in any field: what a hostile publisher could make of the documents (R33)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from feedhub.ingest.clean import clean_html
from feedhub.models import Carrier, Enclosure, OutputView, Picture, Related, Source, Story
from support.stories import NOON, SITE

_NASTY = (
    "]]>",
    "\x00",
    "\ud800",
    "\ufffe",
    "\U0001ffff",
    "<!--",
    "</p>",
    "&amp;lt;",
    "&#0;",
    "\r\n",
    "\u202e",
    "<b",
    "%",
)
# Without the letters of Latin-1: where those of a text happen to be UTF-8, feedparser takes the text for misread.
_WORDS = st.text(st.one_of(st.characters(max_codepoint=0x7F), st.characters(min_codepoint=0x100)), max_size=12)
TEXTS = st.one_of(_WORDS, st.tuples(_WORDS, st.sampled_from(_NASTY), _WORDS).map("".join))
MARKUP = st.one_of(TEXTS.map(clean_html), st.just('<p>One.</p><ul><li dir="rtl">چوار <b>&amp; five</b></li></ul>'))
_FORMS = ("{}", "https://tigris.example/{}", "http://tigris.example?{}#x", "HTTP://Tigris.Example:80/%d8%ae[{}]?%")
ADDRESSES = st.builds(str.format, st.sampled_from(_FORMS), _WORDS)
LANGUAGES = st.sampled_from([None, "en", "ar", "ckb", "kmr", "ckb-IQ", "fa-IR", "not a tag", ""])
MOMENTS = st.integers(-900_000_000, 0).map(lambda seconds: NOON + timedelta(seconds=seconds))
SIZES = st.one_of(st.none(), st.integers(-5, 5000))
TYPES = st.one_of(st.sampled_from(["", "image/png", "audio/mpeg"]), TEXTS)

SOURCES = st.builds(Source, id=TEXTS, title=TEXTS, link=ADDRESSES, url=ADDRESSES)
CARRIERS = st.builds(
    Carrier,
    source=SOURCES,
    url=ADDRESSES,
    title=TEXTS,
    published=MOMENTS,
    first_seen=MOMENTS,
    rule=TEXTS,
    evidence=TEXTS,
)
RELATED = st.builds(
    Related, id=st.uuids().map("urn:uuid:{}".format), title=TEXTS, url=ADDRESSES, source=SOURCES, reason=TEXTS
)
PICTURES = st.builds(Picture, url=ADDRESSES, caption=TEXTS, type=TYPES, width=SIZES, height=SIZES)
ENCLOSURES = st.builds(Enclosure, url=ADDRESSES, type=TYPES, length=st.integers(-5, 10**12))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A story with any text in any field. What a publisher cannot choose is as the hub would have it: ids, order."""
    published = draw(MOMENTS)
    return Story(
        id=f"urn:uuid:{draw(st.uuids())}",
        published=published,
        updated=_later(published, draw(st.integers(0, 10_000))),
        touched=NOON,
        title=draw(TEXTS),
        url=draw(ADDRESSES),
        summary=draw(TEXTS),
        content=draw(MARKUP),
        author=draw(TEXTS),
        categories=tuple(draw(st.lists(TEXTS, max_size=2))),
        language=draw(LANGUAGES),
        direction=draw(st.sampled_from(["ltr", "rtl"])),
        picture=draw(st.one_of(st.none(), PICTURES)),
        enclosures=tuple(draw(st.lists(ENCLOSURES, max_size=2))),
        carriers=tuple(draw(st.lists(CARRIERS, min_size=1, max_size=2))),
        related=tuple(draw(st.lists(RELATED, max_size=1))),
    )


@st.composite
def views(draw: st.DrawFn) -> OutputView:
    """An output of such stories, each once."""
    shown = draw(st.lists(stories(), max_size=2, unique_by=(lambda story: story.id, lambda story: story.updated)))
    return OutputView(
        id=f"urn:uuid:{draw(st.uuids())}",
        name="all",
        title=draw(TEXTS),
        site_title=draw(TEXTS),
        site_url=SITE,
        path="feed",
        updated=NOON,
        modified=NOON,
        stories=tuple(shown),
        summaries=draw(st.booleans()),
        names_carriers=draw(st.booleans()),
    )


def _later(moment: datetime, seconds: int) -> datetime:
    return min(moment + timedelta(seconds=seconds), NOON)
