"""Where a published thing stands below the site's address, and addresses as documents may hold them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from feedhub.models import OutputView
from feedhub.net.address import parse


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
    return str(parse(url) or "")


def host_of(url: str) -> str:
    """The host of an address for people, without `www.`; empty where it has none."""
    return urlsplit(web_address(url)).netloc.removeprefix("www.")
