"""A good publisher's answers: validators, 304 and gzip (RFC 9110, sections 8.8, 12.5.3 and 13)."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from starlette.responses import Response

MAX_AGE = 2  # seconds: at most as long as the hub waits between two polls


def answer(headers: Mapping[str, str], body: bytes, content_type: str, modified: datetime) -> Response:
    """`body` to a request with `headers`, compressed where the client takes gzip; or 304 where it has it already.

    `modified` is aware, in UTC and whole seconds. Each encoding is a representation of its own, with its own ETag.
    """
    compressed = "gzip" in headers.get("accept-encoding", "")
    etag = f'"{sha256(body).hexdigest()[:20]}{"-gzip" if compressed else ""}"'
    own = {
        "ETag": etag,
        "Last-Modified": format_datetime(modified, usegmt=True),
        "Cache-Control": f"public, max-age={MAX_AGE}",
        "Vary": "Accept-Encoding",
    }
    if _has_it(headers, etag, modified):
        return Response(status_code=304, headers=own)
    if compressed:
        body, own = gzip.compress(body, mtime=0), own | {"Content-Encoding": "gzip"}
    return Response(body, headers=own, media_type=f"{content_type}; charset=utf-8")


def _has_it(headers: Mapping[str, str], etag: str, modified: datetime) -> bool:
    """RFC 9110, section 13.2.2: If-Modified-Since counts only where there is no If-None-Match."""
    if (tags := headers.get("if-none-match")) is not None:
        return tags.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    try:
        return modified <= parsedate_to_datetime(headers.get("if-modified-since", ""))
    except (ValueError, TypeError):  # no date, a malformed one, or one without a zone
        return False
