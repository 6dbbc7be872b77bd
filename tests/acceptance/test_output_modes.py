"""`dedup` on an output: stories, what is linked, or each entry (R9), through the whole program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from support.feeds import Item, atom, recent, rss
from support.program import Program
from support.publisher import Publisher
from support.reports import MARKET, WEIR

OUTPUTS = {"story": "feed", "link": "feeds/linked", "off": "feeds/each"}


def told(article: Item, outlet: str, words: tuple[str, str], prefix: str = "") -> Item:
    """The article as an outlet's report in these words."""
    link = f"https://{outlet}.example/news/2026/{len(words[0])}-as-it-happened"
    return Item(link, prefix + words[0], link, article.published, f"<p>{words[1]}</p>")


def configure(program: Program, publisher: Publisher, outputs: str) -> None:
    feeds = "".join(f"  - {{id: {name}, url: '{publisher.url(f'/{name}')}'}}\n" for name in ("tigris", "zagros"))
    program.configure(f"site: {{url: 'https://hub.example/'}}\nfeeds:\n{feeds}{outputs}")


def shown(files: dict[str, bytes], path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(files[f"{path}.json"])["items"]
    return items


def carried(items: Sequence[dict[str, Any]]) -> list[list[str]]:
    """The feeds that carry each item."""
    return sorted([carrier["feed"] for carrier in item["_feedhub"]["carriers"]] for item in items)


def test_r9_one_hub_publishes_stories_linked_articles_and_every_entry(program: Program, publisher: Publisher) -> None:
    """R9: two outlets have one article under the same link, another in much the same words under links of their own.

    What founded a story has its id everywhere, every item its story's page. An output that is switched
    shows what it showed before under the same ids and dates (R13).
    """
    market, weir, alone = recent(3)
    shared = told(market, "tigris", MARKET)
    publisher.serve("/tigris", rss(shared, told(weir, "tigris", WEIR), alone))
    publisher.serve("/zagros", atom(shared, told(weir, "zagros", WEIR, "Breaking: ")))
    configure(program, publisher, "outputs: [{id: linked, dedup: link}, {id: each, dedup: off}]\n")
    program.poll("--export", "public")
    files = program.files()
    items = {mode: shown(files, path) for mode, path in OUTPUTS.items()}
    both, one, other = ["tigris", "zagros"], ["tigris"], ["zagros"]
    assert {mode: carried(found) for mode, found in items.items()} == {
        "story": [one, both, both],
        "link": [one, one, both, other],
        "off": [one, one, one, other, other],
    }
    ids = {mode: {item["id"] for item in found} for mode, found in items.items()}
    assert ids["story"] < ids["link"] < ids["off"]
    for item in items["off"]:
        assert item["_feedhub"]["story"] in ids["story"]
        assert f"stories/{item['_feedhub']['story'].removeprefix('urn:uuid:')}.json" in files
    configure(program, publisher, "outputs: [{id: all, dedup: off}, {id: linked, dedup: story}, {id: each}]\n")
    program.poll("--all", "--export", "public")
    after = program.files()
    dates = {item["id"]: (item["date_published"], item["date_modified"]) for item in items["off"]}
    for mode, path in zip(("off", "story", "story"), OUTPUTS.values(), strict=True):
        found = shown(after, path)
        assert carried(found) == carried(items[mode])
        assert {item["id"]: (item["date_published"], item["date_modified"]) for item in found} == {
            id: dates[id] for id in ids[mode]
        }
