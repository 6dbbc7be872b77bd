"""Where hubs and subscribers reach us, and who can be reached, told from the address alone: no name is looked up."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from feedhub.net.guard import is_public

HUB = "websub"  # below the site's address
CALLBACKS = "websub/callback/"
# RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what is usual on networks of one's own.
_OWN_NETWORKS = ("localhost", "local", "internal", "home.arpa", "lan", "home", "corp", "intranet", "private")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)  # an address in short, such as 127.1: no domain is one
_NOWHERE = ("test", "example", "invalid", "onion", "alt")


def hindrance(site_url: str | None, *, allow_private: bool) -> str:
    """Why no hub is asked to push to us, in words; empty where nothing is in the way. `site_url` as configured."""
    if allow_private:
        return ""
    if site_url is None:
        return "site.url is not set"
    host = urlsplit(site_url).hostname or ""
    return "" if is_public_host(host) else f"site.url names {host}, which hubs on the Internet cannot reach"


def is_public_host(host: str) -> bool:
    """Whether a name or an address may be one of the public Internet's; what a name leads to is not known here."""
    host = host.removesuffix(".")
    try:
        return is_public(ip_address(host))
    except ValueError:
        _, dot, last = host.rpartition(".")
        if not dot or _NUMBER.fullmatch(last):
            return False
        return not any(f".{host}".endswith(f".{ending}") for ending in (*_OWN_NETWORKS, *_NOWHERE))
