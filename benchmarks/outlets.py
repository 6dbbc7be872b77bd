"""Outlets on loopback for benchmarks to poll: RSS of invented words, entity tags, and nothing slow about them."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_START = datetime(2026, 1, 1, tzinfo=UTC)
_VOCABULARY = """
    the a of in and to for council ministry river road bridge school teachers market water power price oil wheat
    rain winter summer border city village governor said announced opened closed repaired delayed agreed met new old
    north south after before until million hundred workers farmers students hospital court project budget season
"""
_PARAGRAPHS, _WORDS_EACH = 4, 40
_AGENCY_EVERY, _AGENCY_GROUP = 10, 10  # every tenth item is an agency's, and ten outlets carry it


class Outlets:
    """`count` feeds of `items` items each. A feed answers 304 to its entity tag until it publishes again."""

    def __init__(self, count: int, items: int) -> None:
        self.count, self.items = count, items
        self._published = [items] * count
        self._documents = [self._write(feed) for feed in range(count)]

    @property
    def size(self) -> int:
        """Bytes of all documents together."""
        return sum(map(len, self._documents))

    def document(self, feed: int) -> bytes:
        """The feed as it is served now."""
        return self._documents[feed]

    def publish(self, every: int) -> int:
        """One new item in every `every`-th feed, the oldest drops out; returns how many feeds that are."""
        changed = range(0, self.count, every)
        for feed in changed:
            self._published[feed] += 1
            self._documents[feed] = self._write(feed)
        return len(changed)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Listen on a free port of 127.0.0.1; yields the address, under which feed 7 is `7.xml`."""
        async with await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=256) as server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        body = self._documents[int(request.split("/", 2)[1].partition(".")[0])]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        known = etag in request
        status = "304 Not Modified" if known else "200 OK"
        content = f"Content-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n" * (not known)
        writer.write(f"HTTP/1.1 {status}\r\nETag: {etag}\r\n{content}Connection: close\r\n\r\n".encode())
        writer.write(b"" if known else body)
        writer.close()
        await writer.wait_closed()

    def _write(self, feed: int) -> bytes:
        newest = self._published[feed]
        items = "".join(_item(feed, number) for number in range(newest, newest - self.items, -1))
        head = f"<title>Outlet {feed}</title><link>https://outlet-{feed}.example/</link><description/>"
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _item(feed: int, number: int) -> str:
    agency = number % _AGENCY_EVERY == 0
    page = f"agency-{feed // _AGENCY_GROUP}.example" if agency else f"outlet-{feed}.example"
    chance, words = random.Random(f"{page} {number}"), _VOCABULARY.split()
    title = " ".join(chance.choices(words, k=8))
    text = "".join(f"<p>{' '.join(chance.choices(words, k=_WORDS_EACH))}</p>" for _ in range(_PARAGRAPHS))
    return (
        f"<item><title>{title}</title><link>https://{page}/news/{number}-{title.replace(' ', '-')}</link>"
        f"<guid>outlet-{feed}-{number}</guid><pubDate>{format_datetime(_START + timedelta(minutes=number))}</pubDate>"
        f"<description><![CDATA[{text}]]></description></item>"
    )
