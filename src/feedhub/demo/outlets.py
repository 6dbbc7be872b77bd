"""The demo's outlets and what they have to say: plain data in ``outlets/*.toml``, read once.

Every outlet, town, person and event in those files is invented. An item is either an article of the outlet's own, or it
`carries` an agency's article under a headline of its own. An article may retell another one or merely resemble it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from feedhub.models import Direction

Format = Literal["rss", "rdf", "atom", "json"]
PictureStyle = Literal["media", "thumbnail", "enclosure", "img", "image"]
Quirk = Literal["", "undated", "ahead", "furniture"]

# In the order in which they take turns: agencies first, so that what they publish is carried seconds later.
ORDER = (
    "two-rivers",
    "two-rivers-ar",
    "baghdad-courier",
    "marsh-and-plain",
    "al-marsa",
    "saaf",
    "hewraz",
    "kani",
    "peyk",
    "vadi-postasi",
)
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa"})


@dataclass(frozen=True, slots=True)
class Article:
    """A page of the outlet that wrote it. `outlet` is that outlet's id; `scene` names what the picture shows.

    `retells` is the path of the article whose news this is as well: with a lead, a headline or a spelling of its own,
    or cut short. `resembles` is that of one that reads alike and is other news. Both are empty as a rule.
    """

    outlet: str
    slug: str
    section: str
    author: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    caption: str
    scene: str
    retells: str = ""
    resembles: str = ""

    @property
    def path(self) -> str:
        return f"{self.outlet}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Item:
    """An article as one outlet lists it: with that outlet's headline, guid and link.

    `rewritten` is the headline it gets some time after publication, or empty.
    """

    outlet: str
    article: Article
    title: str
    rewritten: str = ""
    quirk: Quirk = ""

    @property
    def carried(self) -> bool:
        return self.outlet != self.article.outlet

    @property
    def guid(self) -> str:
        """A tag URI (RFC 4151): the same wherever the newsroom listens."""
        return f"tag:{self.outlet}.example,2026:{self.article.slug}"

    @property
    def link(self) -> str:
        """The article's address below the newsroom's, with tracking parameters where the outlet adds them."""
        if self.carried:
            return f"{self.article.path}?utm_source={self.outlet}&utm_medium=feed"
        if self.quirk == "furniture":
            return f"{self.article.path}?utm_source=rss&utm_medium=feed&utm_campaign=daily"
        return self.article.path


@dataclass(frozen=True, slots=True)
class Outlet:
    """One newsroom. `picture` is how its feed names an item's picture; `items` are in the order of publication."""

    id: str
    title: str
    description: str
    language: str
    format: Format
    picture: PictureStyle
    tags: tuple[str, ...]
    priority: int
    colour: str
    items: tuple[Item, ...]

    @property
    def direction(self) -> Direction:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def path(self) -> str:
        return f"{self.id}/"

    @property
    def feed_path(self) -> str:
        return f"{self.id}/feed.{self.format}"


@cache
def outlets() -> tuple[Outlet, ...]:
    """All outlets in their order. A mistake in the data files raises KeyError or TypeError."""
    tables = {id: _read(id) for id in ORDER}
    articles = {
        article.path: article
        for id, table in tables.items()
        for article in (_article(id, entry) for entry in table["item"] if "slug" in entry)
    }
    return tuple(_outlet(id, table, articles) for id, table in tables.items())


def _read(id: str) -> dict[str, Any]:
    return tomllib.loads(files("feedhub.demo").joinpath("outlets", f"{id}.toml").read_text(encoding="utf-8"))


def _outlet(id: str, table: dict[str, Any], articles: dict[str, Article]) -> Outlet:
    items = tuple(_item(id, entry, articles) for entry in table["item"])
    facts = {key: value for key, value in table.items() if key not in ("item", "tags")}
    return Outlet(id=id, tags=tuple(table["tags"]), items=items, **facts)


def _item(id: str, entry: dict[str, Any], articles: dict[str, Article]) -> Item:
    article = articles[entry.get("carries") or f"{id}/{entry['slug']}"]
    return Item(id, article, entry["title"], entry.get("rewritten", ""), entry.get("quirk", ""))


def _article(id: str, entry: dict[str, Any]) -> Article:
    return Article(
        outlet=id,
        slug=entry["slug"],
        section=entry["section"],
        author=entry["author"],
        title=entry["title"],
        summary=entry["summary"],
        paragraphs=tuple(entry["text"].strip().splitlines()),
        caption=entry["caption"],
        scene=entry["scene"],
        retells=entry.get("retells", ""),
        resembles=entry.get("resembles", ""),
    )
