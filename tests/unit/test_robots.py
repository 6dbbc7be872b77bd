"""robots.txt is understood as RFC 9309 has it: groups, precedence, wildcards, and what no answer means."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.models import Failed, FailureKind, Fetched, NotModified, Validators
from feedhub.net.robots import ALLOW_ALL, DISALLOW_ALL, LARGEST, Robots, robots_of, robots_url

SITE = "https://herald.example"


def allowed(rules: str, path: str, product: str = "feedhub") -> bool:
    return Robots.parse(rules).allows(product, SITE + path)


def for_all(*rules: str) -> str:
    return "\n".join(["User-agent: *", *rules])


# --- whom a group is for (section 2.2.1) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("User-agent: feedhub", True),
        ("user-AGENT : FeedHub   # us", True),
        ("User-agent: feedhub/1.0", True),
        ("User-agent: *", True),
        ("User-agent: feed", False),
        ("User-agent: feedhub-news", False),
        ("User-agent: hub", False),
        ("User-agent:", False),
    ],
)
def test_a_group_is_for_the_product_token_it_names(line: str, ours: bool) -> None:
    """The whole token, in any case and without its version."""
    assert allowed(f"{line}\nDisallow: /", "/news") is not ours


def test_the_group_that_names_us_replaces_the_one_for_everyone() -> None:
    """Whatever their order in the file."""
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: feedhub\nDisallow: /private"
    assert allowed(rules, "/news")
    assert not allowed(rules, "/private")
    assert not allowed(rules, "/news", "otherbot")


def test_all_groups_that_name_us_count_together() -> None:
    """As one group (section 2.2.1)."""
    rules = "User-agent: feedhub\nDisallow: /a\n\nUser-agent: other\nDisallow: /c\n\nUser-agent: feedhub\nDisallow: /b"
    assert [allowed(rules, path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_several_agents_share_the_rules_after_them() -> None:
    """Blank lines and other records between the lines end nothing (section 2.2.4)."""
    rules = f"User-agent: other\n\nSitemap: {SITE}/news.xml\nUser-agent: feedhub\nDisallow: /a"
    assert not allowed(rules, "/a")
    assert not allowed(rules, "/a", "other")


def test_an_empty_disallow_forbids_nothing() -> None:
    """And it is a rule: the agents after it begin another group."""
    rules = "User-agent: feedhub\nDisallow:\nUser-agent: *\nDisallow: /"
    assert allowed(rules, "/a")
    assert not allowed(rules, "/a", "other")


# --- which rule decides (section 2.2.2) -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        (["Disallow: /news", "Allow: /news/local"], "/news/local/1", True),
        (["Allow: /news", "Disallow: /news/local"], "/news/local/1", False),
        (["Disallow: /news", "Allow: /news"], "/news/1", True),
        (["Disallow: /News"], "/news/1", True),
        (["Disallow: /"], "", False),
        (["Disallow: /"], "/robots.txt", True),
        (["Disallow: news"], "/news", True),
    ],
)
def test_the_longest_rule_decides_and_allow_between_equals(rules: list[str], path: str, expected: bool) -> None:
    """Not the first one; letter case counts; robots.txt itself may always be read."""
    assert allowed(for_all(*rules), path) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/*.pdf$", "/a/b.pdf", True),
        ("/*.pdf$", "/a/b.pdf?page=2", False),
        ("/*?print=", "/news/1?print=1", True),
        ("/news/*/print", "/news/1/2/print/3", True),
        ("/news/*/print", "/news/print", False),
        ("/a*b*c$", "/a-b-c", True),
        ("/a*b*c$", "/a-b-c-d", False),
        ("/a*b*c$", "/a-b-c-d-c", True),
        ("/a*a$", "/a", False),
        ("/news$", "/news", True),
        ("/news$", "/news/", False),
        ("/price-%24", "/price-$", True),
        ("/a-%2A", "/a-*", True),
        ("/a-%2A", "/a-b", False),
        ("/أخبار", "/%d8%a3%D8%AE%D8%A8%D8%A7%D8%B1/1", True),
        ("/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1", "/أخبار/1", True),
        ("/%7Ehome", "/~home", True),
        ("/a%2Fb", "/a/b", False),
    ],
)
def test_wildcards_and_escapes(pattern: str, path: str, matches: bool) -> None:
    """`*` is anything, a final `$` the end; escapes are compared as the characters they stand for."""
    assert allowed(for_all(f"Disallow: {pattern}"), path) is not matches


def test_the_crawl_delay_that_we_are_asked_for() -> None:
    """A group's own; what is no number of seconds is none, and no site may ask for more than a day."""
    rules = Robots.parse("User-agent: *\nCrawl-delay: 2.5\n\nUser-agent: slow\nCrawl-delay: 1e300\nDisallow: /x")
    assert rules.crawl_delay("feedhub") == timedelta(seconds=2.5)
    assert rules.crawl_delay("slow") == timedelta(days=1)
    for value in ("soon", "-1", "nan", "inf", "0"):
        assert Robots.parse(f"User-agent: *\nCrawl-delay: {value}").crawl_delay("feedhub") is None


# --- what an answer means (section 2.3.1) -----------------------------------------------------------------------------


def fetched(body: bytes) -> Fetched:
    return Fetched(f"{SITE}/robots.txt", body, "text/plain", Validators(), timedelta(0))


def test_a_file_is_read_up_to_its_cap() -> None:
    """500 KiB (section 2.5); the line at the cap, of which a part would mean something else, is left out."""
    head = b"\xef\xbb\xbfUser-agent: *\nDisallow: /early\n"
    body = head + b"#" * (LARGEST - len(head) - 12) + b"\nDisallow: /news/only-this\nDisallow: /late\n"
    robots = robots_of(fetched(body))
    assert not robots.allows("feedhub", f"{SITE}/early")
    assert robots.allows("feedhub", f"{SITE}/news/x")
    assert robots.allows("feedhub", f"{SITE}/late")


@pytest.mark.parametrize(
    ("kind", "status", "robots"),
    [
        (FailureKind.NOT_FOUND, 404, ALLOW_ALL),
        (FailureKind.GONE, 410, ALLOW_ALL),
        (FailureKind.FORBIDDEN, 403, ALLOW_ALL),
        (FailureKind.BROKEN, 200, ALLOW_ALL),
        (FailureKind.REDIRECT_LOOP, 302, ALLOW_ALL),
        (FailureKind.RATE_LIMITED, 429, DISALLOW_ALL),
        (FailureKind.RATE_LIMITED, 503, DISALLOW_ALL),
        (FailureKind.SERVER_ERROR, 500, DISALLOW_ALL),
        (FailureKind.TIMEOUT, None, DISALLOW_ALL),
        (FailureKind.DNS, None, DISALLOW_ALL),
        (FailureKind.TLS, None, DISALLOW_ALL),
        (FailureKind.TOO_BIG, None, DISALLOW_ALL),
        (FailureKind.PRIVATE_ADDRESS, None, DISALLOW_ALL),
    ],
)
def test_no_file_allows_everything_and_no_answer_nothing(kind: FailureKind, status: int | None, robots: Robots) -> None:
    """4xx says that there are no rules; a fault, or a plea to be left alone, says nothing of them."""
    assert robots_of(Failed(kind, "it failed", status)) == robots


def test_nothing_is_allowed_on_a_304_that_was_not_asked_for() -> None:
    """It tells no rules."""
    assert robots_of(NotModified(timedelta(0))) == DISALLOW_ALL
    assert not DISALLOW_ALL.allows("feedhub", f"{SITE}/")
    assert ALLOW_ALL.allows("feedhub", f"{SITE}/")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://herald.example/news?x=1#y", "https://herald.example/robots.txt"),
        ("http://user:secret@herald.example:8080/a", "http://herald.example:8080/robots.txt"),
        ("mailto:desk@herald.example", ""),
        ("https://[", ""),
    ],
)
def test_the_rules_of_an_address_are_at_its_origin(url: str, expected: str) -> None:
    """Scheme, host and port, without the feed's own password."""
    assert robots_url(url) == expected


# --- hostile files ----------------------------------------------------------------------------------------------------

_LINES = st.one_of(
    st.sampled_from(["User-agent: *", "User-agent: feedhub", "Disallow: /*a*b$", "Allow: /%zz", "Crawl-delay: 1"]),
    st.text(max_size=30),
)


@given(st.lists(_LINES), st.text(max_size=40))
def test_nothing_in_a_file_or_an_address_raises(lines: list[str], path: str) -> None:
    """Whatever stands there, there is an answer."""
    robots = Robots.parse("\n".join(lines))
    for url in (SITE + "/" + path, path, f"https://{path}"):
        assert robots.allows("feedhub", url) in (True, False)
    assert robots.crawl_delay("feedhub") in (None, timedelta(seconds=1))


def test_a_hostile_file_takes_no_time() -> None:
    """Thousands of agents over thousands of rules, and wildcards that a regular expression would backtrack over."""
    rules = "".join(f"User-agent: a{number}\n" for number in range(10_000)) + "User-agent: *\n"
    rules += "Disallow: /" + "*a" * 500 + "b$\n" + "Disallow: /*x\n" * 20_000
    started = time.process_time()
    assert Robots.parse(rules).allows("feedhub", f"{SITE}/{'a' * 2_000}")
    assert time.process_time() - started < 2


def test_sitemaps_are_named_for_everyone_wherever_they_stand() -> None:
    """Each once, in order; they interrupt no group (RFC 9309 section 2.2.4)."""
    text = "Sitemap: https://a.example/s.xml\nUser-agent: *\nsitemap: https://a.example/n.xml # news\nDisallow: /x\n"
    robots = Robots.parse(text + "Sitemap:\nSITEMAP: https://a.example/s.xml\n")
    assert robots.sitemaps == ("https://a.example/s.xml", "https://a.example/n.xml")
    assert not robots.allows("feedhub", "https://a.example/x")
