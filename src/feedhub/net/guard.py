"""Which addresses may be connected to, decided at connect time (R31).

The name is resolved once, every address it has must be public, and the connection goes to one of those addresses: a
name that changes its answer between check and connect (DNS rebinding) changes nothing. TLS still verifies the name.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Thread

import httpcore
from httpcore import SOCKET_OPTION, AsyncNetworkStream

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

# IANA's special-purpose registries (RFC 6890 and updates), written out because `ipaddress.is_global` differs between
# Python's patch releases and calls NAT64 and multicast global.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: the clouds' metadata service
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Outside of it lie loopback, mapped IPv4, NAT64, unique local, link-local and multicast: all that embeds or is private.
_GLOBAL_UNICAST_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: embeds any IPv4 address
        "3fff::/20",  # documentation
    )
)
_ADDRESSES_TRIED = 4


class NameNotResolved(httpcore.ConnectError):
    """The host name has no address, or the resolver did not answer."""


class PrivateAddress(httpcore.ConnectError):
    """The host has an address that is not public, and private addresses are not allowed."""


class Unreachable(httpcore.ConnectError):
    """No address of the host accepted the connection."""


def is_public(address: Address) -> bool:
    """Whether this is a global unicast address: one that anybody on the Internet could ask."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _GLOBAL_UNICAST_6 and not any(address in network for network in _NOT_PUBLIC_6)


class SystemResolver:
    """The operating system's resolver, at most `threads` look-ups at once.

    Each has a daemon thread: one that hangs, for minutes where the name server is silent, neither fills the event
    loop's own threads, on which others wait, nor holds up the end of the process, as an executor's would.
    """

    def __init__(self, threads: int) -> None:
        self._free = asyncio.Semaphore(threads)

    async def __call__(self, host: str, port: int) -> list[Address]:
        """The addresses in the system's order of preference. Raises OSError, UnicodeError."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Address]] = loop.create_future()

        def tell(found: list[Address] | Exception) -> None:
            self._free.release()
            if answer.cancelled():
                return
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look_up() -> None:
            found = _look_up(host, port)
            with suppress(RuntimeError):  # the loop has ended: nobody waits
                loop.call_soon_threadsafe(tell, found)

        Thread(target=look_up, name="resolver", daemon=True).start()
        return await answer


def _look_up(host: str, port: int) -> list[Address] | Exception:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return error
    return list(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's network with a gate before it. `network` makes the connections, to addresses only, never to names."""

    def __init__(
        self, resolve: Resolve, *, allow_private: bool, network: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        self._network = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to the first address that answers; `timeout` seconds are shared fairly among them.

        Raises NameNotResolved, PrivateAddress, Unreachable, httpcore.ConnectTimeout.
        """
        until = None if timeout is None else time.monotonic() + timeout
        addresses = (await self._vetted(host, port, timeout))[:_ADDRESSES_TRIED]
        for left in range(len(addresses), 0, -1):
            share = None if until is None else max(until - time.monotonic(), 0) / left
            address = str(addresses[-left])
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except httpcore.ConnectTimeout:
                if left == 1:
                    raise
            except httpcore.ConnectError as error:
                if left == 1:
                    raise Unreachable(_reason(error)) from error
        raise NameNotResolved("it has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        raise PrivateAddress("a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _vetted(self, host: str, port: int, seconds: float | None) -> Sequence[Address]:
        """All addresses of the host. One private address among public ones is enough to refuse them all."""
        try:
            async with asyncio.timeout(seconds):
                addresses = await self._resolve(host, port)
        except TimeoutError as error:
            raise NameNotResolved("the resolver did not answer in time") from error
        except (OSError, UnicodeError) as error:
            raise NameNotResolved(getattr(error, "strerror", None) or "it is not a valid name") from error
        refused = [] if self._allow_private else [address for address in addresses if not is_public(address)]
        if refused:
            raise PrivateAddress(str(refused[0]))
        return addresses


def _reason(error: httpcore.ConnectError) -> str:
    """The system's word for it; anyio wraps the error of the one address it tried."""
    cause: object = error
    while isinstance(cause, BaseException):
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)
        cause = cause.__cause__
    return "no connection"
