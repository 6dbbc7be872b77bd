"""Addresses inside an item, made absolute. A link's own cleaning is :func:`feedhub.net.urls.clean_link`."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from feedhub.ingest.characters import publishable

WEB = frozenset({"http", "https"})
_SAFE = "%/:=&?~#+!$,;'@()*"
_HOST = re.compile(r"[^\s<>\"'\\^`{|}%]+")
_IGNORED = re.compile(r"[\t\r\n]+")  # as browsers do (WHATWG URL, 4.4)
_LONGEST = 4_000


def absolute(address: str, base: str = "", schemes: frozenset[str] = WEB) -> str:
    """`address` resolved against `base` and percent-encoded, its query kept; empty where that gives none of `schemes`.

    An address relative to its scheme (`//host/path`) is https where no base says otherwise.
    """
    address = _IGNORED.sub("", address).strip()
    if not address or len(address) > _LONGEST:
        return ""
    try:
        parts = urlsplit(publishable(urljoin(base or "https:", publishable(address))))
        located = parts.scheme not in WEB or (parts.hostname and _HOST.fullmatch(parts.netloc))
        if parts.scheme not in schemes or not located:
            return ""
        path, query, fragment = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
        return urlunsplit((parts.scheme, parts.netloc, path, query, fragment))
    except ValueError:  # an unclosed bracket, a port that is no number
        return ""
