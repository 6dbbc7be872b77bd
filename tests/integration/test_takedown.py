"""`hide`: what the operator takes down (R47)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub.hub import adopt
from feedhub.models import Document, Gone, Related
from feedhub.publish import select
from feedhub.publish.documents import addresses, render
from feedhub.publish.export import export
from feedhub.store import outputs
from feedhub.store.database import Store
from support.ledger import HUB, TWO_FEEDS, Ledger, a_config
from support.polls import an_entry, at, news_poll
from support.stories import TIGRIS

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


def test_r47_no_story_is_related_to_one_that_is_hidden(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """R47: the visible ones name it no more."""
    shared = next(story for story in ledger.stories() if story.title == "Shared")
    related = Related(shared.id, "Shared", WEIR, TIGRIS, "too short to tell")
    found = [replace(story, related=(related,)) for story in ledger.stories()]
    monkeypatch.setattr(outputs, "stories", lambda *_: found)
    with ledger.store.reading() as session:
        assert select.visible_stories(session, ledger.site, [1])[0].related == (related,)
        hide(ledger, shared.id)
    with ledger.store.reading() as session:
        assert not any(story.related for story in select.visible_stories(session, ledger.site, [1]))


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


def test_a_restart_with_the_same_list_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """R39: no revision, no date."""
    hide(ledger, WEIR)
    revision = ledger.revision()
    config = a_config(tmp_path, f"{TWO_FEEDS}hide: [{WEIR}]\n")
    with ledger.store.writing() as session:
        adopt(session, config, None, at(9) + timedelta(days=1))
    assert ledger.revision() == revision
