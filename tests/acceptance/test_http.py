"""What a reader app, a browser and a cache get from `feedhub serve`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from urllib.parse import urljoin

import feedparser
import pytest

from support.feeds import atom, recent, rss
from support.program import Program, Service
from support.publisher import Publisher

FORMATS = {
    "/feed.atom": "application/atom+xml; charset=utf-8",
    "/feed.rss": "application/rss+xml; charset=utf-8",
    "/feed.json": "application/feed+json",
}
PAGES = ("/", "/outputs", "/feeds/erbil")
HTML = "text/html; charset=utf-8"
EVERYTHING = (*FORMATS, *PAGES, "/opml", "/static/feedhub.css", "/robots.txt")
GONE_BY = "Thu, 01 Jan 2015 00:00:00 GMT"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with ten stories from two newsrooms, of which one is tagged for an output of its own."""
    program = Program(tmp_path_factory.mktemp("http"))
    with Publisher() as publisher:
        publisher.serve("/tigris", rss(*recent(10)))
        publisher.serve("/zagros", atom(*recent(3, guid=None)))
        program.configure(
            "site: {title: Two Rivers}\n"
            f"feeds: ['{publisher.url('/tigris')}', {{url: '{publisher.url('/zagros')}', tags: [erbil]}}]\n"
            "outputs: [{id: erbil, title: Erbil, match: {tags: [erbil]}}]\n"
        )
        program.poll()
        with program.serving("--no-poll") as service:
            yield service


@pytest.mark.parametrize("path", FORMATS)
def test_r39_each_format_has_its_type_and_all_that_a_cache_needs(service: Service, path: str) -> None:
    answer = service.get(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == FORMATS[path]
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Last-Modified"].endswith(" GMT")
    assert service.get(path).body == answer.body


@pytest.mark.parametrize("path", FORMATS)
def test_all_has_an_address_among_the_outputs_too(service: Service, path: str) -> None:
    """/feeds/all.atom leads to /feed.atom, which is where it says it stands."""
    answer = service.get(path.replace("/feed.", "/feeds/all."))
    assert (answer.status, answer.headers["Location"]) == (308, f"..{path}")


@pytest.mark.parametrize(("path", "leads"), [("/feeds/all", "../"), ("/feeds/all?tag=erbil", "../?tag=erbil")])
def test_the_page_of_all_has_one_too(service: Service, path: str, leads: str) -> None:
    """It is the front page."""
    answer = service.get(path)
    assert (answer.status, answer.headers["Location"]) == (308, leads)


@pytest.mark.parametrize("path", [*FORMATS, *PAGES, "/opml", "/static/feedhub.css"])
def test_r39_each_representation_has_an_etag_of_its_own(service: Service, path: str) -> None:
    """R39: gzip inflates to the plain bytes; each copy is fresh by its own tag alone, or by its date."""
    plain, packed = service.get(path), service.get(path, Accept_Encoding="gzip")
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    mine, other = plain.headers["ETag"], packed.headers["ETag"]
    assert mine != other
    assert service.get(path, If_None_Match=mine).status == 304
    assert service.get(path, If_None_Match=f'"x", W/{mine}').status == 304
    assert service.get(path, If_None_Match=other).status == 200
    assert service.get(path, If_None_Match=other, Accept_Encoding="gzip").status == 304


@pytest.mark.parametrize("path", [*FORMATS, "/"])
def test_r39_a_copy_is_fresh_by_its_date(service: Service, path: str) -> None:
    """R39: Last-Modified is true: the same date is fresh, an older one is not; a tag that differs goes before it."""
    date = service.get(path).headers["Last-Modified"]
    unchanged = service.get(path, If_Modified_Since=date)
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert unchanged.headers["ETag"]
    assert unchanged.headers["Cache-Control"]
    policy = "Content-Security-Policy"  # which the copy in a browser's cache takes over
    assert unchanged.headers[policy] == service.get(path).headers[policy]
    assert service.get(path, If_Modified_Since=GONE_BY).status == 200
    assert service.get(path, If_Modified_Since=date, If_None_Match='"another"').status == 200


@pytest.mark.parametrize("path", [*EVERYTHING, "/healthz", "/nothing"])
def test_head_says_what_get_would(service: Service, path: str) -> None:
    head, get = service.get(path, "HEAD"), service.get(path)
    assert (head.status, head.body) == (get.status, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Last-Modified", "Cache-Control"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("path", [*EVERYTHING, "/nothing", "/nothing.atom", "/healthz"])
def test_every_answer_keeps_to_itself(service: Service, path: str) -> None:
    """No script, no frame, no sniffing, no referrer, no cookie, and not the server's name."""
    headers = service.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy
    assert ("http:" in policy) == (headers["Content-Type"] == HTML)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Set-Cookie"] is None
    assert headers["Server"] is None


def test_the_copies_are_not_for_search_engines(service: Service) -> None:
    """`noindex` is the default: engines should index the outlets."""
    for path in EVERYTHING:
        assert service.get(path).headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex' in service.get("/").text


@pytest.mark.parametrize("path", ["/feeds/basra.atom", "/feed.xml", "/feeds/basra"])
def test_an_output_that_is_not_there_is_404_and_names_those_that_are(service: Service, path: str) -> None:
    """A feed's address in a sentence, a page's once, by links."""
    answer = service.get(path)
    assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")
    if "." in path:
        assert answer.text == "There is no such output. There are: all, erbil.\n"
        return
    assert answer.headers["Content-Type"] == HTML
    assert "<h1>There is no such output.</h1>" in answer.text
    assert '<a href="../"><bdi>all stories</bdi></a>' in answer.text
    assert '<a href="../feeds/erbil"><bdi>' in answer.text


def test_what_is_not_there_is_404(service: Service) -> None:
    assert service.get("/stories/00000000-0000-5000-8000-000000000000").status == 404
    assert service.get("/../etc/passwd").status == 404
    assert service.get("/static/..%2f..%2f__init__.py").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(service: Service, method: str) -> None:
    """405, and what is allowed."""
    for path in ("/", "/feed.atom", "/stories/x", "/healthz", "/feeds/all.rss"):
        answer = service.get(path, method)
        assert answer.status == 405
        assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


def test_r39_a_copy_is_fresh_until_the_next_poll(service: Service) -> None:
    """R39: the two feeds are due in some minutes, and five are the most."""
    fields = {service.get(path).headers["Cache-Control"] for path in (*FORMATS, *PAGES)}
    assert all(field.startswith("max-age=") and 200 <= int(field[8:]) <= 300 for field in fields)
    assert service.get("/static/feedhub.css").headers["Cache-Control"] == "max-age=3600"


def test_scripts_on_other_sites_may_read_the_data(service: Service) -> None:
    """And ask for it conditionally, for which their browser asks first; nothing else is opened."""
    story = f"/stories/{service.stories()[0]['id'].removeprefix('urn:uuid:')}.json"
    for path in ("/feed.json", "/feed.json?tag=erbil", "/feed.json?tag=x", "/feeds/all.json", story, "/nothing.json"):
        headers = service.get(path).headers
        assert headers.get_all("Access-Control-Allow-Origin") == ["*"]
        assert "ETag" in headers["Access-Control-Expose-Headers"]
        asked = service.get(path, "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET",
                            Access_Control_Request_Headers="if-none-match")  # fmt: skip
        assert (asked.status, asked.body, asked.headers["Access-Control-Allow-Origin"]) == (204, b"", "*")
        assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
        assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
    for path in ("/", "/feed.atom"):
        assert service.get(path).headers["Access-Control-Allow-Origin"] is None
        asked = service.get(path, "OPTIONS")
        assert (asked.status, asked.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
        assert asked.headers["Access-Control-Allow-Origin"] is None


def test_garbage_in_headers_is_as_good_as_nothing(service: Service) -> None:
    """R39: an ETag, a date or an encoding that is none gets the whole document."""
    plain = service.get("/feed.atom")
    for headers in ({"If_None_Match": "garbage"}, {"If_None_Match": '"'}, {"If_Modified_Since": "yesterday"},
                    {"Accept_Encoding": "gzip;q=x"}, {"Accept_Encoding": ";;,"}):  # fmt: skip
        answer = service.get("/feed.atom", **headers)
        assert (answer.status, answer.body) == (200, plain.body)


def test_robots_are_let_in_to_read_that_they_should_not_index(service: Service) -> None:
    answer = service.get("/robots.txt")
    assert (answer.status, answer.text) == (200, "User-agent: *\nDisallow:\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_an_address_with_a_slash_too_many_leads_to_the_page(service: Service) -> None:
    """An export has its pages there."""
    for path in ("/outputs/", "/feeds/erbil/"):
        answer = service.get(path)
        assert answer.status == 308
        assert urljoin(path, answer.headers["Location"]) == path.removesuffix("/")
    assert service.get("/nowhere/").status == 404


def test_r38_the_formats_parse_again_with_every_story(service: Service) -> None:
    """The three formats say the same: ids, links and titles, in one order; an output holds what its feeds carry."""
    in_json = json.loads(service.get("/feed.json").body)["items"]
    stories = [(item["id"], item["url"], item["title"]) for item in in_json]
    assert len(stories) == 10
    for path in ("/feed.atom", "/feed.rss"):
        feed = feedparser.parse(service.get(path).body)
        assert not feed.bozo
        assert [(entry.id, entry.link, entry.title) for entry in feed.entries] == stories
    assert [item["id"] for item in service.stories("feeds/erbil")] == [number for number, _, _ in stories[:3]]


def test_a_feeds_address_answers_the_feed_whatever_is_accepted(service: Service) -> None:
    for accept in ("text/html", "application/json", "image/png"):
        assert service.get("/feed.atom", Accept=accept).headers["Content-Type"] == FORMATS["/feed.atom"]
    assert service.get("/feed.json").headers["Access-Control-Allow-Origin"] == "*"


def test_r43_what_can_be_subscribed_to_names_its_hub(service: Service) -> None:
    """R43: each output in each format, in its Link header and in itself; a selection and a page do not."""
    for path in (*FORMATS, "/feeds/erbil.atom"):
        hub, topic = f"{service.address}websub", service.address + path.removeprefix("/")
        answer = service.get(path)
        assert answer.headers["Link"] == f'<{hub}>; rel="hub", <{topic}>; rel="self"'
        assert hub in answer.text
        assert topic in answer.text
    for path in ("/feed.atom?tag=erbil", "/feed.json?tag=erbil", "/", "/outputs"):
        answer = service.get(path)
        assert (answer.status, answer.headers["Link"]) == (200, None)
        assert "/websub" not in answer.text


def test_every_story_of_the_river_has_its_page_and_its_data(service: Service) -> None:
    for story in service.stories():
        path = f"/stories/{story['id'].removeprefix('urn:uuid:')}"
        page, data = service.get(path), service.get(f"{path}.json")
        assert story["title"] in page.text
        assert data.json["id"] == story["id"]
    assert path.removeprefix("/") in service.get("/").text


def test_alive_and_ready(service: Service) -> None:
    for path, word in (("/healthz", "alive\n"), ("/readyz", "ready\n")):
        answer = service.get(path)
        assert (answer.status, answer.text, answer.headers["Cache-Control"]) == (200, word, "no-store")


def test_r47_what_is_taken_down_is_gone_at_the_next_start_and_back_without_the_line(
    program: Program, publisher: Publisher
) -> None:
    """R47: 410 for a story's page and data and one sentence; the others are where they were."""
    publisher.serve("/tigris", rss(*recent(3)))
    feeds = f"feeds: ['{publisher.url('/tigris')}']\n"
    program.configure(feeds)
    program.poll()
    with program.serving("--no-poll") as service:
        hidden, *others = service.stories()
    paths = [f"/stories/{hidden['id'].removeprefix('urn:uuid:')}{suffix}" for suffix in ("", ".json")]
    for text, statuses, left in ((f"{feeds}hide: ['{hidden['url']}']\n", {410}, others), (feeds, {200}, None)):
        program.configure(text)
        with program.serving("--no-poll") as service:
            answers = [service.get(path) for path in paths]
            assert {answer.status for answer in answers} == statuses
            assert service.stories() == (left or [hidden, *others])
            if statuses == {410}:
                assert all("This story was taken down." in answer.text for answer in answers)
