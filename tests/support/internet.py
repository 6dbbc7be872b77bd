"""A small Internet whose every address leads to this machine, so that a publisher on 127.0.0.1 can have public ones."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import ip_address

import httpcore

from feedhub.net.guard import Address


def closed_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Internet(httpcore.AnyIOBackend):
    """`names` maps a host to the answers that it gives in turn, the last one for good; each is a text of addresses.

    Connections to an address in `dead` are refused, in `silent` they are never answered. `asked` are the names that
    were looked up, `reached` the addresses that were connected to.
    """

    def __init__(self, names: dict[str, list[str]], *, dead: Iterable[str] = (), silent: Iterable[str] = ()) -> None:
        self.asked: list[str] = []
        self.reached: list[str] = []
        self._names = {name: list(answers) for name, answers in names.items()}
        self._dead = frozenset(dead)
        self._silent = frozenset(silent)

    async def resolve(self, host: str, _port: int) -> list[Address]:
        self.asked.append(host)
        answers = self._names.get(host) or _literal(host)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ip_address(address) for address in answer.split()]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.reached.append(str(ip_address(host)))
        if host in self._silent:
            await self.sleep(3600 if timeout is None else timeout)
            raise httpcore.ConnectTimeout("silent")
        port = closed_port() if host in self._dead else port
        return await super().connect_tcp("127.0.0.1", port, timeout, local_address, socket_options)


def _literal(host: str) -> list[str]:
    """An address needs no name service."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
