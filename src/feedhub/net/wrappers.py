"""Addresses that stand in front of a publisher's: those that carry their target, and those that only a request opens.

Hosts are given bare: lowercase, without `www.`, `m.`, `mobile.` and `amp.`. Paths and queries are percent-encoded.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

_GOOGLE = re.compile(r"google\.(?:com?\.)?[a-z]{2,3}")
_GOOGLE_NEWS = "news.google.com"
_AMP_CACHE = "cdn.ampproject.org"
_CACHED_PATH = re.compile(r"/(?:amp|[cv])/(s/)?([^/]+\.[^/]+.*)")
_ARTICLE_ID = re.compile(r"/(CBMi[\w-]+)")

# Host: the path of its redirects ("" for every path), and the parameters that hold the target.
_REDIRECTS = {
    _GOOGLE_NEWS: ("/news/url", ("url",)),
    "facebook.com": ("/l.php", ("u",)),
    "l.facebook.com": ("", ("u",)),
    "lm.facebook.com": ("", ("u",)),
    "l.instagram.com": ("", ("u",)),
    "bing.com": ("/news/apiclick.aspx", ("url",)),
    "youtube.com": ("/redirect", ("q",)),
    "out.reddit.com": ("", ("url",)),
    "vk.com": ("/away.php", ("to",)),
    "t.umblr.com": ("/redirect", ("z",)),
    "linkedin.com": ("/redir/redirect", ("url",)),
    "duckduckgo.com": ("/l", ("uddg",)),
    "slack-redir.net": ("/link", ("url",)),
    "getpocket.com": ("/redirect", ("url",)),
}
_GOOGLE_REDIRECT = ("/url", ("q", "url"))

# feedsportal closed in 2017: its encoding is not worth a decoder.
_FEED_SERVICES = """
    news.google.com feedproxy.google.com feeds.feedburner.com feeds2.feedburner.com feedburner.com feedsportal.com
    feedpress.me feeds.feedblitz.com api.follow.it apple.news flip.it search.app share.google
"""
_SHORTENERS = """
    t.co bit.ly j.mp goo.gl g.co tinyurl.com ow.ly buff.ly dlvr.it is.gd v.gd ift.tt lnkd.in trib.al fb.me wp.me
    shorturl.at cutt.ly rb.gy t.ly tiny.cc soo.gd snip.ly rebrand.ly adf.ly
    reut.rs nyti.ms bbc.in cnn.it wapo.st apne.ws aje.io econ.st bloom.bg on.ft.com on.wsj.com
"""
_OPAQUE_HOSTS = frozenset(f"{_FEED_SERVICES} {_SHORTENERS}".split())
_OPAQUE_SUFFIXES = (".feedsportal.com", ".feedburner.com", f".{_AMP_CACHE}")
# FeedBurner and FeedBlitz under a publisher's own name: feeds.example.com/~r/…, rss.example.com/~/…
_OPAQUE_PATHS = ("/~r/", "/~/")


def wrapped_target(host: str, path: str, query: str) -> str | None:
    """The address that a wrapper carries in itself, as it stands there; None where there is none to read (R37)."""
    if host == _AMP_CACHE or host.endswith(f".{_AMP_CACHE}") or (_is_amp_viewer(host) and path.startswith("/amp/")):
        return _cached_page(path, query)
    if redirect := _redirect(host, path):
        return _parameter(query, redirect)
    return _google_news_article(path) if host == _GOOGLE_NEWS else None


def is_wrapper(host: str, path: str) -> bool:
    """Whether the address can only lead to a page of another host, and so is never a page's own."""
    return (
        host in _OPAQUE_HOSTS
        or host == _AMP_CACHE
        or host.endswith(_OPAQUE_SUFFIXES)
        or path.startswith(_OPAQUE_PATHS)
        or _redirect(host, path) is not None
        or (path.startswith("/amp/") and _is_amp_viewer(host))
    )


def _is_amp_viewer(host: str) -> bool:
    return host == "bing.com" or _GOOGLE.fullmatch(host) is not None


def _redirect(host: str, path: str) -> tuple[str, ...] | None:
    """The names of the parameters that hold the target, where host and path are a redirect's."""
    at, names = _REDIRECTS.get(host) or (_GOOGLE_REDIRECT if _GOOGLE.fullmatch(host) else (None, ()))
    return names if at is not None and at in ("", path.rstrip("/")) else None


def _parameter(query: str, names: tuple[str, ...]) -> str | None:
    """The first absolute address among the named parameters. `+` stays as it is: no address holds a space.

    A target with a query of its own that is not escaped may go on behind the next `&`: where it ends is a guess.
    """
    pieces = query.split("&")
    for wanted in names:
        for position, piece in enumerate(pieces, 1):
            name, _, value = piece.partition("=")
            whole = "?" not in value or position == len(pieces)
            if name == wanted and whole and (target := _http_address(unquote_to_bytes(value))):
                return target
    return None


def _cached_page(path: str, query: str) -> str | None:
    """`/amp/s/host/path`, `/c/s/host/path`: `s` is https (the AMP Cache URL format)."""
    if not (match := _CACHED_PATH.fullmatch(path)):
        return None
    secure, page = match.groups()
    return f"{'https' if secure else 'http'}://{page}{'?' if query else ''}{query}"


def _google_news_article(path: str) -> str | None:
    """The address inside an article id of the older kind: a protobuf message whose field 4 is the address in plain.

    Newer ids hold an opaque token in its place, which only Google resolves.
    """
    if not (match := _ARTICLE_ID.search(path)):
        return None
    try:
        message = base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4))
    except binascii.Error:
        return None
    return _length_delimited(message[3:]) if message.startswith(b'\x08\x13"') else None


def _length_delimited(field: bytes) -> str | None:
    """The address behind its length, a protobuf varint of one or two bytes; None unless all of it is there."""
    if len(field) < 2:
        return None
    short = field[0] < 0x80
    length = field[0] if short else field[0] & 0x7F | field[1] << 7
    text = field[1 if short else 2 :][:length]
    return _http_address(text) if len(text) == length else None


def _http_address(raw: bytes) -> str | None:
    """Bytes as an absolute http address; bytes in another encoding than UTF-8 would have to be guessed."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if text[:8].lower().startswith(("http://", "https://")) else None
