"""Every document there is, most of them made to break parsers, through the whole hub: it never breaks, and says why."""

from __future__ import annotations

import asyncio
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from structlog.testing import capture_logs

from feedhub.models import FailureKind, Poll
from support import corpus, html5, published
from support.corpus import Recorded
from support.publisher import Publisher
from support.running import Running, running
from support.schemas import Schemas

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ITEMS_IN_A_PART = 900  # as feedparser counts, which does not read JSON Feed: so a document holds all of a part
STORY_PAGES = 500  # one in so many is looked at
FEEDPARSERS = "feeds/kurtmckee__feedparser/"  # its own tests, many of them of what a sanitiser has to find

TWICE = "the same item stands in the document more than once"
COPIED = "the items of a made-up document were copied with their guid"
ALIKE = "items of a made-up document that are alike in every word"

# Where a document that can be read gives fewer entries than feedparser counts items, cut and empty ones apart.
REPEATED = {
    "Ranchero-Software__NetNewsWire/Modules/RSParser/Tests/RSParserTests/Resources/scriptingNews.rss": (
        2,
        "two pairs of notes that the publisher gave one guid and one link each",
    ),
    "fastender__fast-news-reader/tests/fixtures/bbc.xml": (1, "a guid with #1 and with #8 (R4)"),
    "SlyMarbo__rss/testdata/rss_0.92": (1, TWICE),
    "arminreiter__FeedReader/FeedReader.Tests/Feeds/Rss092FullSample.xml": (1, TWICE),
    "arminreiter__FeedReader/FeedReader.Tests/Feeds/Rss20LeFigaro.xml": (1, TWICE),
    "kagisearch__fastfeedparser/benchmark_data/72d1083fa3130282": (2, TWICE),
    "kagisearch__fastfeedparser/benchmark_data/72fea1ebfd02e90a": (9, TWICE),
    "nicolus__picoFeed/tests/fixtures/rss_0.92.xml": (1, TWICE),
    "newsboat__newsboat/test/data/rss20_2.xml": (1, COPIED),
    "shouya__rss-funnel/fixtures/sample_atom.xml": (1, COPIED),
    "kurtmckee__feedparser/tests/wellformed/atom/entry_link_no_href_link_priority.xml": (1, ALIKE),
    "kurtmckee__feedparser/tests/wellformed/atom/entry_link_rel_enclosure_no_href.xml": (1, ALIKE),
    "kurtmckee__feedparser/tests/wellformed/atom10/entry_link_no_href_link_priority.xml": (1, ALIKE),
    "kurtmckee__feedparser/tests/wellformed/atom10/entry_link_rel_enclosure_no_href.xml": (1, ALIKE),
    "kurtmckee__feedparser/tests/wellformed/lang/entry_content_xml_lang_blank_3.xml": (1, ALIKE),
    "kurtmckee__feedparser/tests/wellformed/node_precedence/atom10_title.xml": (1, ALIKE),
}

# Documents of which nothing is taken though feedparser finds words or an address in them.
CUT = "cut off inside its only item"
DRAWING = "an SVG drawing alone, whose title and description are no words of the item"
REFUSED = {
    "chardet__chardet/tests/IBM855/susu.ac.ru.xml": CUT,
    "chardet__chardet/tests/iso-8859-5-russian/susu.ac.ru.xml": CUT,
    "feedreader__pluto/sandbox/errors.txt": CUT,
    "kurtmckee__feedparser/tests/wellformed/namespace/atomsvgdesc.xml": DRAWING,
    "kurtmckee__feedparser/tests/wellformed/namespace/atomsvgtitle.xml": DRAWING,
    "kurtmckee__feedparser/tests/wellformed/namespace/rss2.0svgtitle.xml": DRAWING,
    "kurtmckee__feedparser/tests/wellformed/atom10/entry_id_no_normalization_4.xml": "an Atom id alone, no link",
    "kurtmckee__feedparser/tests/wellformed/rss/item_description_not_a_doctype2.xml": "a declaration's start alone",
}


@dataclass(frozen=True)
class Outcome:
    """What became of documents: each one's poll, the faults of what was published, the errors that were logged.

    `acting` is what could act in the published markup, where documents are those of a sanitiser's tests.
    """

    documents: Sequence[Recorded]
    polls: Mapping[str, Poll]
    states: Mapping[str, str]
    faults: Mapping[str, list[str]]
    acting: Mapping[str, list[str]]
    looked_at: int
    errors: Sequence[Mapping[str, object]]
    entries: int
    carried: int


@pytest.fixture(scope="module")
def outcome(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    documents = corpus.everything(test_data)
    return asyncio.run(publish(documents, tmp_path_factory.mktemp("everything"), Schemas(test_data)))


@pytest.fixture(scope="module")
def hostile(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    documents = corpus.hostile(test_data)
    return asyncio.run(publish(documents, tmp_path_factory.mktemp("hostile"), Schemas(test_data)))


async def publish(documents: Sequence[Recorded], folder: Path, schemas: Schemas) -> Outcome:
    """Poll the documents part by part, each part with an output of its own, and look at all that is published."""
    parts = [(f"part-{number}", batch) for number, batch in enumerate(corpus.batches(documents, ITEMS_IN_A_PART), 1)]
    polls: dict[str, Poll] = {}
    faults: dict[str, list[str]] = {}
    acting: dict[str, list[str]] = {}
    carried = looked_at = 0
    with Publisher() as publisher, capture_logs() as logs:
        async with running(folder, corpus.feeds_yaml(parts, publisher.url("/")), NOW) as hub:
            for part, batch in parts:
                polls |= await poll(hub, publisher, batch)
                for path, body in public(hub, part):
                    found = published.faults(path, body)
                    found += schemas.faults_of_atom(body) if path.endswith(".atom") else []
                    faults |= {path: found} if found else {}
                    carried += carriers(body) if path == f"feeds/{part}.json" else 0
                    if "." in path and harmful(batch):
                        texts = published.markup(path, body)
                        looked_at += len(texts)
                        acting |= (
                            {path: found} if (found := [what for text in texts for what in html5.acting(text)]) else {}
                        )
            for path, body in overall(hub):
                faults |= {path: found} if (found := published.faults(path, body)) else {}
            errors = [entry for entry in logs if entry["log_level"] in ("error", "critical")]
            entries = len(hub.entries())
            return Outcome(documents, polls, hub.states(), faults, acting, looked_at, errors, entries, carried)


async def poll(hub: Running, publisher: Publisher, batch: Sequence[Recorded]) -> dict[str, Poll]:
    """One pass over the batch, which is served for as long as it lasts."""
    for document in batch:
        headers = {"Content-Encoding": document.coding} if document.coding else {}
        publisher.serve(f"/{document.id}", document.body, content_type=document.content_type, headers=headers)
    result = await hub.tick(NOW, only=[document.id for document in batch])
    for document in batch:
        publisher.forget(f"/{document.id}")
    return result.polls


def public(hub: Running, part: str) -> Iterator[tuple[str, bytes]]:
    for path in (f"feeds/{part}{suffix}" for suffix in (".atom", ".rss", ".json", "")):
        yield path, hub.document(path)


def harmful(batch: Sequence[Recorded]) -> bool:
    """Whether the documents of a part were made to do harm, most or all of them."""
    made = [
        document
        for document in batch
        if document.name.startswith(FEEDPARSERS) or document.coding or "/" not in document.name
    ]
    return 2 * len(made) > len(batch)


def overall(hub: Running) -> Iterator[tuple[str, bytes]]:
    for path in ("feed.atom", "feed.rss", "feed.json", "", "outputs", "opml"):
        yield path, hub.document(path)
    for urn in sorted(hub.stories())[::STORY_PAGES]:
        yield from ((path, hub.document(path)) for path in (f"stories/{urn[9:]}", f"stories/{urn[9:]}.json"))


def carriers(body: bytes) -> int:
    return sum(len(story.carriers) for story in published.shown(".json", body))


READ = ("ok", "stale")  # an old document is that of a feed that fell silent


@pytest.mark.parametrize("which", ["outcome", "hostile"])
def test_r33_no_document_breaks_the_hub(which: str, request: pytest.FixtureRequest) -> None:
    """Each feed ends in a state, none by a fault of feedhub's own; what is published is well-formed."""
    outcome: Outcome = request.getfixturevalue(which)
    assert outcome.errors == []
    assert outcome.faults == {}
    assert outcome.states.keys() == {document.id for document in outcome.documents}
    assert set(outcome.states.values()) <= {*READ, *FailureKind}
    assert not [poll.feed for poll in outcome.polls.values() if "fault in feedhub" in poll.message]


@pytest.mark.parametrize("which", ["outcome", "hostile"])
def test_r34_nothing_acts_in_what_is_published_of_them(which: str, request: pytest.FixtureRequest) -> None:
    """R34: of feedparser's own documents and of the hostile ones, in any format, as a parser of HTML5 reads it."""
    outcome: Outcome = request.getfixturevalue(which)
    assert outcome.acting == {}
    assert outcome.looked_at > {"outcome": 2_000, "hostile": 500}[which]


def test_r32_documents_are_what_they_are(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    """The states of them all, printed; where feedparser finds something to read in a document, so does feedhub."""
    states = Counter(outcome.states.values())
    with capsys.disabled():
        print("", *(f"{state:12} {count:5}" for state, count in states.most_common()), sep="\n")
    assert len(outcome.documents) == 3383
    refused = {d for d in outcome.documents if outcome.states[d.id] not in READ and readable(d)}
    assert {document.name.removeprefix("feeds/") for document in refused} == set(REFUSED)
    assert sum(states[state] for state in READ) > 2700


def test_r32_no_item_of_a_readable_document_is_lost(outcome: Outcome) -> None:
    """As many entries as feedparser counts items, but for those cut off, empty, or repeated, each of which is named."""
    fewer = {}
    for document in outcome.documents:
        news = outcome.polls[document.id].news
        if news and (missing := document.items - len(news.arrivals) - news.received.skipped) > 0:
            fewer[document.name.removeprefix("feeds/")] = missing
    assert fewer == {name: missing for name, (missing, _reason) in REPEATED.items()}


def test_r12_every_entry_is_published(outcome: Outcome) -> None:
    """Stored by one part's feeds, carried in that part's output; stories that parts share are counted in each."""
    arrived = sum(len(poll.news.arrivals) for poll in outcome.polls.values() if poll.news)
    assert arrived == outcome.entries
    assert outcome.carried >= outcome.entries


def readable(document: Recorded) -> bool:
    """Whether feedparser, with its own sanitising, finds an item with two letters of text or an address of the web."""
    for entry in feedparser.parse(io.BytesIO(document.body)).entries:
        texts = [entry.get("title", ""), entry.get("summary", "")]
        words = re.sub(r"<[^>]*>|&\S+;", " ", " ".join(texts))
        if re.search(r"\w\w", words) or entry.get("link", "").lower().startswith(("http:", "https:")):
            return True
    return False


HOSTILE = {
    "attrs_50k.xml.gz": FailureKind.BROKEN,  # feedparser takes quadratic time; its process is killed
    "body_is_path.xml": FailureKind.NOT_A_FEED,
    "body_is_url.xml": FailureKind.NOT_A_FEED,
    "bomb_200MB.deflate-raw-body": FailureKind.TOO_BIG,
    "bomb_200MB.gzip-body": FailureKind.TOO_BIG,
    "bomb_200MB_double.gzip-body": FailureKind.BROKEN,  # two codings, neither of which was asked for together
    "date_redos.xml": FailureKind.BROKEN,  # an item that holds a date alone
    "deep_html_nesting_100k.xml.gz": FailureKind.BROKEN,  # 100,000 tags and no word
    "empty.xml": FailureKind.BROKEN,
    "html_instead.xml": FailureKind.BLOCKED,
    "items_50k.xml.gz": FailureKind.TOO_BIG,
    "only_bom.xml": FailureKind.BROKEN,
    "unclosed_comment_html_50k.xml": FailureKind.BROKEN,  # a comment without end and no word
}


def test_r28_hostile_documents_are_what_they_are(hostile: Outcome) -> None:
    """The 51 attacks: what is no feed, too big, or stalls its reader is told by its class; all others are feeds."""
    failed = {d.name: state for d in hostile.documents if (state := hostile.states[d.id]) not in READ}
    assert len(hostile.documents) == 51
    assert failed == HOSTILE
