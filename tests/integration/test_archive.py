"""Archive pages (R42, RFC 5005): with the document they hold every story, each once, and stay as they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lxml import etree
from sqlalchemy import delete

from feedhub.models import Document, Entry, Gone
from feedhub.publish import archive
from feedhub.publish.documents import render
from feedhub.publish.export import export
from feedhub.store.database import Store, sqlite_url
from feedhub.store.tables import SequenceRow
from support.ledger import HUB, Ledger
from support.polls import an_entry, at, edit, news_poll
from support.published import ATOM, follow, links, shown

FEEDS = """
feeds:
  - {url: "https://tigris.example/rss", id: tigris, tags: [iraq]}
  - {url: "https://zagros.example/rss", id: zagros, tags: [iraq, kurdistan]}
"""
HISTORY = "{http://purl.org/syndication/history/1.0}"
PAGE = 5


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PAGE", PAGE)


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    return Ledger(store, tmp_path, FEEDS)


def story(n: int, **changes: Any) -> Entry:
    return an_entry(f"https://tigris.example/news/{n:06}", **({"title": f"Story {n}", "published": at(n)} | changes))


def publish(ledger: Ledger, *numbers: int, feed: str = "tigris", minutes: float = 10_000) -> None:
    ledger.record(news_poll(ledger.number(feed), *map(story, numbers), now=at(minutes)))
    ledger.match(at(minutes))


def body(ledger: Ledger, path: str) -> bytes:
    with ledger.store.reading() as session:
        document = render(session, ledger.site, path)
    assert isinstance(document, Document), (path, document)
    return document.body


def ids(path: str, document: bytes) -> list[str]:
    return [story.id for story in shown(path, document)]


def test_r42_a_page_says_what_it_is_and_what_was_before(ledger: Ledger) -> None:
    """RFC 5005, section 4: the mark, the current document, the page before, never the one behind; in both formats.

    The id is the output's own: it is one feed.
    """
    publish(ledger, *range(12))
    for extension in ("atom", "rss"):
        document, second, first = [
            found for _path, found in follow(lambda path: body(ledger, path), f"feed.{extension}", HUB)
        ]
        assert [links(found).get("self") for found in (document, second, first)] == [
            f"{HUB}{path}.{extension}" for path in ("feed", "feeds/all/10", "feeds/all/5")
        ]
        assert [links(found).get("prev-archive") for found in (document, second, first)] == [
            f"{HUB}feeds/all/10.{extension}", f"{HUB}feeds/all/5.{extension}", None,
        ]  # fmt: skip
        assert [links(found).get("current") for found in (document, second, first)] == [
            None, f"{HUB}feed.{extension}", f"{HUB}feed.{extension}",
        ]  # fmt: skip
        assert all("next-archive" not in links(found) for found in (document, second, first))
        marks = [len(list(etree.fromstring(found).iter(f"{HISTORY}archive"))) for found in (document, second, first)]
        assert marks == [0, 1, 1]
    assert (
        len({etree.fromstring(body(ledger, f"{p}.atom")).findtext(f"{ATOM}id") for p in ("feed", "feeds/all/5")}) == 1
    )


def test_r42_pages_are_cut_by_number_and_never_by_date(ledger: Ledger) -> None:
    """A story that comes late with an old date is in the newest page; within a page the order is by date."""
    publish(ledger, *range(100, 109))
    publish(ledger, 3, minutes=10_001)
    titles = [story.title for story in shown("x.atom", body(ledger, "feeds/all/10.atom"))]
    assert titles == ["Story 108", "Story 107", "Story 106", "Story 105", "Story 3"]


@pytest.mark.parametrize(
    "keys",
    ["limit: 3", "limit: 1", "max_per_source: 1", "limit: 9, max_age: 2m", "match: {include: ['re:Story .*[27]$']}"],
)
def test_r42_whatever_the_document_leaves_out_is_in_the_archive_at_once(ledger: Ledger, keys: str) -> None:
    """A reader that comes by after each story gets each, though the document holds few."""
    ledger.adopt(f"{FEEDS}outputs: [{{id: o, {keys}}}]\n")
    for n in range(14):
        publish(ledger, n, minutes=n)
        pages = [ids(path, found) for path, found in follow(lambda path: body(ledger, path), "feeds/o.atom", HUB)]
        everything = {urn for _number, urn in ledger.sequence("o")}
        assert set().union(*pages) == everything
        archived = [urn for page in pages[1:] for urn in page]
        assert len(archived) == len(set(archived))
    assert everything


def test_r42_a_full_page_stays_as_it_is_while_stories_arrive(ledger: Ledger) -> None:
    """To the byte, and so do its dates; the page under way, once it is named, as well."""
    ledger.adopt(f"{FEEDS}outputs: [{{id: all, limit: 2}}]\n")
    publish(ledger, *range(8))
    names = ["feeds/all/5.atom", "feeds/all/5.rss", "feeds/all/6.atom"]
    with ledger.store.reading() as session:
        before = [render(session, ledger.site, name) for name in names]
    publish(ledger, *range(8, 23), minutes=10_010)
    with ledger.store.reading() as session:
        assert [render(session, ledger.site, name) for name in names] == before


def test_r42_a_page_loses_what_is_removed_and_nothing_moves_up(ledger: Ledger) -> None:
    """R47: by `hide` and with its feed; its Last-Modified says so (R39)."""
    publish(ledger, 0, 1, 2)
    publish(ledger, 3, 4, 5, feed="zagros", minutes=10_001)
    whole = ids("x.atom", body(ledger, "feeds/all/5.atom"))
    assert len(whole) == PAGE
    ledger.adopt(f"{FEEDS}hide: ['https://tigris.example/news/000001']\n", at(10_002))
    with ledger.store.reading() as session:
        document = render(session, ledger.site, "feeds/all/5.atom")
    assert isinstance(document, Document)
    assert document.modified == at(10_002)
    assert ids("x.atom", document.body) == [urn for urn in whole if urn != whole[3]]
    ledger.adopt("\n".join(line for line in FEEDS.splitlines() if "zagros" not in line), at(10_003))
    assert ids("x.atom", body(ledger, "feeds/all/5.atom")) == whole[2:]
    ledger.adopt(FEEDS, at(10_004))
    assert ids("x.atom", body(ledger, "feeds/all/5.atom")) == whole


def test_r42_addresses_that_there_never_were_and_such_as_have_expired(ledger: Ledger) -> None:
    """None for the former, gone for the latter; nothing leads to an expired page."""
    publish(ledger, *range(12))
    with ledger.store.reading() as session:
        for path in ("feeds/all/13.atom", "feeds/all/0.atom", "feeds/all/05.atom", "feeds/o/5.atom", "feeds/all/5.json",
                     "feeds/all/99999999999999999999.atom", "feeds/all/-5.atom", "feed/5.atom"):  # fmt: skip
            assert render(session, ledger.site, path) is None, path
    with ledger.store.writing() as session:
        session.execute(delete(SequenceRow).where(SequenceRow.number <= 6))  # type: ignore[arg-type]  # a column
    with ledger.store.reading() as session:
        for page in (1, 5, 6):
            gone = render(session, ledger.site, f"feeds/all/{page}.atom")
            assert gone == Gone("This page of the archive has expired."), page
    assert len(ids("x.atom", body(ledger, "feeds/all/10.atom"))) == 4
    assert "prev-archive" not in links(body(ledger, "feeds/all/10.atom"))
    with ledger.store.writing() as session:
        session.execute(delete(SequenceRow))
    with ledger.store.reading() as session:
        assert isinstance(render(session, ledger.site, "feeds/all/12.atom"), Gone)
    publish(ledger, 12, minutes=10_002)
    assert [number for number, _urn in ledger.sequence()] == [13], "no number is given twice"
    assert "prev-archive" not in links(body(ledger, "feed.atom"))


def test_r42_exported_pages_are_left_alone_and_the_one_under_way_gives_way_to_the_next(
    ledger: Ledger, tmp_path: Path
) -> None:
    """What does not change is not written, nor even made; files have the time of their documents' last change."""
    ledger.adopt(f"{FEEDS}outputs: [{{id: all, limit: 2}}]\n")
    publish(ledger, *range(9))
    folder = tmp_path / "public"

    def exported() -> dict[str, int]:
        with ledger.store.reading() as session:
            export(session, ledger.site, folder)
        return {path.name: path.stat().st_mtime_ns for path in (folder / "feeds" / "all").glob("*.*")}

    first = exported()
    assert first.keys() == {"5.atom", "5.rss", "7.atom", "7.rss"}
    read = follow(lambda path: (folder / path).read_bytes(), "feed.rss", HUB)
    assert [path for path, _body in read] == ["feed.rss", "feeds/all/7.rss", "feeds/all/5.rss"]
    moment = int(at(10_000).timestamp())
    assert first["5.atom"] == moment * 10**9
    text = f"{HUB}feeds/all/5.atom, and nothing else"
    (folder / "feeds" / "all" / "5.atom").write_text(text)
    os.utime(folder / "feeds" / "all" / "5.atom", (moment, moment))
    publish(ledger, 9, 10, minutes=10_001)
    second = exported()
    assert second.keys() == {"5.atom", "5.rss", "10.atom", "10.rss"}
    assert (folder / "feeds" / "all" / "5.atom").read_text() == text
    ledger.adopt(f"{FEEDS}outputs: [{{id: all, limit: 2, title: New}}]\n", at(10_002))
    exported()
    assert (folder / "feeds" / "all" / "5.atom").read_bytes() == body(ledger, "feeds/all/5.atom")
    assert exported() == exported()
    with ledger.store.reading() as session:
        export(session, ledger.site.at("https://moved.example/news/"), folder)
    assert b"https://moved.example/news/feeds/all/5.atom" in (folder / "feeds" / "all" / "5.atom").read_bytes()


# --- whatever happens -------------------------------------------------------------------------------------------------


class Newsroom(RuleBasedStateMachine):
    """Stories arrive, are edited in and out, are hidden, and feeds leave and come back."""

    folder: Path

    @initialize(
        limit=st.integers(1, 12),
        per_source=st.none() | st.integers(1, 4),
        age=st.none() | st.sampled_from(["1m", "30m"]),
    )
    def begin(self, limit: int, per_source: int | None, age: str | None) -> None:
        self.folder.mkdir(exist_ok=True)
        for file in self.folder.glob("feedhub.db*"):
            file.unlink()
        self.store = Store.open(sqlite_url(self.folder))
        cap = f", max_per_source: {per_source}" if per_source else ""
        cap += f", max_age: {age}" if age else ""
        self.output = f"outputs: [{{id: o, limit: {limit}{cap}, match: {{exclude: [horoscope]}}}}]\n"
        self.now, self.count = 0, 0
        self.hidden: set[int] = set()
        self.gone: set[str] = set()
        self.ledger = Ledger(self.store, self.folder, FEEDS + self.output)
        self.closed: dict[int, set[str]] = {}

    def configure(self) -> None:
        lines = [line for line in FEEDS.splitlines() if not any(f"id: {feed}," in line for feed in self.gone)]
        hide = [f"https://tigris.example/news/{n:06}" for n in sorted(self.hidden)]
        self.now += 1
        self.ledger.adopt("\n".join(lines) + f"\n{self.output}hide: {hide}\n", at(self.now))

    @rule(count=st.integers(1, 8), feed=st.sampled_from(["tigris", "zagros"]), late=st.integers(0, 90))
    def arrive(self, count: int, feed: str, late: int) -> None:
        if feed in self.gone:
            return
        self.now += 1
        numbers = range(self.count, self.count + count)
        self.count += count
        entries = [story(n, published=at(self.now - (late if n % 2 else 0))) for n in numbers]
        self.ledger.record(news_poll(self.ledger.number(feed), *entries, now=at(self.now)))
        self.ledger.match(at(self.now))

    @precondition(lambda self: self.count)
    @rule(data=st.data(), title=st.sampled_from(["Horoscope", "News"]))
    def rewrite(self, data: st.DataObject, title: str) -> None:
        number = data.draw(st.integers(0, self.count - 1))
        entries = {entry.link: entry for entry in self.ledger.entries()}
        row = entries[story(number).link]
        edited = story(number, title=f"{title} {number}")
        self.now += 1
        poll = news_poll(row.feed_id, now=at(self.now), edits=(edit(row.id or 0, edited),))
        self.ledger.record(poll)
        self.ledger.match(at(self.now))

    @precondition(lambda self: self.count)
    @rule(data=st.data())
    def hide_or_show(self, data: st.DataObject) -> None:
        self.hidden ^= {data.draw(st.integers(0, self.count - 1))}
        self.configure()

    @rule()
    def a_feed_leaves_or_comes_back(self) -> None:
        self.gone ^= {"zagros"}
        self.configure()

    @invariant()
    def every_story_is_reached_and_archived_once(self) -> None:
        if not hasattr(self, "ledger"):
            return
        visible = self.visible()
        found = [
            (path, ids(path, document))
            for path, document in follow(lambda p: body(self.ledger, p), "feeds/o.atom", HUB)
        ]
        assert set().union(*(page for _path, page in found)) == visible
        archived = [urn for _path, page in found[1:] for urn in page]
        assert len(archived) == len(set(archived)), "in two pages"
        assert all(len(page) == len(set(page)) for _path, page in found)

    @invariant()
    def a_full_page_never_gets_another_story(self) -> None:
        if not hasattr(self, "ledger"):
            return
        numbered = self.ledger.sequence("o")
        for last in range(PAGE, len(numbered) + 1, PAGE):
            own = {urn for _number, urn in numbered[last - PAGE : last]}
            assert self.closed.setdefault(last, own) == own
            assert set(ids("x.atom", body(self.ledger, f"feeds/o/{last}.atom"))) == own & self.visible()

    def visible(self) -> set[str]:
        """The stories that are in the output, told from the entries."""
        listed = {number for number, policy in self.ledger.site.policies.items()}
        urns = dict(self.urns())
        return {
            urns[entry.story_id]
            for entry in self.ledger.entries()
            if entry.story_id in urns
            and entry.feed_id in listed
            and "Horoscope" not in entry.title
            and int(re.findall(r"\d+", entry.link)[-1]) not in self.hidden
        }

    def urns(self) -> Iterator[tuple[int, str]]:
        with self.store.reading() as session:
            rows = session.connection().exec_driver_sql(
                "SELECT s.id, s.urn FROM stories s JOIN sequence q ON q.story_id = s.id "
                "JOIN outputs o ON o.id = q.output_id WHERE o.name = 'o'"
            )
            yield from [(number, urn) for number, urn in rows]

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()


@pytest.mark.slow
def test_r42_document_and_pages_hold_the_sequence_without_gap_or_double_whatever_happens(tmp_path: Path) -> None:
    """R42: while stories arrive, are edited, hidden and shown again, and a feed leaves and comes back."""

    class Here(Newsroom):
        folder = tmp_path / "newsroom"

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
