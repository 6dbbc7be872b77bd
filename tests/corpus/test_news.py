"""Real newsrooms' documents, served on this machine, polled, merged and published by the pass that `poll` runs."""

from __future__ import annotations

import asyncio
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from feedhub.store.tables import EntryRow
from support import corpus, published
from support.corpus import Recorded
from support.feedvalidator import complaints
from support.publisher import Publisher
from support.running import Pass, Running, running
from support.schemas import Schemas

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
STORY_PAGES = 100  # one in so many is looked at

# Where fewer entries are stored than feedparser counts items: how many fewer, and why.
CUT = "the publisher's document ends inside its last item, of which nobody knows how it goes on"
TWICE = "the same article stands in the document more than once: guid, link and headline are equal"
FEWER = {
    "feeds/chardet__chardet/tests/iso-8859-5-bulgarian/bbc.co.uk.popshow.xml": (1, CUT),
    "feeds/chardet__chardet/tests/IBM855/aviaport.ru.xml": (1, CUT),
    "feeds/GetStream__Winds/api/test/data/feed/malformed-hackernews": (1, CUT),
    "feeds/arminreiter__FeedReader/FeedReader.Tests/Feeds/Rss20LeFigaro.xml": (1, TWICE),
    "feeds/kagisearch__fastfeedparser/benchmark_data/72fea1ebfd02e90a": (9, TWICE),
    "feeds/fastender__fast-news-reader/tests/fixtures/bbc.xml": (
        1,
        "one article under two headlines, its guid with #1 and with #8 at the end (R4)",
    ),
    "feeds/Ranchero-Software__NetNewsWire/Modules/RSParser/Tests/RSParserTests/Resources/scriptingNews.rss": (
        2,
        "two pairs of notes that the publisher gave one guid and one link each",
    ),
}

# Where one identity stands on two wordings in one document, its place in the document tells which one counts.
AMBIGUOUS = {
    "feeds/fastender__fast-news-reader/tests/fixtures/bbc.xml": 1,
    "feeds/Ranchero-Software__NetNewsWire/Modules/RSParser/Tests/RSParserTests/Resources/scriptingNews.rss": 2,
}


# What the feed validator may complain of: two articles of one second, and a letter that a newsroom lost.
OWN = ("DuplicateUpdated", "BadCharacters: U+FFFD")


@dataclass(frozen=True)
class Newsday:
    """One day at the hub: the documents it read, what came of it, and what it published, by address."""

    documents: Sequence[Recorded]
    parts: Sequence[str]
    first: Pass
    entries: Sequence[EntryRow]
    published: Mapping[str, bytes]
    again: Pass
    published_again: Mapping[str, bytes]
    backwards: Pass
    published_backwards: Mapping[str, bytes]
    elsewhere: Mapping[str, bytes]


@pytest.fixture(scope="module")
def newsday(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Newsday:
    return asyncio.run(live_through(corpus.news(test_data), tmp_path_factory.mktemp("news")))


async def live_through(documents: Sequence[Recorded], folder: Path) -> Newsday:
    """Three polls of one hub, the third of documents with their items in reverse; and a poll of a second hub."""
    parts = [(f"part-{number}", batch) for number, batch in enumerate(corpus.batches(documents), start=1)]
    tags = [tag for tag, _ in parts]
    with Publisher() as publisher:
        text = corpus.feeds_yaml(parts, publisher.url("/"))
        serve(publisher, documents)
        async with running(folder / "one", text, NOW) as hub:
            first, entries, documents_then = await hub.tick(NOW), hub.entries(), dict(public(hub, tags))
            again, documents_again = await hub.tick(LATER), dict(public(hub, tags))
            serve_backwards(publisher, documents)
            backwards, documents_backwards = await hub.tick(LATER), dict(public(hub, tags))
        serve(publisher, documents)
        async with running(folder / "two", text, NOW) as other:
            await other.tick(NOW, only=[document.id for document in reversed(documents)])
            elsewhere = dict(public(other, tags))
    return Newsday(
        documents,
        tags,
        first,
        entries,
        documents_then,
        again,
        documents_again,
        backwards,
        documents_backwards,
        elsewhere,
    )


def serve(publisher: Publisher, documents: Sequence[Recorded]) -> None:
    """A third of the publishers send an ETag, a third a date, a third nothing to ask again by."""
    for number, document in enumerate(documents):
        etag = f'"{document.id}"' if number % 3 == 0 else None
        date = "Sun, 22 Nov 2026 11:00:00 GMT" if number % 3 == 1 else None
        publisher.serve(
            f"/{document.id}", document.body, content_type=document.content_type, etag=etag, last_modified=date
        )


def serve_backwards(publisher: Publisher, documents: Sequence[Recorded]) -> None:
    """The same items in reverse order, by nobody's validators: each document is another one and has to be read."""
    for document in documents:
        publisher.serve(f"/{document.id}", reverse(document.body), content_type=document.content_type)


def reverse(body: bytes) -> bytes:
    """The document with its items in reverse order, and a line end more in any case."""
    item = re.compile(rb"<(item|entry)[\s>].*?</\1>", re.DOTALL)
    items = [found[0] for found in item.finditer(body)]
    return item.sub(lambda _: items.pop(), body) + b"\n"


def public(hub: Running, tags: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Every document by its address, but of the stories' own pages a share."""
    for stem in ("feed", *(f"feeds/{tag}" for tag in tags)):
        yield from ((path, hub.document(path)) for path in (f"{stem}.atom", f"{stem}.rss", f"{stem}.json"))
    for path in ("", "outputs", "opml", *(f"feeds/{tag}" for tag in tags)):
        yield path, hub.document(path)
    for urn in sorted(hub.stories())[::STORY_PAGES]:
        for path in (f"stories/{urn.removeprefix('urn:uuid:')}{suffix}" for suffix in ("", ".json")):
            yield path, hub.document(path)


def test_r32_no_item_is_lost(newsday: Newsday) -> None:
    """Of each of 127 documents as many entries are stored as feedparser counts items, but for named exceptions."""
    fewer = {}
    for document in newsday.documents:
        poll = newsday.first.polls[document.id]
        assert poll.news, (document.name, poll.message)
        count = len(feedparser.parse(io.BytesIO(document.body)).entries)
        if missing := count - len(poll.news.arrivals):
            fewer[document.name] = missing
            repeated = len(poll.news.received.entries) - len(poll.news.arrivals)
            assert missing == poll.news.received.skipped + repeated, document.name
    assert len(newsday.documents) == 127
    assert fewer == {name: missing for name, (missing, _reason) in FEWER.items()}
    assert len(newsday.entries) == sum(len(poll.news.arrivals) for poll in newsday.first.polls.values() if poll.news)


def test_r12_every_entry_is_in_one_story_and_every_story_in_its_outputs_once(newsday: Newsday) -> None:
    """Together the outputs hold each stored entry as a carrier; a story that two of them share has one id."""
    assert not [entry.id for entry in newsday.entries if entry.pending or entry.story_id is None]
    carried: dict[str, Counter[str]] = {}
    for part in newsday.parts:
        for story in published.shown(f"feeds/{part}.json", newsday.published[f"feeds/{part}.json"]):
            assert carried.setdefault(story.id, Counter(story.carriers)) == Counter(story.carriers)
    stored = Counter(document for carriers in carried.values() for document in carriers.elements())
    polls = newsday.first.polls
    assert stored == {key: len(poll.news.arrivals) for key, poll in polls.items() if poll.news and poll.news.arrivals}
    assert len(carried) == len({entry.story_id for entry in newsday.entries}) == newsday.first.matched.founded


def test_r12_formats_of_an_output_agree(newsday: Newsday) -> None:
    """Atom, RSS and JSON of an output hold the same stories in the same order; `all` the newest of them."""
    for stem in ("feed", *(f"feeds/{part}" for part in newsday.parts)):
        ids = [
            [story.id for story in published.shown(path, newsday.published[path])]
            for path in (f"{stem}.atom", f"{stem}.rss", f"{stem}.json")
        ]
        assert ids[0] == ids[1] == ids[2]
        assert 0 < len(ids[0]) <= corpus.MOST_IN_A_DOCUMENT
    newest = published.shown("feed.json", newsday.published["feed.json"])
    assert len(newest) == corpus.MOST_IN_A_DOCUMENT


def test_r33_outputs_are_well_formed(newsday: Newsday) -> None:
    """Every document is, whatever the 127 hold: no illegal character, no id twice, no empty title, no odd address."""
    found = {path: faults for path, body in newsday.published.items() if (faults := published.faults(path, body))}
    assert found == {}
    assert sum(path.startswith("stories/") for path in newsday.published) > 50


def test_r38_outputs_are_valid(newsday: Newsday, test_data: Path) -> None:
    """R38: to RFC 4287's grammar and JSON Feed's schema, of each output."""
    schemas = Schemas(test_data)
    documents = newsday.published
    atoms = {path: schemas.faults_of_atom(body) for path, body in documents.items() if path.endswith(".atom")}
    parts = [f"feeds/{part}.json" for part in newsday.parts]
    jsons = {path: schemas.faults_of_json(documents[path]) for path in parts}
    assert len(atoms) == 1 + len(parts)
    assert {path: faults for path, faults in (atoms | jsons).items() if faults} == {}


def test_r38_the_validator_has_no_complaint(newsday: Newsday) -> None:
    """R38: of a thousand stories in Atom and in RSS, but for what is the newsrooms' own and true."""
    for extension in ("atom", "rss"):
        path, content_type = f"feed.{extension}", f"application/{extension}+xml; charset=utf-8"
        said = complaints(f"https://hub.example/{path}", content_type, newsday.published[path], NOW)
        assert [complaint for complaint in said if not complaint.startswith(OWN)] == []


def test_r16_nothing_is_later_than_the_poll(newsday: Newsday) -> None:
    """No story is dated after the pass that brought it."""
    for story in published.shown("feed.atom", newsday.published["feed.atom"]):
        assert max(story.published, story.updated) <= f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


def test_r7_a_second_poll_changes_no_byte(newsday: Newsday) -> None:
    """An hour later the same answers, or 304 to those who gave validators: nothing new, nothing edited, same bytes.

    A document that came cut off is not remembered, so that the whole one is not missed (R21): it is read again.
    """
    read = {document.name for document in newsday.documents if newsday.again.polls[document.id].outcome == "fetched"}
    assert read == {name for name, (_, why) in FEWER.items() if why == CUT}
    assert {poll.outcome for poll in newsday.again.polls.values()} == {"fetched", "unchanged"}
    assert newsday.again.quiet
    assert differing(newsday.published, newsday.published_again) == []


def test_r7_items_in_another_order_are_the_same_items(newsday: Newsday) -> None:
    """Read again from documents that hold them in reverse: nothing is new; edited only where the publisher repeats."""
    polls = newsday.backwards.polls
    assert {poll.outcome for poll in polls.values()} == {"fetched"}
    edited = {key: len(poll.news.edits) for key, poll in polls.items() if poll.news and poll.news.edits}
    new = {key: len(poll.news.arrivals) for key, poll in polls.items() if poll.news and poll.news.arrivals}
    assert new == {}
    assert {document.name: edited[document.id] for document in newsday.documents if document.id in edited} == AMBIGUOUS
    for part in newsday.parts:
        before, after = (
            {story.id: story for story in published.shown(".json", documents[f"feeds/{part}.json"])}
            for documents in (newsday.published, newsday.published_backwards)
        )
        assert before.keys() == after.keys()
        changed = {feed for id, story in before.items() if story != after[id] for feed in story.carriers}
        assert changed <= edited.keys()


def test_r7_the_order_of_answers_does_not_matter(newsday: Newsday) -> None:
    """A second hub, which asks the same feeds in reverse order, publishes the same bytes."""
    assert differing(newsday.published, newsday.elsewhere) == []


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """The addresses whose documents are not the same."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))
