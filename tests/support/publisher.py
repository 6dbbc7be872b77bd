"""A publisher: a real HTTP server on this machine that serves what it is told, well or badly.

    with Publisher() as publisher:                       # 127.0.0.1 on a free port; "127.0.0.2" is another host
        publisher.serve("/feed.xml", RSS, etag='"1"')    # answers 304 to its validators by itself
        publisher.redirect("/old", "/feed.xml", 301)     # the target as it stands in Location
        ... publisher.url("/feed.xml") ...               # "http://127.0.0.1:54321/feed.xml"
        assert publisher.requests_to("/feed.xml")[0].header("User-Agent") == "..."

Each path has one behaviour, which may be replaced at any time, also between two requests; other paths answer 404. A
query does not change the path. Every connection serves one request, in a thread of its own, and is then closed.

Behaviours: `serve` (an answer in good order), `redirect`, `raw` (bytes exactly as given), `drip` (bytes one at a time),
`endless` (until the client leaves), `hang` (nothing), `reset` (a TCP reset), and `behave` for any other: a function of
the :class:`Connection` and the :class:`Request`. `forget` takes a path away. `requests` are all requests so far, with
method, target, headers, body and time. `tls=` is a server's SSLContext and makes it an https publisher.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

_PATIENCE = 10.0  # seconds that a client may be silent


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. `at` is `time.monotonic()` once its headers were there; `headers` keep order and case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The first header of this name in any case, decoded as Latin-1, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Connection:
    """The way back to one client, for behaviours of one's own. A client that left ends the behaviour quietly."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self._socket = sock
        self._stopping = stopping

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """A whole answer; Content-Length is counted unless it is among the headers."""
        length = {} if "Content-Length" in headers else {"Content-Length": str(len(body))}
        self.send(head(status, {**headers, **length}) + body)

    def pause(self, seconds: float) -> None:
        """Wait; ends the behaviour when the publisher stops."""
        if self._stopping.wait(seconds):
            raise ConnectionAbortedError("the publisher has stopped")

    def reset(self) -> None:
        """Close with a TCP reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()


Behaviour = Callable[[Connection, Request], None]


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers, as bytes to send. Header values are encoded as Latin-1."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


class Listener(ABC):
    """A TCP server on a free port while its context lasts, with a thread for each connection."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._server = _Server((host, 0), self.handle)
        self.host = host
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @abstractmethod
    def handle(self, sock: socket.socket) -> None:
        """Serve one connection."""


class Publisher(Listener):
    """See the module. All methods may be called from any thread."""

    def __init__(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(host)
        self.requests: list[Request] = []
        self._tls = tls
        self._stopping = threading.Event()
        self._behaviours: dict[str, Behaviour] = {}

    def __exit__(self, *error: object) -> None:
        self._stopping.set()
        super().__exit__(*error)

    def url(self, path: str) -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}{path}"

    def requests_to(self, path: str) -> list[Request]:
        return [request for request in list(self.requests) if request.path == path]

    def behave(self, path: str, behaviour: Behaviour) -> None:
        self._behaviours[path] = behaviour

    def forget(self, path: str) -> None:
        self._behaviours.pop(path, None)

    def serve(
        self,
        path: str,
        body: bytes | str,
        *,
        content_type: str = "application/rss+xml",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> None:
        """An answer in good order. A GET with its validators is answered 304; If-None-Match goes before the date."""
        content = body.encode() if isinstance(body, str) else body
        validators = {name: value for name, value in (("ETag", etag), ("Last-Modified", last_modified)) if value}
        fields = {"Content-Type": content_type, **validators, **(headers or {})}

        def answer(connection: Connection, request: Request) -> None:
            if _unchanged(request, etag, last_modified):
                connection.send(head(304, validators))
            else:
                connection.answer(status, fields, b"" if request.method == "HEAD" else content)

        self.behave(path, answer)

    def redirect(self, path: str, to: str, status: int = 302, headers: Mapping[str, str] | None = None) -> None:
        fields = {"Location": to, **(headers or {})}
        self.behave(path, lambda connection, _: connection.answer(status, fields))

    def raw(self, path: str, data: bytes) -> None:
        self.behave(path, lambda connection, _: connection.send(data))

    def drip(self, path: str, data: bytes, every: float) -> None:
        """`data` one byte at a time, `every` seconds apart: a slowloris."""

        def drip(connection: Connection, _: Request) -> None:
            for byte in data:
                connection.send(bytes([byte]))
                connection.pause(every)

        self.behave(path, drip)

    def endless(self, path: str, start: bytes, piece: bytes) -> None:
        """`start`, then `piece` as fast as the client reads, for ever."""

        def stream(connection: Connection, _: Request) -> None:
            connection.send(start)
            while True:
                connection.send(piece)

        self.behave(path, stream)

    def hang(self, path: str) -> None:
        self.behave(path, lambda connection, _: connection.pause(3600))

    def reset(self, path: str) -> None:
        self.behave(path, lambda connection, _: connection.reset())

    def handle(self, sock: socket.socket) -> None:
        sock.settimeout(_PATIENCE)
        with contextlib.suppress(OSError), self._wrapped(sock) as stream:
            request = _read(stream)
            if request is None:
                stream.sendall(head(400, {}))
                return
            self.requests.append(request)
            behaviour = self._behaviours.get(request.path, _not_found)
            behaviour(Connection(stream, self._stopping), request)
            stream.shutdown(socket.SHUT_WR)

    def _wrapped(self, sock: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(sock, server_side=True) if self._tls else sock


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], handle: Callable[[socket.socket], None]) -> None:
        self._handle = handle
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        assert isinstance(request, socket.socket)
        self._handle(request)


def _not_found(connection: Connection, _: Request) -> None:
    connection.answer(404, {"Content-Type": "text/plain"}, b"nothing here")


def _unchanged(request: Request, etag: str | None, last_modified: str | None) -> bool:
    """RFC 9110 section 13.2.2: If-Modified-Since is looked at only where If-None-Match is not sent."""
    asked = request.header("If-None-Match")
    if asked is not None:
        return etag is not None and asked == etag
    return last_modified is not None and request.header("If-Modified-Since") == last_modified


def _read(sock: socket.socket) -> Request | None:
    """One request, or None where it is not HTTP. Raises OSError where the client leaves first."""
    received = _some(sock)
    if not received[:1].isalpha():
        return None
    while b"\r\n\r\n" not in received:
        received += _some(sock)
    at = time.monotonic()
    start, _, body = received.partition(b"\r\n\r\n")
    request_line, *lines = start.decode("latin-1").split("\r\n")
    method, target, _version = request_line.split(" ")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    length = int(next((value for name, value in headers if name.lower() == "content-length"), "0"))
    while len(body) < length:
        body += _some(sock)
    return Request(method, target, headers, body, at)


def _some(sock: socket.socket) -> bytes:
    data = sock.recv(65536)
    if not data:
        raise ConnectionAbortedError("the client left")
    return data
