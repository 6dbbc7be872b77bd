"""Sources without a feed: news sitemaps, pages read by selectors, and articles read on their own pages."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from html import unescape
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from feedhub.ingest.completion import MOST_PAGES
from support.desk import Desk, listing
from support.feeds import NOON, item, items, rss
from support.publisher import Publisher
from support.requirements import missing

FIXTURES = Path(__file__).parents[1] / "fixtures"
SEED = FIXTURES / "baghdadpost"
SEED_PATH = "/en/Story/49021/US-Anti-ISIS-Coalition-carried-out-nearly-35-000-airstrikes-in-Iraq-Syria-since-2014"
HEADLINE = "US Anti-ISIS Coalition carried out nearly 35,000 airstrikes in Iraq, Syria since 2014"
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)

PAGE = "kind: page, select: {item: li}"
FULL = "full_text: true"
ALLOWED = "User-agent: *\nDisallow: /admin/\n"


@pytest.fixture
def trafilatura() -> None:
    """What the extra brings."""
    if find_spec("trafilatura") is None:
        missing("trafilatura (pip install trafilatura lxml-html-clean)")


def configure(desk: Desk, publisher: Publisher, keys: str = PAGE, *, path: str = "/news", head: str = "") -> None:
    desk.configure(f"{head}feeds:\n  - {{id: tigris, url: '{publisher.url(path)}', {keys}}}\n")


def serve_list(publisher: Publisher, *links: tuple[str, str], rest: str = "") -> None:
    """The page /news: a list of links with their headlines."""
    listed = "".join(f'<li><a href="{path}">{title}</a></li>' for path, title in links)
    page = f"<!doctype html><html lang='en'><title>Tigris Daily</title><body><ul>{listed}</ul>{rest}</body></html>"
    publisher.serve("/news", page, content_type="text/html; charset=utf-8")


def serve_article(
    publisher: Publisher, path: str, *, title: str = "A bridge", said: str = "crossed the bridge"
) -> None:
    paragraphs = "".join(
        f"<p>Report {n} from the river: many people of the town {said} this morning, on foot and by car.</p>"
        for n in range(4)
    )
    page = f"<!doctype html><html lang='en'><head><title>{title}</title><meta property='og:title' content='{title}'>"
    page += f"</head><body><main><article><h1>{title}</h1>{paragraphs}</article></main></body></html>"
    publisher.serve(path, page, content_type="text/html; charset=utf-8")


def serve_robots(publisher: Publisher, text: str) -> None:
    publisher.serve("/robots.txt", text, content_type="text/plain")


def sitemap(publisher: Publisher, *urls: tuple[str, str]) -> str:
    """A news sitemap of these paths and headlines; without a headline just the address."""
    space = "http://www.google.com/schemas/sitemap-news/0.9"
    entries = ""
    for path, title in urls:
        news = f"<n:publication_date>2024-11-22</n:publication_date><n:title>{title}</n:title>" if title else ""
        entries += f"<url><loc>{publisher.url(path)}</loc><n:news>{news}</n:news></url>"
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="{space}">{entries}</urlset>'


def titles(desk: Desk) -> list[str]:
    return sorted(story["title"] for story in desk.stories())


def paragraphs(text: str) -> list[str]:
    """What an article says, a line for each paragraph, captions left out."""
    without_figures = re.sub(r"<figure>.*?</figure>", "", text, flags=re.DOTALL)
    found = re.findall(r"<p>(.*?)</p>", without_figures, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", paragraph)).split()) for paragraph in found]


# --- the seed ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("trafilatura")
def test_the_seeds_article_is_read_from_a_page_and_nothing_else_of_it(desk: Desk, publisher: Publisher) -> None:
    """Headline from the listing; picture, caption and every paragraph from the article; no "Read", no "Comments"."""
    serve_list(publisher, (SEED_PATH, HEADLINE))
    publisher.serve(SEED_PATH, (SEED / "article.html").read_bytes(), content_type="text/html")
    configure(desk, publisher, f"{PAGE}, {FULL}")
    desk.poll(NOON)
    story = desk.story()
    said = [" ".join(line.split()) for line in (SEED / "baghdadpost.txt").read_text().splitlines() if line.strip()]
    assert said[-2:] == ["Read", "Comments"]
    assert (story["title"], story["url"]) == (HEADLINE, publisher.url(SEED_PATH))
    assert paragraphs(story["content_html"]) == said[3:-2]
    assert story["image"] == publisher.url("/pictures/us-led-coalition.png")
    assert f"<figcaption>{said[2]}</figcaption>" in story["content_html"]
    assert desk.status("tigris").message == ""
    for document in desk.documents():
        assert not re.search(r">\s*(?:Read|Comments)\s*<", document.decode())


@pytest.mark.usefixtures("trafilatura")
def test_r39_a_second_poll_changes_no_byte_and_reads_no_article_again(desk: Desk, publisher: Publisher) -> None:
    """R39: neither while the page is the same nor when something else on it has changed."""
    serve_list(publisher, ("/1", "A bridge"), ("/2", "A dam"))
    serve_article(publisher, "/1")
    serve_article(publisher, "/2", title="A dam", said="saw the dam")
    configure(desk, publisher, f"{PAGE}, {FULL}")
    desk.poll(NOON)
    before = desk.documents()
    desk.poll(NOON + QUARTER, every=True)
    serve_list(publisher, ("/1", "A bridge"), ("/2", "A dam"), rest="<p>Advertisement</p>")
    report = desk.poll(NOON + 2 * QUARTER, every=True)
    assert report.polls["tigris"].outcome == "fetched"
    assert desk.documents() == before
    assert [len(publisher.requests_to(path)) for path in ("/1", "/2")] == [1, 1]


# --- sitemaps ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["kind: sitemap", "kind: feed", "tags: []"])
def test_r32_a_news_sitemap_is_polled_and_published(desk: Desk, publisher: Publisher, keys: str) -> None:
    """R32: known by the document, whatever its type or the configuration calls it; without asking robots.txt."""
    publisher.serve("/news", sitemap(publisher, ("/1", "A bridge"), ("/2", "A dam")), content_type="text/html")
    configure(desk, publisher, keys)
    desk.poll(NOON)
    assert titles(desk) == ["A bridge", "A dam"]
    assert desk.status("tigris").state == "ok"
    assert not publisher.requests_to("/robots.txt")


def test_a_list_of_sitemaps_is_told_to_be_one(desk: Desk, publisher: Publisher) -> None:
    """One sentence, with the sitemap to take instead."""
    child = publisher.url("/sitemaps/news.xml")
    publisher.serve("/news", f"<sitemapindex><sitemap><loc>{child}</loc></sitemap></sitemapindex>")
    configure(desk, publisher, "kind: sitemap")
    desk.poll(NOON)
    status = desk.status("tigris")
    assert status.state == "not_a_feed"
    assert f"the one for news seems to be {child};" in status.message


@pytest.mark.usefixtures("trafilatura")
def test_a_sitemap_without_headlines_takes_them_from_the_articles(desk: Desk, publisher: Publisher) -> None:
    """An address whose page cannot be read is no story, and becomes one when it can and the sitemap has changed."""
    publisher.serve("/news", sitemap(publisher, ("/1", ""), ("/2", "")))
    serve_article(publisher, "/1")
    configure(desk, publisher, FULL)
    desk.poll(NOON)
    assert titles(desk) == ["A bridge"]
    assert "the pages of 1 of 2 articles were not read" in desk.status("tigris").message
    serve_article(publisher, "/2", title="A dam")
    publisher.serve("/news", sitemap(publisher, ("/2", ""), ("/1", "")))
    desk.poll(NOON + QUARTER, every=True)
    assert titles(desk) == ["A bridge", "A dam"]
    assert len(publisher.requests_to("/1")) == 1


@pytest.mark.usefixtures("trafilatura")
def test_more_articles_than_a_poll_may_read_come_with_the_next(desk: Desk, publisher: Publisher) -> None:
    """Though the sitemap is the same: nothing is forgotten, nothing read twice."""
    paths = [f"/{n}" for n in range(MOST_PAGES + 3)]
    for path in paths:
        serve_article(publisher, path, title=f"The bridge of town {path[1:]}")
    publisher.serve("/news", sitemap(publisher, *((path, "") for path in paths)), etag='"1"')
    configure(desk, publisher, FULL)
    desk.poll(NOON)
    assert len(desk.stories()) == MOST_PAGES
    assert f"{MOST_PAGES} at a poll are the most" in desk.status("tigris").message
    desk.poll(NOON + QUARTER, every=True)
    assert len(desk.stories()) == len(paths)
    assert desk.poll(NOON + 2 * QUARTER, every=True).polls["tigris"].outcome == "unchanged"
    assert {len(publisher.requests_to(path)) for path in paths} == {1}


# --- robots.txt -------------------------------------------------------------------------------------------------------


def test_a_page_that_robots_txt_asks_to_leave_alone_is_never_requested(desk: Desk, publisher: Publisher) -> None:
    """It is `forbidden`; robots.txt is asked once a day, and a site that changes its mind is read."""
    serve_robots(publisher, "User-agent: *\nAllow: /\n\nUser-agent: feedhub\nDisallow: /news\n")
    serve_list(publisher, ("/1", "A bridge"))
    configure(desk, publisher)
    for n in range(3):
        desk.poll(NOON + n * QUARTER, every=True)
    status = desk.status("tigris")
    assert status.state == "forbidden"
    assert "robots.txt asks feedhub not to read" in status.message
    assert len(publisher.requests_to("/robots.txt")) == 1
    assert not publisher.requests_to("/news")
    serve_robots(publisher, ALLOWED)
    desk.poll(NOON + DAY, every=True)
    assert titles(desk) == ["A bridge"]


@pytest.mark.usefixtures("trafilatura")
def test_an_article_that_robots_txt_asks_to_leave_alone_is_published_as_listed(
    desk: Desk, publisher: Publisher
) -> None:
    """A feed is read without asking, its articles are not."""
    serve_robots(publisher, "User-agent: *\nDisallow: /\n")
    publisher.serve("/news", rss(item(1, link=publisher.url("/1"), title="A bridge", text="<p>Opened.</p>")))
    serve_article(publisher, "/1")
    configure(desk, publisher, FULL)
    desk.poll(NOON)
    assert desk.story()["content_html"] == "<p>Opened.</p>"
    assert not publisher.requests_to("/1")
    status = desk.status("tigris")
    assert status.state == "ok"
    assert "the pages of 1 of 1 articles were not read: robots.txt asks feedhub not to read" in status.message


@pytest.mark.usefixtures("trafilatura")
def test_a_page_behind_a_redirect_is_asked_for_as_its_own_site_allows(desk: Desk, publisher: Publisher) -> None:
    """A wrapped link leads to another site, whose robots.txt counts for what is there."""
    with Publisher("127.0.0.2") as outlet:
        serve_robots(outlet, "User-agent: *\nDisallow: /members/\n")
        for path in ("/members/1", "/news/2"):
            serve_article(outlet, path, title=f"The bridge of {path}", said=f"said {path}")
            publisher.redirect(f"/go{path}", outlet.url(path), 302)
        links = (item(n, link=publisher.url(f"/go{path}")) for n, path in enumerate(("/members/1", "/news/2"), 1))
        publisher.serve("/news", rss(*links))
        configure(desk, publisher, FULL)
        desk.poll(NOON)
        assert [request.path for request in outlet.requests] == ["/robots.txt", "/news/2"]
    assert "robots.txt asks feedhub not to read this page of 127.0.0.2" in desk.status("tigris").message


def test_a_robots_txt_that_cannot_be_had_forbids_as_well(desk: Desk, publisher: Publisher) -> None:
    """RFC 9309, 2.3.1.4; the failure is the site's own class, and asked again before a day is over."""
    publisher.serve("/robots.txt", "oops", status=503)
    serve_list(publisher, ("/1", "A bridge"))
    configure(desk, publisher)
    desk.poll(NOON)
    assert desk.status("tigris").state == "server_error"
    assert "robots.txt cannot be read" in desk.status("tigris").message
    assert not publisher.requests_to("/news")
    publisher.forget("/robots.txt")
    desk.poll(NOON + QUARTER, every=True)
    assert titles(desk) == ["A bridge"]


def test_r23_a_crawl_delay_longer_than_the_spacing_is_kept(desk: Desk, publisher: Publisher) -> None:
    """R23: between the pages of a site, which is asked for its robots.txt once, though three are polled at once."""
    serve_robots(publisher, "User-agent: *\nCrawl-delay: 0.3\n")
    for name in ("north", "south", "west"):
        publisher.serve(f"/{name}", f"<ul><li><a href='/{name}/1'>News</a></li></ul>", content_type="text/html")
    desk.configure(listing(publisher, "north", "south", "west", north=PAGE, south=PAGE, west=PAGE))
    desk.poll(NOON)
    first, *pages = publisher.requests
    assert (first.path, len(pages)) == ("/robots.txt", 3)
    assert all(later.at - earlier.at > 0.28 for earlier, later in pairwise(pages))


# --- pages ------------------------------------------------------------------------------------------------------------


def test_r41_a_selector_that_stops_matching_removes_nothing(desk: Desk, publisher: Publisher) -> None:
    """R41: `nothing_matched`, the selector and the page named; every output byte-equal to before."""
    serve_list(publisher, ("/1", "A bridge"))
    configure(desk, publisher)
    desk.poll(NOON)
    before = desk.documents()
    page = "<html><title>Tigris, redesigned</title><article><a href='/1'>A bridge</a></article></html>"
    publisher.serve("/news", page, content_type="text/html")
    desk.poll(NOON + QUARTER, every=True)
    status = desk.status("tigris")
    assert status.state == "nothing_matched"
    assert "the selector item: “li” matches nothing on the page titled “Tigris, redesigned”" in status.message
    assert desk.documents() == before


def test_a_selector_that_is_not_needed_and_finds_nothing_is_told(desk: Desk, publisher: Publisher) -> None:
    """The feed is well, and `status` names the selector."""
    serve_list(publisher, ("/1", "A bridge"))
    configure(desk, publisher, "kind: page, select: {item: li, author: .byline}")
    desk.poll(NOON)
    status = desk.status("tigris")
    assert (status.state, status.message) == ("ok", "the selector author: “.byline” matches nothing")


@pytest.mark.parametrize("sent", ["text/html", "text/html; charset=windows-1256"])
def test_a_page_in_windows_1256_reads_as_it_would_in_utf_8(desk: Desk, publisher: Publisher, sent: str) -> None:
    declared = "" if "charset" in sent else '<meta charset="windows-1256">'
    page = f"<html lang='ar'><head>{declared}</head><ul><li><a href='/1'>افتتاح جسر جديد في الموصل</a></li></ul></html>"
    publisher.serve("/news", page.encode("windows-1256"), content_type=sent)
    configure(desk, publisher)
    desk.poll(NOON)
    assert titles(desk) == ["افتتاح جسر جديد في الموصل"]


# --- articles ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("trafilatura")
def test_r3_a_corrected_headline_keeps_the_articles_text(desk: Desk, publisher: Publisher) -> None:
    """R3: the page is read again with it; while it cannot be, the story stays as it is."""
    serve_list(publisher, ("/1", "A brigde"))
    serve_article(publisher, "/1")
    configure(desk, publisher, f"{PAGE}, {FULL}")
    desk.poll(NOON)
    before = desk.documents()
    publisher.serve("/1", "oops", status=500)
    serve_list(publisher, ("/1", "A bridge"))
    desk.poll(NOON + QUARTER, every=True)
    assert desk.documents() == before
    serve_article(publisher, "/1", said="walked over the bridge")
    serve_list(publisher, ("/1", "A bridge"), rest="<p>Advertisement</p>")
    desk.poll(NOON + 2 * QUARTER, every=True)
    story = desk.story()
    assert story["title"] == "A bridge"
    assert "walked over the bridge" in story["content_html"]


@pytest.mark.usefixtures("trafilatura")
@pytest.mark.parametrize(
    ("keys", "status", "reason"),
    [(f"{FULL}, max_size: 2KB", 200, "larger than"), (FULL, 404, "404"), (FULL, 200, "no article text")],
    ids=["too big", "not found", "no article"],
)
def test_an_article_that_cannot_be_read_is_published_as_listed(
    desk: Desk, publisher: Publisher, keys: str, status: int, reason: str
) -> None:
    """With the caps of feeds; `status` says why, and the feed is well."""
    publisher.serve("/news", rss(item(1, link=publisher.url("/1"), text="<p>Opened.</p>")))
    page = "<html><body>" + "<!-- -->" * (1000 if "max_size" in keys else 0) + "</body></html>"
    publisher.serve("/1", page, status=status, content_type="text/html")
    configure(desk, publisher, keys)
    desk.poll(NOON)
    assert desk.story()["content_html"] == "<p>Opened.</p>"
    assert desk.status("tigris").state == "ok"
    assert reason in desk.status("tigris").message


@pytest.mark.usefixtures("trafilatura")
def test_r22_after_a_429_no_further_article_is_asked_for(desk: Desk, publisher: Publisher) -> None:
    """Until the next poll; all of them are published as listed."""
    publisher.serve("/news", rss(*(item(n, link=publisher.url(f"/{n}")) for n in range(1, 5))))
    for n in range(1, 5):
        publisher.serve(f"/{n}", "slow down", status=429)
    configure(desk, publisher, FULL)
    desk.poll(NOON)
    assert len(desk.stories()) == 4
    assert sum(len(publisher.requests_to(f"/{n}")) for n in range(1, 5)) == 1


@pytest.mark.usefixtures("trafilatura")
def test_the_feeds_headers_go_to_its_own_articles_only(desk: Desk, publisher: Publisher) -> None:
    """Not to another site's, and to no robots.txt."""
    with Publisher("127.0.0.2") as other:
        publisher.serve("/news", rss(item(1, link=publisher.url("/1")), item(2, link=other.url("/2"))))
        serve_article(publisher, "/1")
        serve_article(other, "/2")
        configure(desk, publisher, f"{FULL}, headers: {{X-Token: t-456}}")
        desk.poll(NOON)
        sent = {request.path: request.header("X-Token") for request in [*publisher.requests, *other.requests]}
    assert sent == {"/news": "t-456", "/robots.txt": None, "/1": "t-456", "/2": None}


def test_full_text_without_its_extra_is_a_mistake_that_names_it(tmp_path: Path) -> None:
    """R46: said by `check` at its place, before anything is polled. The import is blocked as if it were missing."""
    config = tmp_path / "feeds.yaml"
    config.write_text("feeds:\n  - url: https://a.example/\n    full_text: true\n")
    program = "import sys; sys.modules['trafilatura'] = None; from feedhub.cli import main; main()"
    command = [sys.executable, "-c", program, "check", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    advice = "feeds[0].full_text: needs trafilatura; install it with: pip install trafilatura lxml-html-clean"
    assert f"{config}:3:16: {advice}" in done.stdout + done.stderr


def test_without_full_text_no_article_is_asked_for(desk: Desk, publisher: Publisher) -> None:
    """Nor any robots.txt."""
    publisher.serve("/news", rss(*items(3, link=publisher.url("/1"))))
    configure(desk, publisher, "kind: feed")
    desk.poll(NOON)
    assert [request.path for request in publisher.requests] == ["/news"]
