"""`discover`: the feeds of a site as lines for feeds.yaml, found without a nuisance to it."""

from __future__ import annotations

import pytest

from support.feeds import atom, items, rss
from support.program import Program
from support.publisher import Publisher

PAGE = """<!doctype html><html><head><title>Tigris</title>
<link rel="alternate" type="application/rss+xml" title="News" href="/feed.xml">
<link rel="ALTERNATE nofollow" type="application/atom+xml; charset=utf-8" href="atom.xml">
<link rel="alternate" type="application/rss+xml" title="Again" href="/feed.xml">
<link rel="alternate" type="application/rss+xml" title="Broken" href="/broken">
<link rel="alternate" type="text/html" hreflang="ar" href="/ar/">
<link rel="stylesheet" type="application/rss+xml" href="/style">
</head><body>Hello</body></html>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://tigris.example/a</loc>
<news:news><news:publication><news:name>Tigris</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-01</news:publication_date><news:title>Rain</news:title></news:news></url></urlset>"""


@pytest.fixture
def program(program: Program) -> Program:
    program.configure("feeds: []\n")
    return program


def paths(publisher: Publisher) -> list[str]:
    return [request.path for request in publisher.requests]


def html(publisher: Publisher, path: str, text: str) -> None:
    publisher.serve(path, text, content_type="text/html")


def test_the_feeds_that_a_page_links_are_read_and_printed(program: Program, publisher: Publisher) -> None:
    """Each once, with its title; what is linked and is no feed is not; guesses are not needed."""
    html(publisher, "/news/", PAGE)
    html(publisher, "/broken", PAGE)
    publisher.serve("/feed.xml", rss(*items(3), title="Tigris\nDaily # 1"))
    publisher.serve("/news/atom.xml", atom(*items(1), title="Atom"))
    ran = program.run("discover", publisher.url("/news/"))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"  - {publisher.url('/feed.xml')}  # Tigris Daily # 1, 3 items",
        f"  - {publisher.url('/news/atom.xml')}  # Atom, 1 item",
    ]
    assert sorted(paths(publisher)) == ["/broken", "/feed.xml", "/news/", "/news/atom.xml", "/robots.txt"]


def test_what_it_prints_can_stand_below_feeds(program: Program, publisher: Publisher) -> None:
    """The next `check` finds no mistake, and the next `discover` tells that it is listed."""
    html(publisher, "/", '<link rel="alternate" type="application/rss+xml" href="/feed.xml">')
    publisher.serve("/feed.xml", rss(*items(3)))
    program.configure("feeds:\n" + program.run("discover", publisher.url("/")).out)
    assert program.run("check").code == 0
    ran = program.run("discover", publisher.url("/"))
    assert (ran.code, ran.out) == (0, "")
    assert ran.lines == [f"{publisher.url('/feed.xml')} is listed already, on line 3 of {program.config}"]


def test_an_address_that_is_a_feed_is_its_own_answer(program: Program, publisher: Publisher) -> None:
    """At the address to which it moved for good; without a configuration too."""
    publisher.redirect("/old", "/feed.xml", 301)
    publisher.serve("/feed.xml", rss(*items(3), title="Tigris"))
    program.config.unlink()
    ran = program.run("discover", publisher.url("/old"))
    assert ran.out == f"  - {publisher.url('/feed.xml')}  # Tigris, 3 items\n"


def test_a_news_sitemap_stands_in_robots_txt(program: Program, publisher: Publisher) -> None:
    """Sitemaps of another kind are not asked for."""
    html(publisher, "/", "<title>No feed</title>")
    lines = [f"Sitemap: {publisher.url(path)}" for path in ("/sitemap.xml", "/news-sitemap.xml")]
    publisher.serve("/robots.txt", "\n".join(lines), content_type="text/plain")
    publisher.serve("/news-sitemap.xml", SITEMAP)
    ran = program.run("discover", publisher.url("/"))
    assert ran.out == f"  - {publisher.url('/news-sitemap.xml')}  # Tigris, 1 item\n"
    assert "/sitemap.xml" not in paths(publisher)


def test_guesses_come_last_one_by_one_and_end_with_the_first_hit(program: Program, publisher: Publisher) -> None:
    """Only where robots.txt permits."""
    html(publisher, "/local/", "<title>No feed</title>")
    publisher.serve("/robots.txt", "User-agent: *\nDisallow: /rss$\n", content_type="text/plain")
    publisher.serve("/rss.xml", rss(*items(2), title="Found"))
    ran = program.run("discover", publisher.url("/local/"))
    assert ran.out == f"  - {publisher.url('/rss.xml')}  # Found, 2 items\n"
    assert paths(publisher) == ["/robots.txt", "/local/", "/feed/", "/rss.xml"]


def test_where_there_is_none_one_line_says_so(program: Program, publisher: Publisher) -> None:
    """And the exit code is 1."""
    html(publisher, "/", "<title>No feed</title>")
    ran = program.run("discover", publisher.url("/"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.lines == [
        f"feedhub: no feed was found at {publisher.url('/')}: neither linked, nor in robots.txt, "
        "nor where feeds often are"
    ]


def test_a_page_that_cannot_be_had_is_told_as_of_a_feed(program: Program, publisher: Publisher) -> None:
    """Not found, disallowed, private: one line, and no request beyond it."""
    ran = program.run("discover", publisher.url("/gone"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.lines == [f"feedhub: {publisher.url('/gone')} answered 404: there is nothing at this address"]
    publisher.serve("/robots.txt", "User-agent: feedhub\nDisallow: /\n", content_type="text/plain")
    assert "robots.txt asks feedhub" in program.run("discover", publisher.url("/")).err
    assert paths(publisher).count("/") == 0
    program.environment["FEEDHUB_ALLOW_PRIVATE"] = "0"
    ran = program.run("discover", publisher.url("/"))
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert "start feedhub with --allow-private" in ran.err
    ran = program.run("discover", "ftp://a.example/")
    assert (ran.code, ran.lines) == (1, ["feedhub: ftp://a.example/ is no http or https address"])


def test_r23_a_hosts_budget_holds_for_discovery_too(program: Program, publisher: Publisher) -> None:
    """R23: requests to one host start at least `spacing` apart."""
    html(publisher, "/", "<title>No feed</title>")
    program.configure("feeds: []\nhosts: {spacing: 1s}\n")
    program.run("discover", publisher.url("/"))
    times = [request.at for request in publisher.requests]
    assert len(times) == 8
    assert times[-1] - times[0] > 6, "seven times a second, however late each arrives"
