"""Where a published thing stands below the site's address, and addresses as documents may hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from feedhub.models import OutputView

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\]")


@dataclass(frozen=True, slots=True)
class OutputLink:
    """An output as something to subscribe to: `path` is its address below the site without extension.

    `query` is that of a selection from it, empty for all of it.
    """

    name: str
    title: str
    path: str
    query: str = ""

    @property
    def page(self) -> str:
        """The address of the output's page for people, below the site's. The output `all` is the front page."""
        return self._selected("" if self.name == "all" else self.path)

    def feed(self, extension: str) -> str:
        """The address of its document in the format of this extension, below the site's."""
        return self._selected(f"{self.path}.{extension}")

    def _selected(self, path: str) -> str:
        return f"{path}?{self.query}" if self.query else path


def link_to(view: OutputView) -> OutputLink:
    """The output that a view shows; the same for the view of one of its archive pages, whose path is longer."""
    return OutputLink(view.name, view.title, "feed" if view.name == "all" else f"feeds/{view.name}", view.query)


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
