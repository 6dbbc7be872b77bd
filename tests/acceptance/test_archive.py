"""A reader app that was away reads on where it left off (R42, RFC 5005), over HTTP and from files."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from support.feeds import recent, rss
from support.feedvalidator import complaints
from support.program import Program
from support.published import follow, shown
from support.publisher import Publisher

HUB = "https://hub.example/news/"


# Nothing older leads on from the oldest page, and no page names the one behind it, which would change a closed page.
OLDEST = {"atom": ["ArchiveIncomplete: https://hub.example/news/feeds/all/100.atom"], "rss": []}


def judged(path: str, body: bytes) -> list[str]:
    """What the feed validator says of it (R38)."""
    kind = f"application/{path.rpartition('.')[2]}+xml; charset=utf-8"
    return complaints(f"{HUB}{path}", kind, body, datetime.now(UTC))


@pytest.mark.slow
def test_r42_a_reader_back_after_a_thousand_new_stories_gets_each_once(program: Program, publisher: Publisher) -> None:
    """R42: it follows prev-archive to the end; no story stands on two pages, and with the document none is missing."""
    articles = recent(1_100)
    program.configure(f"site: {{url: '{HUB}'}}\nfeeds: ['{publisher.url('/tigris')}']\n")
    publisher.serve("/tigris", rss(*articles[1_000:]))
    program.poll()
    publisher.serve("/tigris", rss(*articles))
    program.poll("--all", "--export", "public")
    files = program.files()
    with program.serving("--no-poll") as service:
        for extension in ("atom", "rss"):
            by_http = list(follow(lambda path: service.get(f"/{path}").body, f"feed.{extension}", HUB))
            assert by_http == list(follow(files.__getitem__, f"feed.{extension}", HUB))
            assert [said for path, body in by_http for said in judged(path, body)] == OLDEST[extension]
            (_, document), *pages = ((path, shown(path, body)) for path, body in by_http)
            archived = Counter(story.id for _, page in pages for story in page)
            assert set(archived.values()) == {1}
            found = {story.id: story for story in [*document, *(story for _, page in pages for story in page)]}
            assert len(found) == len(articles)
            assert {story.url for story in found.values()} == {article.link for article in articles}
        answer = service.get(f"/{by_http[-1][0]}")
        etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
        assert service.get(f"/{by_http[-1][0]}", If_None_Match=etag).status == 304
        assert service.get(f"/{by_http[-1][0]}", If_Modified_Since=modified).status == 304
        missing = service.get("/feeds/all/1200.atom")
        assert (missing.status, missing.text) == (404, "There is no such page in the archive of this output.\n")
