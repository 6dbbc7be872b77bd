"""Publishers that misbehave: what each does at /tigris, and what feedhub must make of it.

:data:`FAILURES` is read row by row: behaviour, requirement, class, words of the sentence, and the minutes until the
next poll where they matter. What goes wrong without a failure (an ETag that stands still, a 304 for ever, cookies, a
301 that flaps) has tests of its own: R20 and R21 in `test_passes`, R26 in `test_moves`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from support.feeds import NOON
from support.publisher import Connection, Publisher, Request, head

POLLED = NOON + timedelta(minutes=15)  # when the publisher misbehaves
NAMES = {
    "a.example": ["1.0.0.1"],
    "tigris.example": ["1.1.1.1"],
    "zagros.example": ["8.8.8.8"],
    "dead.example": ["9.9.9.9"],
    "intranet.example": ["10.0.0.7"],
    "rebound.example": ["1.1.1.1", "127.0.0.1"],
}
DEAD = ("9.9.9.9",)  # addresses where nobody listens

Misbehaviour = Callable[[Publisher], None]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a publisher `does`, and what comes of it: the class, and words of the sentence that `status` shows.

    `again` are the least and the most minutes until the next poll. `url` is the feed's address, where another.
    """

    requirement: str
    does: Misbehaviour
    state: str
    says: str
    again: tuple[float, float] = (5, 60)
    url: str = "http://tigris.example:{port}/tigris"


def answers(
    body: str | bytes = "", status: int = 200, content_type: str = "application/rss+xml", **headers: str
) -> Misbehaviour:
    """An answer in good order; a header's underscores stand for hyphens."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}

    def serve(publisher: Publisher) -> None:
        publisher.serve("/tigris", body, status=status, content_type=content_type, headers=fields)

    return serve


def raw(data: bytes) -> Misbehaviour:
    return lambda publisher: publisher.raw("/tigris", data)


def drips(data: bytes) -> Misbehaviour:
    return lambda publisher: publisher.drip("/tigris", data, 0.1)


def _slow_body(publisher: Publisher) -> None:
    def drip(connection: Connection, _: Request) -> None:
        connection.send(OK + b"\r\n")
        while True:
            connection.send(b" ")
            connection.pause(0.1)

    publisher.behave("/tigris", drip)


def redirects(to: str, status: int = 302) -> Misbehaviour:
    return lambda publisher: publisher.redirect("/tigris", to.format(port=publisher.port), status)


def nothing(_publisher: Publisher) -> None:
    """The publisher is well; its address is not."""


def _chain(publisher: Publisher) -> None:
    publisher.redirect("/tigris", "/1")
    for hop in range(1, 9):
        publisher.redirect(f"/{hop}", f"/{hop + 1}")


def _endless(publisher: Publisher) -> None:
    piece = b"<!-- more -->" * 1000
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    publisher.endless("/tigris", start, f"{len(piece):x}\r\n".encode() + piece + b"\r\n")


def _chained_entities() -> str:
    chain = "".join(f'<!ENTITY e{n} "&e{n - 1};">' for n in range(1, 30_000))
    channel = "<channel><title>Tigris Daily</title><description>&e29999;</description></channel>"
    return f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "x">{chain}]><rss>{channel}</rss>'


def _on(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


HTML = "text/html; charset=utf-8"
CHALLENGE = "<!doctype html><html><head><title>Just a moment...</title></head><body>Enable cookies</body></html>"
WELCOME = "<html><head><title>Welcome</title></head><body><p>News from the river.</p></body></html>"
EMPTIED = "<rss version='2.0'><channel></channel></rss>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
BOMB = gzip.compress(b"<rss>" + b" " * 60_000_000)
WEEK = 7 * 24 * 60

FAILURES: dict[str, Expected] = {
    # time
    "silence": Expected("R28", lambda publisher: publisher.hang("/tigris"), "timeout", "did not answer within 3 s"),
    "slowloris header": Expected("R28", drips(OK + b"X: " + b"x" * 1000), "timeout", "did not answer within 3 s"),
    "slowloris body": Expected("R28", _slow_body, "too_slow", "began to answer but did not"),
    # size
    "endless chunks": Expected("R28", _endless, "too_big", "larger than"),
    "gzip bomb": Expected("R28", answers(BOMB, Content_Encoding="gzip"), "too_big", "larger than"),
    "announced too big": Expected("R28", raw(OK + b"Content-Length: 9000000\r\n\r\n<rss>"), "too_big", "larger than"),
    "1 MB header": Expected("R28", raw(OK + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n"), "broken", "proper HTTP"),
    # framing
    "shorter than announced": Expected("R28", raw(OK + b"Content-Length: 5000\r\n\r\n<rss>"), "broken", "proper HTTP"),
    "chunks cut off": Expected("R28", raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>"), "broken", "HTTP"),
    "gzip cut off": Expected("R28", answers(BOMB[:99], Content_Encoding="gzip"), "broken", "cannot be read"),
    "brotli that nobody asked for": Expected("R28", answers(b"\x0b\x02", Content_Encoding="br"), "broken", "br"),
    "no HTTP": Expected("R28", raw(b"220 ftp ready\r\n"), "broken", "proper HTTP"),
    "reset": Expected("R28", lambda publisher: publisher.reset("/tigris"), "refused", "without an answer"),
    "empty": Expected("R28", answers(""), "broken", "empty document"),
    "a 304 that nobody asked for": Expected("R21", raw(head(304, {})), "broken", "answered 304"),
    # what is no feed
    "challenge page": Expected("R28", answers(CHALLENGE, content_type=HTML), "blocked", "Just a moment"),
    "challenge with 403": Expected("R28", answers(CHALLENGE, 403, HTML), "blocked", "a page to keep robots out"),
    "a page where a feed was": Expected("R28", answers(WELCOME, content_type=HTML), "blocked", "Welcome"),
    "JSON where a feed was": Expected("R28", answers('{"error": "no"}'), "blocked", "JSON"),
    "parser killer": Expected(
        "R32", answers("<rss version='2.0'><channel>" + "<a>" * 500_000), "broken", "the document cannot be read"
    ),
    # status
    "401": Expected("R28", answers("", 401), "forbidden", "answered 401"),
    "403": Expected("R24", answers("", 403), "forbidden", "see whether the feed needs `headers`"),
    "404": Expected("R24", answers("", 404), "not_found", "look for the feed's new address"),
    "410": Expected("R24", answers("", 410), "gone", "take the feed out of feeds.yaml", (1440, 1600)),
    "500": Expected("R24", answers("oops", 500), "server_error", "feedhub keeps trying"),
    # Retry-After
    "429 in seconds": Expected("R22", answers("", 429, Retry_After="7200"), "rate_limited", "too often", (120, 121)),
    "429 with a date": Expected(
        "R22", answers("", 429, Retry_After=_on(POLLED + timedelta(hours=3))), "rate_limited", "429", (180, 181)
    ),
    "503 in seconds": Expected("R22", answers("", 503, Retry_After="7200"), "rate_limited", "overloaded", (120, 121)),
    "503 with a date": Expected(
        "R22", answers("", 503, Retry_After=_on(POLLED + timedelta(hours=3))), "rate_limited", "503", (180, 181)
    ),
    "503 without": Expected("R22", answers("", 503), "server_error", "503"),
    "negative Retry-After": Expected("R22", answers("", 429, Retry_After="-7200"), "rate_limited", "too often"),
    "Retry-After in the past": Expected(
        "R22", answers("", 503, Retry_After=_on(POLLED - timedelta(days=1))), "server_error", "503"
    ),
    "Retry-After that is no time": Expected("R22", answers("", 429, Retry_After="soon"), "rate_limited", "too often"),
    "Retry-After of an age": Expected(
        "R22", answers("", 429, Retry_After="9" * 99), "rate_limited", "too often", (WEEK, WEEK + 1)
    ),
    # redirects
    "loop": Expected("R26", redirects("/tigris"), "redirect_loop", "in a circle"),
    "chain": Expected("R26", _chain, "redirect_loop", "more than 5 times"),
    "redirect to a file": Expected("R31", redirects("file:///etc/passwd"), "broken", "a file: address"),
    "redirect to nowhere": Expected("R26", redirects("http://a:b/"), "broken", "not an address"),
    "redirect to this machine": Expected(
        "R31", redirects("http://127.0.0.1:{port}/secret"), "private_address", "--allow-private"
    ),
    "redirect to an intranet": Expected(
        "R31", redirects("http://intranet.example:{port}/secret"), "private_address", "10.0.0.7"
    ),
    # before anything is asked
    "a name that changes its answer": Expected(
        "R31", nothing, "private_address", "127.0.0.1", url="http://rebound.example:{port}/tigris"
    ),
    "no such name": Expected("R28", nothing, "dns", "check the host's name", url="http://lost.example:{port}/tigris"),
    "nobody listens": Expected("R28", nothing, "refused", "refused", url="http://dead.example:{port}/tigris"),
    "no TLS": Expected("R28", nothing, "tls", "agree on TLS", url="https://tigris.example:{port}/tigris"),
}

HARMLESS: dict[str, Misbehaviour] = {
    "longer than announced": raw(OK + f"Content-Length: {len(EMPTIED)}\r\n\r\n{EMPTIED}<script>".encode()),
    "emptied": answers(EMPTIED),
    "a gzip header that is wrong": answers(EMPTIED, Content_Encoding="gzip"),
    "a chain of entities": answers(_chained_entities()),
}
"""What is no failure, and changes no byte of any output either."""
