"""`hide`: what the operator takes down (R47)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub.hub import adopt
from feedhub.models import Document, Gone
from feedhub.publish.documents import addresses, render, taken_away
from feedhub.publish.export import export
from feedhub.store import lookup, outputs
from feedhub.store.database import Store
from support.ledger import HUB, TWO_FEEDS, Ledger, a_config
from support.polls import an_entry, at, news_poll
from support.reports import WEIR as WEIR_REPORT
from support.reports import report

WEIR = "https://tigris.example/news/2026/river-level-rises"


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    """Three stories; Tigris and Zagros carry the first, one guid under two addresses."""
    ledger = Ledger(store, tmp_path)
    shared = an_entry(WEIR, title="Shared", guid="tag:agency.example,2026:17")
    zagros = replace(an_entry("https://zagros.example/n/17"), title="Shared", guid=shared.guid)
    others = [an_entry(f"https://tigris.example/news/{n:06}", title=f"Story {n}", published=at(-n)) for n in (1, 2)]
    ledger.record(news_poll(ledger.number("tigris"), shared, *others))
    ledger.record(news_poll(ledger.number("zagros"), zagros))
    ledger.match(at(1))
    return ledger


def hide(ledger: Ledger, *lines: str, minutes: float = 2) -> None:
    ledger.adopt(f"{TWO_FEEDS}hide: [{', '.join(map(repr, lines))}]\n", at(minutes))


def texts(ledger: Ledger, *words: str) -> list[str]:
    """The documents that hold one of these, by their addresses."""
    with ledger.store.reading() as session:
        found = {address: render(session, ledger.site, address) for address in addresses(session, ledger.site)}
    assert all(isinstance(document, Document) for document in found.values())
    bodies = {address: document.body for address, document in found.items() if isinstance(document, Document)}
    return [address for address, body in bodies.items() if any(word.encode() in body for word in words)]


def answer(ledger: Ledger, path: str) -> Document | Gone | None:
    with ledger.store.reading() as session:
        return render(session, ledger.site, path)


@pytest.mark.parametrize(
    "line",
    ["{id}", "{uuid}", HUB + "stories/{uuid}", HUB + "stories/{uuid}.json", WEIR, WEIR + "/?utm_source=x#top",
     "http://www.zagros.example/n/17"],
)  # fmt: skip
def test_r47_a_story_that_is_hidden_is_nowhere_until_the_line_is_removed(ledger: Ledger, line: str) -> None:
    """R47: by its id, its page, or any of its carriers' addresses in any form; its page and data are gone (410).

    What every document says of its change is true, and all is as it was when the line is taken out.
    """
    story = next(story for story in ledger.stories() if story.title == "Shared")
    before = ledger.stories(), ledger.sequence(), ledger.revision()
    hide(ledger, line.format(id=story.id, uuid=story.uuid))
    assert ledger.titles() == ["Story 1", "Story 2"]
    assert ledger.revision() > before[2]
    with ledger.store.reading() as session:
        published = list(addresses(session, ledger.site))
        documents = [render(session, ledger.site, address) for address in published]
    assert not [address for address in published if story.uuid in address]
    assert documents
    for document in documents:
        assert isinstance(document, Document)
        assert story.uuid.encode() not in document.body
        assert document.modified == at(2) or document.path == ""
    for path in (f"stories/{story.uuid}", f"stories/{story.uuid}.json"):
        assert answer(ledger, path) == Gone("This story was taken down.")
    ledger.adopt(TWO_FEEDS, at(3))
    assert (ledger.stories(), ledger.sequence()) == before[:2]
    assert isinstance(answer(ledger, f"stories/{story.uuid}"), Document)


def test_r47_a_story_can_be_hidden_before_it_comes(ledger: Ledger) -> None:
    """R47: the address or the id may be known first."""
    hide(ledger, "https://zagros.example/n/99")
    ledger.record(news_poll(ledger.number("zagros"), an_entry("https://zagros.example/n/99", title="Late"), now=at(5)))
    ledger.match(at(5))
    assert "Late" not in ledger.titles()
    hide(ledger, minutes=6)
    late = next(story for story in ledger.stories() if story.title == "Late")
    hide(ledger, late.id, "urn:uuid:00000000-0000-5000-8000-000000000000", minutes=7)
    assert "Late" not in ledger.titles()
    assert isinstance(answer(ledger, "stories/00000000-0000-5000-8000-000000000000"), Gone)
    assert answer(ledger, "stories/00000000-0000-5000-8000-000000000001") is None


def test_r47_a_hidden_story_is_named_nowhere_as_related(store: Store, tmp_path: Path) -> None:
    """R47, R40: not on the page of the story that resembles it, nor in a feed, nor in an export; only `why` knows."""
    ledger = Ledger(store, tmp_path)
    second = (WEIR_REPORT[0].replace("two", "five"), WEIR_REPORT[1].replace("two gates", "five gates"))
    ledger.record(news_poll(ledger.number("tigris"), report("tigris", WEIR_REPORT)))
    ledger.match()
    ledger.record(news_poll(ledger.number("zagros"), report("zagros", second), now=at(1)))
    ledger.match(at(1))
    newer, older = ledger.stories()
    assert [other.id for other in newer.related] == [older.id]
    naming = set(texts(ledger, older.uuid, older.url))
    assert {"", "feed.atom", "feed.rss", "feed.json", f"stories/{newer.uuid}", f"stories/{newer.uuid}.json"} <= naming
    hide(ledger, older.url)
    assert texts(ledger, older.uuid, older.url) == []
    assert isinstance(answer(ledger, f"stories/{newer.uuid}"), Document)
    with ledger.store.reading() as session:
        assert lookup.stories_named(session, older.url) == [outputs.find(session, older.id)]
    hide(ledger, minutes=3)
    assert set(texts(ledger, older.uuid, older.url)) == naming


@pytest.mark.parametrize("line", ["{first}", "{second}", "https://tigris.example/news/000002", HUB + "stories/{uuid}"])
def test_r47_what_merge_shows_as_one_story_is_hidden_as_one(ledger: Ledger, line: str) -> None:
    """R47: by the id of either, or an article of either; the pages of both are gone. Apart again, one is hidden."""
    first, second = (story for story in reversed(ledger.stories()) if story.title.startswith("Story"))
    merge = f"dedup: {{merge: [['{first.id}', '{second.id}']]}}\n"
    ledger.adopt(TWO_FEEDS + merge, at(2))
    ledger.match(at(2))
    assert len(ledger.stories()) == 2
    hidden = line.format(first=first.id, second=second.id, uuid=second.uuid)
    ledger.adopt(f"{TWO_FEEDS}{merge}hide: ['{hidden}']\n", at(3))
    ledger.match(at(3))
    assert ledger.titles() == ["Shared"]
    assert texts(ledger, first.uuid, second.uuid, first.url, second.url) == []
    pages = {f"stories/{story.uuid}{extension}" for story in (first, second) for extension in ("", ".json")}
    assert all(answer(ledger, path) == Gone("This story was taken down.") for path in pages)
    with ledger.store.reading() as session:
        assert set(taken_away(session, ledger.site)) == pages
    hide(ledger, hidden, minutes=4)
    ledger.match(at(4))
    assert len(ledger.titles()) == 2


def test_r47_an_export_takes_the_files_of_a_hidden_story_away(ledger: Ledger, tmp_path: Path) -> None:
    """R47: its page and its data; no file that stays names it, and the next export finds nothing to do."""
    folder = tmp_path / "public"
    with ledger.store.reading() as session:
        export(session, ledger.site, folder)
    story = next(story for story in ledger.stories() if story.title == "Shared")
    assert (folder / "stories" / story.uuid / "index.html").is_file()
    hide(ledger, WEIR)
    with ledger.store.reading() as session:
        first, second = export(session, ledger.site, folder), export(session, ledger.site, folder)
    assert (first.removed, second.removed, second.written) == (2, 0, 0)
    assert not (folder / "stories" / story.uuid).exists()
    left = [path for path in folder.rglob("*") if path.is_file()]
    assert len(left) > 10
    assert not [path for path in left if story.uuid.encode() in path.read_bytes()]


def test_r47_an_export_takes_the_files_of_a_feed_and_an_output_away_that_were_taken_out(
    ledger: Ledger, tmp_path: Path
) -> None:
    """R47: what only that feed carried has no file, as it has no answer; what others carry stays, foreign files too."""
    folder = tmp_path / "public"
    output = "outputs: [{id: early, limit: 1}]\n"
    ledger.adopt(TWO_FEEDS + output, at(1))
    with ledger.store.reading() as session:
        export(session, ledger.site, folder)
    before = {path.name for path in (folder / "stories").glob("*-*-*") if path.is_dir()}
    (folder / "stories" / "about.json").write_text("{}")
    assert (folder / "feeds" / "early.atom").is_file()
    assert any((folder / "feeds" / "early").iterdir())
    ledger.adopt("\n".join(line for line in TWO_FEEDS.splitlines() if "tigris" not in line), at(2))
    with ledger.store.reading() as session:
        export(session, ledger.site, folder)
        again = export(session, ledger.site, folder)
    after = {path.name for path in (folder / "stories").glob("*-*-*") if path.is_dir()}
    assert after == {story.uuid for story in ledger.stories()}
    assert 0 < len(after) < len(before)
    assert (folder / "stories" / "about.json").is_file()
    assert not list(folder.glob("feeds/early*"))
    assert (again.removed, again.written) == (0, 0)


def test_a_restart_with_the_same_list_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """R39: no revision, no date."""
    hide(ledger, WEIR)
    revision = ledger.revision()
    config = a_config(tmp_path, f"{TWO_FEEDS}hide: [{WEIR}]\n")
    with ledger.store.writing() as session:
        adopt(session, config, None, at(9) + timedelta(days=1))
    assert ledger.revision() == revision
