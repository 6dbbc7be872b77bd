"""Addresses: what to publish to readers, and the key under which a page is known everywhere (R37). Pure, never raises.

Nothing here guesses. Two addresses share a key only if they are the same page by construction; what cannot be told
without a request keeps its own key, or has none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from w3lib.url import canonicalize_url

from feedhub.net.address import DEFAULT_PORTS, MAX_LENGTH, Address, encode, host_of, origin, parse
from feedhub.net.tracking import drop_forms, drop_tracking, drop_tracking_fragment
from feedhub.net.wrappers import is_wrapper, wrapped_target

__all__ = [
    "canonical_url",
    "clean_link",
    "host_of",
    "is_homepage",
    "is_specific",
    "names_article",
    "origin",
    "without_scheme",
]

_FORM_LABELS = frozenset({"www", "m", "mobile", "amp"})
_PUBLIC_SECOND_LEVEL = re.compile(r"(?:co|com|net|org|gov|edu|ac)\.[a-z]{2}")

# A path that is in normal form already: no dot segment, no escaped ASCII.
_NORMAL_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,:@=-]|%[89A-F][0-9A-F])*)+")
_HASH_ROUTE = re.compile(r"!?/.")
_VISIT = re.compile(r";jsessionid=[^/;]*|;(?=[;/]|$)", re.IGNORECASE)  # a session, and parameters without any
_SLASHES = re.compile("/{2,}")
_DEFAULT_DOCUMENT = re.compile(r"index\.(?:html?|shtml|php|aspx?|jsp)|default\.(?:html?|aspx?)")
_AMP_DOCUMENT = re.compile(r"(?<=[^.])\.amp(?=\.html?$|$)")
_AMP_HEAD = re.compile(r"(?:/amp)+(?=/)")

_LANGUAGE = (
    "ar|az|ckb|de|en|es|fa|fr|he|hi|hy|id|it|ja|ka|kmr|ko|ku|kur|nl|pl|ps|pt|ru|sv|syr|tk|tr|uk|ur|zh"
    "|arabic|badini|english|farsi|kurdish|kurmanji|persian|sorani|turkish"
)
_EDITION = rf"(?:{_LANGUAGE})(?:[-_](?:[a-z]{{2}}|arab|latn|hans|hant))?"
_FRONT_PAGE = re.compile(rf"/(?:{_EDITION}(?:/home)?|home)?", re.IGNORECASE)
_LANGUAGE_QUERY = re.compile(r"(?:(?:lang|language|locale|hl)=[\w-]*&?)*", re.IGNORECASE)

_ID = re.compile(
    r"(?<!\d)(?!(?:13|14|19|20)\d\d(?!\d))\d{4,}"  # a number that is no year, of the solar Hijri calendar neither
    r"|(?<![^\W_])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}(?![^\W_])"  # a hash, or a UUID's first group
    r"|(?<![^\W_])(?=[a-z0-9]{8})[a-z]*\d+[a-z]+\d[a-z0-9]*(?![^\W_])",  # a random token
    re.IGNORECASE,
)
_ID_NAME = re.compile(r"(?!c_|c?id$|cat|sec|topic|tag|author|user|page)\w*id|id|p|v|article|story|news|item|post|slug")
_WORD_BREAK = re.compile(r"[-_\s+]+")
_LETTER = re.compile(r"[^\W\d_]")
_LONG_SLUG = 20  # letters of a non-Latin script, where words need no hyphens


def clean_link(url: str, base: str = "") -> str:
    """The address to publish: absolute http or https, a valid URI, without wrapper, tracking and credentials, else "".

    The fragment stays: it is the reader's. `base` resolves a relative `url`.
    """
    address = _resolve(url, base)
    return _within_limit(str(address)) if address else ""


@lru_cache(maxsize=1_000)  # of an entry's link and its guid, which is mostly the link
def canonical_url(url: str) -> str | None:
    """The key under which a page is known everywhere, itself an https address; None where no page is known (R37).

    Equal for http and https (R5), with and without `www.`, for AMP and mobile forms, default documents, a trailing
    slash, and any order of the query. Different for path case, language hosts, and every parameter that does not track.
    """
    address = _resolve(url)
    if address is None:
        return None
    key = _key(address)
    return None if is_wrapper(key.host, key.path) else _within_limit(str(key)) or None


def without_scheme(url: str) -> str:
    """Equal for the forms of an address that a change of scheme or a final slash makes."""
    return url.split("://", 1)[-1].rstrip("/")


@lru_cache(maxsize=1_000)  # one entry's address is asked for several times
def is_homepage(canonical: str) -> bool:
    """Whether this is a site's front page, in any language: no article, whatever claims it as its address (R6)."""
    address = parse(canonical)
    if address is None:
        return False
    key = _key(address)
    front = not key.fragment and _FRONT_PAGE.fullmatch(key.path)
    return bool(front and _LANGUAGE_QUERY.fullmatch(key.query))


def is_specific(canonical: str) -> bool:
    """Whether the address names one article by an id or a slug, as against a section (`/local-news`) or a date."""
    address = parse(canonical)
    if address is None:
        return False
    key = _key(address)
    pairs = (piece.partition("=") for piece in key.query.split("&"))
    ids = (unquote(value) for name, _, value in pairs if _ID_NAME.fullmatch(name.lower()))
    return any(map(names_article, (key.path, key.fragment, *ids)))


def _resolve(url: str, base: str = "") -> Address | None:
    """The address that `url` leads to as far as it says so itself, without tracking."""
    address = parse(url, base)
    while address is not None:  # ends: each wrapper holds less than itself
        target = wrapped_target(_bare_host(address.host), address.path, address.query)
        inner = parse(target) if target else None
        if inner is None:
            query, fragment = drop_tracking(address.query), drop_tracking_fragment(address.fragment)
            return address._replace(query=query, fragment=fragment)
        address = inner
    return None


def _within_limit(url: str) -> str:
    return url if len(url) <= MAX_LENGTH else ""


# --- the key ----------------------------------------------------------------------------------------------------------


def _key(address: Address) -> Address:
    return Address(
        scheme="https",
        host=_bare_host(address.host),
        port=None if address.port in DEFAULT_PORTS.values() else address.port,
        path=_page_path(address.path),
        query=_sorted_query(drop_forms(address.query)),
        fragment=address.fragment if _HASH_ROUTE.match(address.fragment) else "",
    )


def _bare_host(host: str) -> str:
    """`host` without the labels that name a form of a site, as long as a site's name remains."""
    label, _, rest = host.partition(".")
    while label in _FORM_LABELS and "." in rest and not _PUBLIC_SECOND_LEVEL.fullmatch(rest):
        host = rest
        label, _, rest = host.partition(".")
    return host


def _page_path(path: str) -> str:
    """`path` in normal form, without what names a form of the page or a visit."""
    return _without_amp_head(_without_tail(_normal_path(path)))


def _normal_path(path: str) -> str:
    """`path` as w3lib writes it; most are so already, and it needs 60 µs to see that of an Arabic one."""
    if ";" in path:
        path = _VISIT.sub("", path)
    if "//" in path:  # a join gone wrong: servers merge the slashes
        path = _SLASHES.sub("/", path)
    return path if _NORMAL_PATH.fullmatch(path) else encode(urlsplit(canonicalize_url(f"https://host{path}")).path)


def _without_tail(path: str) -> str:
    """`path` without a final slash, default document, and the endings that ask for AMP."""
    while (shorter := _shortened(path)) != path:
        path = shorter
    return path


def _shortened(path: str) -> str:
    parent, _, name = path.rpartition("/")
    if not name:
        return parent or "/"
    if name == "amp":
        return parent or path
    if _DEFAULT_DOCUMENT.fullmatch(name):
        return parent or "/"
    return f"{parent}/{_AMP_DOCUMENT.sub('', name)}"


def _without_amp_head(path: str) -> str:
    """`path` without a leading `/amp` where the rest names an article; `/amp/news` may be a section."""
    head = _AMP_HEAD.match(path)
    return path[head.end() :] if head and names_article(path[head.end() :]) else path


def _sorted_query(query: str) -> str:
    return encode(urlsplit(canonicalize_url(f"https://host/?{query}")).query) if query else ""


# --- what an address names --------------------------------------------------------------------------------------------


def names_article(path: str) -> bool:
    """Whether one of the segments, of a path or of a guid, is an article's: it holds an id or is a slug."""
    return any(_ID.search(segment) or _is_slug(segment) for segment in unquote(path).split("/"))


def _is_slug(segment: str) -> bool:
    words = [word for word in _WORD_BREAK.split(segment) if _LETTER.search(word)]
    return len(words) >= 3 or (not segment.isascii() and len(_LETTER.findall(segment)) >= _LONG_SLUG)
