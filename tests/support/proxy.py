"""A little HTTP proxy on this machine, with and without a password: GET by absolute address, and CONNECT.

    with Proxy(password="user:secret") as proxy:
        ... "http://user:secret@127.0.0.1:{proxy.port}" ...
        assert proxy.asked == ["GET http://a.example/feed", "CONNECT a.example:443"]

Every name leads to 127.0.0.1, at the port that was asked for.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from urllib.parse import urlsplit

from support.publisher import Listener

_PATIENCE = 10.0  # seconds


class Proxy(Listener):
    """See the module. `refuses` is a status that every request gets in place of an answer."""

    def __init__(self, password: str = "", refuses: int = 0) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.heads: list[str] = []
        self._wanted = f"Basic {base64.b64encode(password.encode()).decode()}" if password else ""
        self._refuses = refuses

    def handle(self, client: socket.socket) -> None:
        """A client that leaves ends it quietly."""
        with contextlib.suppress(OSError):
            self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        client.settimeout(_PATIENCE)
        received = b""
        while b"\r\n\r\n" not in received:
            received += client.recv(65536)
        head, _, rest = received.partition(b"\r\n\r\n")
        request_line, *lines = head.decode("latin-1").split("\r\n")
        method, target, version = request_line.split(" ")
        self.asked.append(f"{method} {target}")
        self.heads.append(head.decode("latin-1"))
        sent = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if self._wanted and sent.get("proxy-authorization") != self._wanted:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif self._refuses:
            client.sendall(f"HTTP/1.1 {self._refuses} No\r\nContent-Length: 0\r\n\r\n".encode())
        elif method == "CONNECT":
            with _to(int(target.rpartition(":")[2])) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _relay(client, server)
        else:
            parts = urlsplit(target)
            onward = [line for line in lines if not line.lower().startswith("proxy-")]
            path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            with _to(parts.port or 80) as server:
                server.sendall("\r\n".join([f"{method} {path} {version}", *onward, "", ""]).encode("latin-1") + rest)
                _relay(client, server)


def _to(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Both ways until the server has said all; a thread of its own carries what the client says."""
    up = threading.Thread(target=_pour, args=(client, server), daemon=True)
    up.start()
    _pour(server, client)
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
    up.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
