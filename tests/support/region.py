"""A region of newsrooms whose clock is set by hand, and a record of all that was asked of them.

    region = Region(newsrooms(500, hosts=40, days=7))
    desk = Desk(store, folder, engine, network=region, resolve=region.resolve)   # without sockets
    region.serve(publisher)                                                      # or over them, from a publisher here
    region.now = moment; desk.poll(moment)
    region.requests                                # when, of whom, with which headers, answered how

Without sockets, hosts and addresses are the region's own.

A newsroom publishes at random but always the same times. Every document has validators, so that each may be asked
for conditionally.
"""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address

import httpcore

from feedhub.net.guard import Address
from support.feeds import NOON, item, rss
from support.publisher import Connection, Publisher, Request, head

_DAY = timedelta(days=1)
_WINDOW = 10  # items in a document
_DAILY = (0.2, 1.0, 4.0, 12.0)  # items a day, of one newsroom in four each
_HINTS = ("", "", "<ttl>60</ttl>", "<skipHours><hour>2</hour><hour>3</hour></skipHours>")


@dataclass(frozen=True, slots=True)
class Refusal:
    """From `start` to `end` the newsroom answers this, and asks to be left alone for so long."""

    start: datetime
    end: datetime
    status: int
    wait: timedelta
    as_date: bool


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A feed at `host` + `path` whose items come at these times; `hints` are elements of its channel."""

    host: str
    path: str
    times: Sequence[datetime]
    hints: str = ""
    etag: bool = True  # else Last-Modified
    refusal: Refusal | None = None

    def document(self, now: datetime) -> tuple[str, str]:
        """What it publishes at this time, and its validator."""
        count = bisect_right(self.times, now)
        newest = range(count - 1, max(count - 1 - _WINDOW, -1), -1)
        articles = (item(n, link=f"http://{self.host}{self.path}/{n}", published=self.times[n]) for n in newest)
        changed = self.times[count - 1] if count else NOON - 90 * _DAY
        validator = f'"{count}"' if self.etag else format_datetime(changed, usegmt=True)
        return rss(*articles).replace("<channel>", f"<channel>{self.hints}", 1), validator


def newsrooms(count: int, hosts: int, days: int) -> list[Newsroom]:
    """So many, spread over so many hosts: busy ones, quiet ones, one in ten silent from noon on, one in eight with a
    day on which it wants to be left alone for more than a day, by either form of Retry-After and either status."""
    return [_newsroom(number, hosts, days) for number in range(count)]


def _newsroom(number: int, hosts: int, days: int) -> Newsroom:
    chance = random.Random(number)
    until = NOON if number % 10 == 1 else NOON + days * _DAY
    times, moment = [], NOON - 20 * _DAY
    while (moment := moment + _DAY * chance.expovariate(_DAILY[number % 4])) < until:
        times.append(moment.replace(microsecond=0))
    start = NOON + timedelta(days=chance.uniform(0.5, 2.5))
    status, as_date = (503, 429)[number % 16 == 0], number % 24 == 0
    refusal = Refusal(start, start + _DAY, status, timedelta(hours=30), as_date) if number % 8 == 0 else None
    hints = _HINTS[number // 4 % len(_HINTS)]
    return Newsroom(f"host{number % hosts}.example", f"/{number}", times, hints, number % 3 > 0, refusal)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and how it was answered. `until`, `host_until`: to when the feed, or any feed of its host, had asked
    to be left alone; the host at an earlier moment, for at the same one requests are under way together."""

    at: datetime
    host: str
    path: str
    conditional: bool
    status: int
    until: datetime | None
    host_until: datetime | None

    @property
    def in_retry_after(self) -> bool:
        return self.until is not None and self.at < self.until

    @property
    def in_retry_after_of_host(self) -> bool:
        return self.host_until is not None and self.at < self.host_until


@dataclass
class Region(httpcore.AsyncNetworkBackend):
    """See the module. `most_at_once` are the most connections that each host had at the same time."""

    rooms: Sequence[Newsroom]
    now: datetime = NOON
    requests: list[Asked] = field(default_factory=list)
    most_at_once: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._rooms = {(room.host, room.path): room for room in self.rooms}
        hosts = dict.fromkeys(room.host for room in self.rooms)
        self._addresses = {host: ip_address(f"93.184.{n // 200}.{n % 200 + 1}") for n, host in enumerate(hosts)}
        self._open: Counter[str] = Counter()
        self._left_alone: dict[tuple[str, str], datetime] = {}
        self._hosts_left_alone: dict[str, list[tuple[datetime, datetime]]] = {}

    def listing(self, options: str) -> str:
        """feeds.yaml with all newsrooms, their ids `paper0` and so on, and these `defaults`."""
        lines = [f"  - {{id: paper{n}, url: 'http://{room.host}{room.path}'}}" for n, room in enumerate(self.rooms)]
        return "\n".join([f"defaults: {{{options}}}", "feeds:", *lines, ""])

    def of(self, room: Newsroom) -> list[Asked]:
        """The requests to one newsroom."""
        return [asked for asked in self.requests if (asked.host, asked.path) == (room.host, room.path)]

    def answer(self, host: str, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body to a request with these headers, their names in small letters; it is recorded."""
        room, key = self._rooms[host, path], (host, path)
        validator = headers.get("if-none-match") or headers.get("if-modified-since")
        status, fields, body = self._answer(room, validator)
        waits = self._left_alone.get(key), self._host_left_alone(host)
        self.requests.append(Asked(self.now, host, path, validator is not None, status, *waits))
        if status in (429, 503) and room.refusal:
            until = self.now + room.refusal.wait
            self._left_alone[key] = until
            self._hosts_left_alone.setdefault(host, []).append((self.now, until))
        return status, fields, body

    def _host_left_alone(self, host: str) -> datetime | None:
        asked = self._hosts_left_alone.get(host, ())
        return max((until for since, until in asked if since < self.now), default=None)

    def _answer(self, room: Newsroom, asked: str | None) -> tuple[int, dict[str, str], bytes]:
        refusal = room.refusal
        if refusal and refusal.start <= self.now < refusal.end:
            until = format_datetime(
                (self.now + refusal.wait).replace(microsecond=0) + timedelta(seconds=1), usegmt=True
            )
            seconds = str(round(refusal.wait.total_seconds()))
            return refusal.status, {"Retry-After": until if refusal.as_date else seconds}, b""
        document, validator = room.document(self.now)
        fields = {"ETag" if room.etag else "Last-Modified": validator}
        if asked == validator:
            return 304, fields, b""
        return 200, {"Content-Type": "application/rss+xml", **fields}, document.encode()

    # --- over sockets -------------------------------------------------------------------------------------------------

    def serve(self, publisher: Publisher) -> None:
        """Let a publisher on this machine answer for all newsrooms of its host."""

        def behave(connection: Connection, request: Request) -> None:
            headers = {name.lower(): value for name, value in request.headers}
            connection.answer(*self.answer(publisher.host, request.path, headers))

        for room in self.rooms:
            if room.host == publisher.host:
                publisher.behave(room.path, behave)

    # --- without sockets ----------------------------------------------------------------------------------------------

    async def resolve(self, host: str, _port: int) -> list[Address]:
        return [self._addresses[host]]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        (name,) = (name for name, address in self._addresses.items() if str(address) == host)
        self.opened(name)
        return _Stream(self, name)

    def opened(self, host: str) -> None:
        self._open[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._open[host])

    def closed(self, host: str) -> None:
        self._open[host] -= 1


class _Stream(httpcore.AsyncNetworkStream):
    """A connection for one request."""

    def __init__(self, region: Region, host: str) -> None:
        self._region, self._host = region, host
        self._sent = b""
        self._answer: bytes | None = None
        self._is_open = True

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        self._sent += buffer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        await asyncio.sleep(0)
        if self._answer is None:
            self._answer = self._respond()
        data, self._answer = self._answer[:max_bytes], self._answer[max_bytes:]
        return data

    def _respond(self) -> bytes:
        start, *lines = self._sent.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status, fields, body = self._region.answer(headers["host"], start.split(" ")[1], headers)
        return head(status, {**fields, "Content-Length": str(len(body))} if status != 304 else fields) + body

    async def aclose(self) -> None:
        if self._is_open:
            self._is_open = False
            self._region.closed(self._host)
