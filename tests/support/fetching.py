"""Words for tests that fetch: one GET, and the outcome that is expected of it."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

from feedhub.models import Failed, Fetched, FetchRequest
from feedhub.net.fetch import Fetcher

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
AGENT = "feedhub/0.1 (+https://hub.example/; ops@hub.example)"
RSS = b'<rss version="2.0"><channel><title>Erbil</title></channel></rss>'

NO_AUTHORITY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, and is made at once where no TLS is needed


async def fetched(fetcher: Fetcher, request: FetchRequest | str) -> Fetched:
    """Fetch it, and be sure that it was fetched."""
    result = await fetcher.fetch(FetchRequest(request) if isinstance(request, str) else request, NOW)
    assert isinstance(result, Fetched), result
    return result


async def failed(fetcher: Fetcher, request: FetchRequest | str) -> Failed:
    """Fetch it, and be sure that it failed, with a sentence that may be shown."""
    result = await fetcher.fetch(FetchRequest(request) if isinstance(request, str) else request, NOW)
    assert isinstance(result, Failed), result
    assert result.detail.endswith(".")
    assert len(result.detail) < 300
    return result
