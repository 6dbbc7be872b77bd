"""R39: what REDbot says of each kind of address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support import webbot
from support.feeds import recent, rss
from support.program import Program, Service
from support.publisher import Publisher
from support.requirements import missing

pytestmark = pytest.mark.slow

FEEDS = ("/feed.atom", "/feed.rss", "/feed.json", "/feed.atom?tag=erbil", "/feeds/erbil.atom", "/feeds/all/100.rss")
PAGES = ("/", "/?tag=erbil", "/outputs", "/stories/{id}")
OTHERS = ("/stories/{id}.json", "/opml", "/static/feedhub.css", "/static/favicon.svg", "/robots.txt", "/feeds/all.rss")
OPERATING = ("/healthz", "/readyz")
MISSING = ("/feeds/basra.atom", "/nothing")

EXPLAINED = {
    "CSP_HTTP_URI": "pages show the outlets' pictures, and some outlets have no https",
}
REQUIRED = {"CONNEG_GZIP_GOOD", "INM_304", "IMS_304", "LM_PRESENT", "CL_CORRECT", "FRESHNESS_FRESH"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with so many stories that it has a page of the archive."""
    if not webbot.program():
        missing("REDbot (tests/support/webbot.py says how to install it)")
    program = Program(tmp_path_factory.mktemp("redbot"))
    with Publisher() as publisher:
        publisher.serve("/tigris", rss(*recent(101)))
        program.configure(
            f"feeds: [{{url: '{publisher.url('/tigris')}', tags: [erbil]}}]\n"
            "outputs: [{id: erbil, match: {tags: [erbil]}}]\n"
        )
        program.poll()
        with program.serving("--no-poll") as service:
            yield service


@pytest.mark.parametrize("path", [*FEEDS, *PAGES, *OTHERS, *OPERATING, *MISSING])
def test_r39_nothing_is_bad_and_every_warning_explained(service: Service, path: str) -> None:
    """R39: documents are negotiated, validated by tag and by date, and fresh for a while; no header is out of order."""
    uuid = service.stories()[0]["id"].removeprefix("urn:uuid:")
    notes = webbot.notes(service.address.removesuffix("/") + path.format(id=uuid))
    assert [note for note in notes if note.level == "BAD"] == []
    assert [note for note in notes if note.level == "WARN" and note.name not in EXPLAINED] == []
    if path in (*FEEDS, *PAGES):
        assert {note.name for note in notes} >= REQUIRED
