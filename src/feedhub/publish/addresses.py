"""Where a published thing stands below the site's address, and addresses as documents may hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from feedhub.models import Link, OutputView

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\]")


@dataclass(frozen=True, slots=True)
class OutputLink:
    """An output as something to subscribe to: `path` is its address below the site without extension."""

    name: str
    title: str
    path: str

    @property
    def page(self) -> str:
        """The path of the output's page for people. The output `all` is the front page."""
        return "" if self.name == "all" else self.path


def link_to(view: OutputView) -> OutputLink:
    """The output that a view shows; the same for the view of one of its archive pages, whose path is longer."""
    return OutputLink(view.name, view.title, "feed" if view.name == "all" else f"feeds/{view.name}")


def web_address(url: str) -> str:
    """An absolute http(s) address in the letters of RFC 3986, as feed validators ask; empty where it is none."""
    try:
        parts = urlsplit(url.strip())
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    netloc = host if port is None else f"{host}:{port}"
    path, query, fragment = (_escape(part) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def link_header(links: Iterable[Link]) -> str:
    """The value of a Link header (RFC 8288). Addresses are as web_address has them, without a quote or an angle."""
    return ", ".join(f'<{link.href}>; rel="{link.rel}"' for link in links)


def host_of(url: str) -> str:
    """The host of an address for people, without `www.`; empty where it has none."""
    return urlsplit(web_address(url)).netloc.removeprefix("www.")


def _ascii_host(host: str) -> str:
    """The host in ASCII, or empty where it is none. UnicodeError, which IDNA raises, is a ValueError."""
    name = host if host.isascii() else host.encode("idna").decode("ascii")
    name = f"[{name}]" if ":" in name else name
    return name if _HOST.fullmatch(name) else ""


def _escape(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=";/?:@&=+$.-_!~*'()%,", errors="ignore")
