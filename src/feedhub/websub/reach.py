"""Where hubs reach us, and whether they could, told from the address alone: no name is looked up."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from feedhub.net.guard import is_public

CALLBACKS = "websub/callback/"  # below the site's address
# RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what is usual on networks of one's own.
_OWN_NETWORKS = ("localhost", "local", "internal", "home.arpa", "lan", "home", "corp", "intranet", "private")
_NOWHERE = ("test", "example", "invalid", "onion", "alt")


def hindrance(site_url: str | None, *, allow_private: bool) -> str:
    """Why no hub is asked to push to us, in words; empty where nothing is in the way. `site_url` as configured."""
    if allow_private:
        return ""
    if site_url is None:
        return "site.url is not set"
    host = (urlsplit(site_url).hostname or "").removesuffix(".")
    return "" if _is_public_host(host) else f"site.url names {host}, which hubs on the Internet cannot reach"


def _is_public_host(host: str) -> bool:
    try:
        return is_public(ip_address(host))
    except ValueError:
        return "." in host and not any(f".{host}".endswith(f".{ending}") for ending in (*_OWN_NETWORKS, *_NOWHERE))
