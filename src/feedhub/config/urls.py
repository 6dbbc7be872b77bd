"""Addresses of feeds: one form for equal ones, and the ids derived from them."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from hashlib import sha256
from urllib.parse import unquote, urlsplit, urlunsplit

import idna

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")  # as the last label it makes an IPv4 address (WHATWG URL, 3.5)
_LONGEST_ID = 60


def http_url(text: str) -> str | None:
    """`text` as an http or https URL, or None where it is not one.

    Equal URLs get one form (R30): scheme and host in lower case, no default port, no fragment, a path of at least `/`
    (RFC 3986, 6.2.2.1 and 6.2.3). A slash at the end of a path counts, as it does for servers.
    """
    if not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in _DEFAULT_PORTS or not _is_host(host) or port == 0:
        return None
    address = f"[{host}]" if ":" in host else host
    if port not in (None, _DEFAULT_PORTS[parts.scheme]):
        address += f":{port}"
    user, at, _ = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, user + at + address, parts.path or "/", parts.query, ""))


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return True
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _is_ipv4(host)
    return len(host) <= 253 and all(map(_LABEL.fullmatch, labels)) and _is_idn(host)


def _is_ipv4(host: str) -> bool:
    """Four decimal numbers; no octal, hexadecimal or shorter form, which some programs read as another address."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _is_idn(host: str) -> bool:
    """Whether the DNS has a form for the name (RFC 5891); in ASCII only names that begin with xn-- can lack one."""
    if host.isascii() and "xn--" not in host:
        return True
    try:
        idna.encode(host)
    except idna.IDNAError:
        return False
    return True


def passwords(url: str) -> frozenset[str]:
    """The password in `url`, as written and decoded."""
    password = urlsplit(url).password or ""
    return frozenset({password, unquote(password)} - {""})


def without_user(url: str) -> str:
    """`url` fit to be shown: without user name and password."""
    return re.sub(r"(?<=://)[^/?#]*@", "", url)


def feed_id(url: str) -> str:
    """The id of a feed whose file gives none: a readable slug of the URL, and of nothing else, so that it is stable.

    Host without `www.`, path and query, without scheme, so that http and https agree: `https://www.iraqinews.com/feed/`
    -> `iraqinews-com-feed`. Where letters beyond ASCII or the length make the slug tell too little, part of a hash of
    the URL follows. `url` may hold `${NAME}`: the name goes into the id, never the value.
    """
    address = without_user(url).partition("://")[2] or url
    text = unicodedata.normalize("NFKD", unquote(address.removeprefix("www.")))
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    told = all(letter.isascii() or not letter.isalnum() for letter in text)
    if told and 0 < len(slug) <= _LONGEST_ID:
        return slug
    return distinct_id(slug[: _LONGEST_ID - 7].strip("-") or "feed", address)


def distinct_id(slug: str, url: str) -> str:
    """`slug` with six characters that depend on `url` alone."""
    return f"{slug}-{sha256(url.encode()).hexdigest()[:6]}"
