"""A web page where a feed was expected: an obstacle in the way of the feed, or simply the wrong address (R28)."""

from __future__ import annotations

import html
import re

from feedhub.models import Failed, FailureKind

_HEAD = 100_000  # characters; what a page is shows at its beginning
_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_PASSWORD = re.compile(r"<input\b[^>]{0,500}\btype\s*=\s*[\"']?password", re.IGNORECASE)

_FEED_LINK = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE)

_CHALLENGE_TITLES = re.compile(
    r"just a moment|attention required|checking your browser|verif(?:y|ying) (?:that )?you are (?:a )?human"
    r"|are you (?:a )?(?:human|robot)|access denied|access to this page has been denied|security check|ddos"
    r"|human verification|captcha|pardon our interruption|403 forbidden|request (?:blocked|rejected)|bot verification",
    re.IGNORECASE,
)
_CHALLENGE_SCRIPTS = (
    "_cf_chl_opt",  # not "/cdn-cgi/challenge-platform/": Cloudflare puts that into ordinary pages as well
    "cf-browser-verification",
    "_Incapsula_Resource",
    "sucuri_cloudproxy",
    "px-captcha",
    "captcha-delivery.com",
    "slowAES",
    "awsWafCookieDomainList",
    "/.well-known/sgcaptcha/",
)
_DOCTYPE = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
_ELEMENTS = {"html", "head", "body", "title", "meta", "link", "style", "script", "noscript", "iframe"} | {
    *("div", "p", "h1", "h2", "h3", "center", "form", "table", "span", "br", "img", "a")
}


def page_title(page: str) -> str:
    """The text of a page's `<title>` on one line, cut to 80 characters; empty where there is none."""
    found = _TITLE.search(page[:_HEAD])
    title = " ".join(html.unescape(found[1]).split()) if found else ""
    return title if len(title) <= 80 else title[:79].rstrip() + "…"


def is_page(root: str, doctype: str) -> bool:
    """Whether a document that is no feed is a web page, by its first element and its DOCTYPE."""
    return root.lower() in _ELEMENTS or bool(_DOCTYPE.match(doctype))


def judge_page(page: str) -> Failed:
    """`blocked` for a challenge or a login, `not_a_feed` for any other page; the sentence names the page's title."""
    title = page_title(page)
    named = f" titled “{title}”" if title else ""
    if _is_challenge(page, title):
        return Failed(FailureKind.BLOCKED, f"answered with a web page{named}, a check that only a browser passes")
    if _asks_to_log_in(page[:_HEAD]):
        return Failed(FailureKind.BLOCKED, f"answered with a web page{named}, which asks to log in")
    return Failed(FailureKind.NOT_A_FEED, f"answered with a web page{named}, not with a feed")


def _asks_to_log_in(page: str) -> bool:
    """By its form, for titles are in every language; a page that offers a feed is the site's own, login box or not."""
    return bool(_PASSWORD.search(page)) and not _FEED_LINK.search(page)


def _is_challenge(page: str, title: str) -> bool:
    return bool(_CHALLENGE_TITLES.search(title)) or any(script in page[:_HEAD] for script in _CHALLENGE_SCRIPTS)
