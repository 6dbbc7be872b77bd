"""Conditional requests and content negotiation, as pure functions of headers (RFC 9110)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_TAG = re.compile(r'(?:W/)?("[^"]*")')


def is_fresh(etag: str, modified: datetime, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether the client's copy is the current one: 304.

    If-None-Match is compared weakly and wins over If-Modified-Since (RFC 9110 sections 13.1.2, 13.2.2); what cannot be
    understood counts as absent.
    """
    if if_none_match is not None:
        tags = _TAG.findall(if_none_match)
        if tags or if_none_match.strip() == "*":
            return not tags or etag in tags
    since = _date(if_modified_since)
    return since is not None and modified.replace(microsecond=0) <= since


def prefers_gzip(accept_encoding: str | None) -> bool:
    """Whether the client had rather have gzip than the plain bytes (RFC 9110 section 12.5.3).

    A weight of zero refuses a coding; the star stands for those that are not named; plain bytes that are not named are
    the last choice. A client that refuses the plain bytes gets gzip unless it refuses that too.
    """
    weights: dict[str, float] = {}
    for part in (accept_encoding or "").split(","):
        coding, _, parameters = part.partition(";")
        weights[coding.strip().lower()] = _weight(parameters)
    others = weights.get("*")
    gzip = weights.get("gzip", others)
    plain = weights.get("identity", 0.0 if others == 0 else None)
    if plain == 0:
        return gzip != 0
    return gzip is not None and gzip > 0 and gzip >= (plain or 0)


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _date(header: str | None) -> datetime | None:
    if not header:
        return None
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)  # asctime's form has no zone and means GMT
