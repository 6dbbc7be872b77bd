"""The article that everything began with: from its outlet's feed to a reader app, once, whole, without the furniture.

The words are those of `tests/fixtures/baghdadpost/baghdadpost.txt`: section, headline, caption, paragraphs, and at the
end "Read" and "Comments", which the outlet's page shows and which are not news.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import html

from support.program import Program
from support.publisher import Publisher

SEED = Path(__file__).parents[1] / "fixtures" / "baghdadpost"
ADDRESS = (
    "https://www.baghdadpost.example/en/Story/49021/"
    "US-Anti-ISIS-Coalition-carried-out-nearly-35-000-airstrikes-in-Iraq-Syria-since-2014"
)
PICTURE = "https://www.baghdadpost.example/pictures/us-led-coalition.png"
FURNITURE = re.compile(r"(?:Read|Comments|اقرأ المزيد|التعليقات)")

SECOND_OUTLET = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Tigris Wire</title><link>https://tigris-wire.example/</link>
<item><title>US ANTI-ISIS COALITION CARRIED OUT NEARLY 35,000 AIRSTRIKES IN IRAQ, SYRIA SINCE 2014</title>
<link>{ADDRESS}?utm_source=tigris-wire&amp;utm_medium=rss&amp;fbclid=IwAR0</link>
<guid isPermaLink="false">wire-7741</guid><pubDate>Mon, 12 Oct 2020 12:10:00 GMT</pubDate>
<description>The Pentagon counts 34,917 strikes. Read more</description></item>
</channel></rss>
"""


@dataclass(frozen=True, slots=True)
class Words:
    """The seed's text, a line each, with one space between two words."""

    channel: str
    title: str
    caption: str
    paragraphs: tuple[str, ...]

    @classmethod
    def read(cls) -> Words:
        lines = (" ".join(line.split()) for line in (SEED / "baghdadpost.txt").read_text("utf-8").splitlines())
        channel, title, caption, *paragraphs, read, comments = filter(None, lines)
        assert (read, comments) == ("Read", "Comments")
        return cls(channel, title, caption, tuple(paragraphs))


@dataclass(frozen=True, slots=True)
class Told:
    """The seed's story as one of the published forms tells it. `carriers` are the newsrooms named, in their order."""

    title: str
    url: str
    sections: tuple[str, ...]
    blocks: tuple[str, ...]
    images: tuple[str, ...]
    picture: str
    caption: str
    source: str
    carriers: tuple[str, ...]


WORDS = Words.read()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the program publishes, as files, after two polls of the outlet."""
    with Publisher() as publisher:
        publisher.serve("/en/Local-News/rss", (SEED / "feed.xml").read_bytes())
        return _published(tmp_path_factory.mktemp("alone"), [publisher.url("/en/Local-News/rss")], polls=2)


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What it publishes where a second outlet carries the article under the same address, spelt its own way."""
    with Publisher() as publisher, Publisher("127.0.0.2") as second:
        publisher.serve("/en/Local-News/rss", (SEED / "feed.xml").read_bytes())
        second.serve("/feed", SECOND_OUTLET)
        feeds = [publisher.url("/en/Local-News/rss"), second.url("/feed")]
        return _published(tmp_path_factory.mktemp("carried"), feeds)


def in_atom(folder: Path) -> list[Told]:
    return [
        Told(
            title=entry.title,
            url=entry.link,
            sections=tuple(tag.term for tag in entry.tags),
            **_shown(entry.content[0].value),
            picture=next(link.href for link in entry.links if link.rel == "enclosure"),
            caption=next(link.title for link in entry.links if link.rel == "enclosure"),
            source=entry.source.title,
            carriers=(entry.source.title, *(link.title for link in entry.links if link.rel == "via")),
        )
        for entry in _parsed(folder / "feed.atom")
    ]


def in_rss(folder: Path) -> list[Told]:
    return [
        Told(
            title=entry.title,
            url=entry.link,
            sections=tuple(tag.term for tag in entry.tags),
            **_shown(entry.content[0].value),
            picture=entry.media_content[0]["url"],
            caption=_caption(entry.content[0].value),
            source=entry.source.title,
            carriers=(entry.source.title, *(link.title for link in entry.links if link.rel == "via")),
        )
        for entry in _parsed(folder / "feed.rss")
    ]


def in_json(folder: Path) -> list[Told]:
    return [
        Told(
            title=item["title"],
            url=item["url"],
            sections=tuple(item["tags"]),
            **_shown(item["content_html"]),
            picture=item["image"],
            caption=_caption(item["content_html"]),
            source=item["authors"][-1]["name"],
            carriers=tuple(carrier["source"] for carrier in item["_feedhub"]["carriers"]),
        )
        for item in json.loads((folder / "feed.json").read_bytes())["items"]
        if item["url"] == ADDRESS
    ]


def on_its_page(folder: Path) -> list[Told]:
    pages: list[Any] = [html.fromstring(page.read_bytes()) for page in (folder / "stories").glob("*/index.html")]
    return [
        Told(
            title=page.findtext(".//h1"),
            url=page.xpath("string(.//p[@class='original']/a/@href)"),
            sections=tuple(page.xpath("string(.//p[@class='section'])").split(" · ")),
            **_shown(html.tostring(page.find(".//div[@class='text']"), encoding="unicode")),
            picture=page.xpath("string(.//figure[@class='lead']/img/@src)"),
            caption=page.findtext(".//figcaption"),
            source=page.xpath("string(.//article//*[@class='source'])"),
            carriers=tuple(node.text_content() for node in page.xpath(".//ol//*[@class='source']")),
        )
        for page in pages
        if page.findtext(".//h1").casefold() == WORDS.title.casefold()
    ]


EVERYWHERE = pytest.mark.parametrize("read", [in_atom, in_rss, in_json, on_its_page], ids=lambda read: read.__name__)


@EVERYWHERE
def test_the_article_arrives_once_and_whole(alone: Path, read: Any) -> None:
    """Headline, section, picture with caption, every paragraph in order, and its newsroom's name (R35, R38, R40)."""
    (told,) = read(alone)
    assert told.title == WORDS.title
    assert told.url == ADDRESS
    assert told.sections == ("Local News",)
    assert (told.picture, told.caption) == (PICTURE, WORDS.caption)
    led_by_picture = (WORDS.caption, *WORDS.paragraphs)
    assert told.blocks == (WORDS.paragraphs if read is on_its_page else led_by_picture)
    assert told.source == WORDS.channel
    assert told.carriers == (WORDS.channel,)


@EVERYWHERE
def test_page_furniture_and_tracking_pixels_stay_behind(alone: Path, read: Any) -> None:
    """No block of the text is "Read" or "Comments", and the only picture is the article's own (R34)."""
    (told,) = read(alone)
    assert not [block for block in told.blocks if FURNITURE.fullmatch(block)]
    assert set(told.images) <= {PICTURE}


def test_sentences_with_the_same_words_stay(alone: Path) -> None:
    """A sentence that ends with "Read", or begins with "Comments", is news; the links under it are not."""
    texts = {item["id"]: _shown(item["content_html"])["blocks"] for item in _items(alone)}
    blocks = [block for text in texts.values() for block in text]
    assert "The campaign that paid for the lamps has a name of one word: Read." in blocks
    assert "Comments from visitors are pinned to a board by the door." in blocks
    assert "يقول أمين المكتبة إن القصص المصورة هي الأكثر طلبًا بين الأطفال." in blocks
    assert not [block for block in blocks if FURNITURE.fullmatch(block)]
    assert "hit.gif" not in (alone / "feed.json").read_text("utf-8")


def test_every_item_of_the_outlet_is_one_story(alone: Path) -> None:
    """Four items, polled twice, are four stories in every output; the Arabic one says so (R7, R36)."""
    items = _items(alone)
    assert len(items) == len(_all(alone / "feed.atom")) == len(_all(alone / "feed.rss")) == 4
    assert [item["language"] for item in items] == ["en", "en", "ar", "en"]


@EVERYWHERE
def test_r1_a_second_outlet_with_the_same_article_joins_the_story(carried: Path, read: Any) -> None:
    """The same address with tracking parameters, another guid, the headline in capitals: one story, both named."""
    (told,) = read(carried)
    assert told.carriers == (WORDS.channel, "Tigris Wire")
    assert (told.title, told.url) == (WORDS.title, ADDRESS)
    assert len(_items(carried)) == 4


def _published(folder: Path, feeds: list[str], polls: int = 1) -> Path:
    program = Program(folder)
    program.configure("feeds:\n" + "".join(f"  - {url}\n" for url in feeds))
    for _ in range(polls):
        program.poll("--all", "--export", str(folder / "public"))
    return folder / "public"


def _all(path: Path) -> list[Any]:
    parsed = feedparser.parse(io.BytesIO(path.read_bytes()), resolve_relative_uris=False, sanitize_html=False)
    assert not parsed.bozo, parsed.bozo_exception
    return list(parsed.entries)


def _parsed(path: Path) -> list[Any]:
    return [entry for entry in _all(path) if entry.link == ADDRESS]


def _items(folder: Path) -> list[Any]:
    items: list[Any] = json.loads((folder / "feed.json").read_bytes())["items"]
    return items


def _caption(text: str) -> str:
    return str(html.fromstring(text).findtext(".//figcaption"))


def _shown(text: str) -> dict[str, tuple[str, ...]]:
    """The blocks of text of some HTML, and the addresses of its pictures."""
    root = html.fragment_fromstring(text, create_parent="div")
    blocks = (" ".join(node.split()) for node in root.itertext())
    return {"blocks": tuple(filter(None, blocks)), "images": tuple(root.xpath(".//img/@src"))}
