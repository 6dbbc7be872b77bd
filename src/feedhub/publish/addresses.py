"""Where a published thing stands below the site's address, and addresses as documents may hold them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from feedhub.models import Link, OutputView
from feedhub.net.address import parse


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
    return str(parse(url) or "")


def link_header(links: Iterable[Link]) -> str:
    """The value of a Link header (RFC 8288). Addresses are as web_address has them, without a quote or an angle."""
    return ", ".join(f'<{link.href}>; rel="{link.rel}"' for link in links)


def host_of(url: str) -> str:
    """The host of an address for people, without `www.`; empty where it has none."""
    return urlsplit(web_address(url)).netloc.removeprefix("www.")
