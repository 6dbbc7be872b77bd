"""Reading an address: its parts in one spelling, or that there is none. Pure."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

MAX_LENGTH = 4096  # characters, percent-encoded
DEFAULT_PORTS = {"http": 80, "https": 443}

# Controls and what XML 1.0 forbids; at the ends also spaces, direction marks and zero-width characters.
_ILLEGAL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EDGE = " \xa0\u1680\u202f\u205f\u3000\ufeff" + "".join(
    chr(code) for code in (*range(0x2000, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070))
)
_ESCAPED_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38);)+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_URI_SAFE = "%:/?@!$&'()*+,;="  # RFC 3986 sections 3.3 to 3.5, beside the unreserved
_ASCII_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")


class Address(NamedTuple):
    """An http address in parts, percent-encoded, without credentials.

    `host` is lowercase ASCII, in brackets if IPv6; `port` is None where it is the scheme's default; `path` has its
    first slash, `query` and `fragment` are without their marks.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.scheme}://{self.host}{port}{self.path}{query}{fragment}"


def parse(url: str, base: str = "") -> Address | None:
    """`url`, relative to `base`, as an absolute http or https address; None if it is none."""
    try:
        text = _tidy(url)
        parts = urlsplit(urljoin(_tidy(base), text) if base and text else text)
        host, port = _ascii_host(parts), parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in DEFAULT_PORTS:
        return None
    return Address(
        scheme=parts.scheme,
        host=f"[{host}]" if ":" in host else host,
        port=None if port == DEFAULT_PORTS[parts.scheme] else port,
        path=encode(parts.path) or "/",
        query=encode(parts.query),
        fragment=encode(parts.fragment),
    )


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and effective port (RFC 6454 section 4). Raises ValueError for an address without host or port."""
    parts = urlsplit(url)
    host, port = _ascii_host(parts), parts.port
    if port is None:
        port = DEFAULT_PORTS.get(parts.scheme)
    if not host or port is None:
        raise ValueError("the address names no host, or a scheme without a known port")
    return parts.scheme, host, port


def host_of(url: str) -> str:
    """The host in lowercase ASCII, an IPv6 address without brackets; "" if there is none."""
    try:
        return _ascii_host(urlsplit(url))
    except ValueError:
        return ""


def encode(text: str) -> str:
    """`text` percent-encoded as UTF-8 where a URI must be; its own escapes stay, in capitals (RFC 3986 section 6)."""
    if "%" in text:
        text = _ESCAPES.sub(lambda match: match[0].upper(), _STRAY_PERCENT.sub("%25", text))
    return quote(text, safe=_URI_SAFE)


def _tidy(url: str) -> str:
    """`url` without what no address holds: illegal characters, space around it, an ampersand escaped twice."""
    if len(url) > MAX_LENGTH:
        return ""
    text = _ILLEGAL.sub("", url).strip(_EDGE)
    if "&" in text:
        text = _ESCAPED_AMPERSAND.sub("&", text)
    if "\\" in text:  # browsers read it as a slash, and so must whoever decides which host this is (WHATWG URL)
        address, mark, rest = text.partition("?")
        text = address.replace("\\", "/") + mark + rest
    return text


def _ascii_host(parts: SplitResult) -> str:
    """The host in lowercase ASCII without a final dot, "" if none can be called so. Raises ValueError for a bad one."""
    name = parts.hostname or ""
    if "[" in parts.netloc:
        return "" if "%" in name else IPv6Address(name).compressed
    host = (name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")).lower().removesuffix(".")
    return host if len(host) <= 253 and _ASCII_HOST.fullmatch(host) else ""
