"""The proxy that an operator names (`FEEDHUB_PROXY`): all requests go through it, and it judges where they may lead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import httpcore
from httpcore import SOCKET_OPTION, AsyncNetworkStream

from feedhub.net.address import origin
from feedhub.net.guard import GuardedBackend, NameNotResolved, Unreachable

_SHAPE = "it must be http://HOST:PORT or http://USER:PASSWORD@HOST:PORT"


class ProxyUnreachable(httpcore.ConnectError):
    """The proxy has no address, or does not accept a connection."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """An http proxy. `url` is without user and password, which are shown nowhere."""

    url: str
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Proxy:
        """Raises ValueError; the message says what is expected, without the value."""
        try:
            parts = urlsplit(text)
            _scheme, host, port = origin(text)
            named = parts.port is not None
        except ValueError:
            raise ValueError(_SHAPE) from None
        rest = parts.path.removeprefix("/") + parts.query + parts.fragment
        if parts.scheme != "http" or not named or not port or rest or " " in text or not text.isprintable():
            raise ValueError(_SHAPE)
        user = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
        return cls(f"http://{f'[{host}]' if ':' in host else host}:{port}", user)

    def as_httpcore(self) -> httpcore.Proxy:
        user, password = self.credentials or ("", "")
        return httpcore.Proxy(self.url, auth=(user.encode(), password.encode()) if self.credentials else None)


class ProxyBackend(GuardedBackend):
    """httpcore's network where it leads to a proxy alone: that may be private, and its faults are no feed's."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Raises ProxyUnreachable."""
        try:
            return await super().connect_tcp(host, port, timeout, local_address, socket_options)
        except httpcore.ConnectTimeout as error:
            raise ProxyUnreachable("it did not accept a connection in time") from error
        except (NameNotResolved, Unreachable) as error:
            raise ProxyUnreachable(str(error)) from error
