"""Who may read what is the operator's: `/status` and `/metrics`."""

from __future__ import annotations

import base64
import ipaddress
import secrets
from dataclasses import dataclass, field

CHALLENGE = 'Basic realm="feedhub", charset="UTF-8"'  # so that a browser asks; Bearer is taken as well


@dataclass(frozen=True, slots=True)
class Access:
    """With a `token` whoever has it, without one anybody where `anybody`, else nobody."""

    token: str | None = field(default=None, repr=False)
    anybody: bool = True

    @classmethod
    def at(cls, host: str, token: str | None) -> Access:
        """Of a service that listens at `host`: without a token it is for this machine alone."""
        return cls(token or None, anybody=_is_loopback(host))

    def admits(self, authorization: str | None) -> bool:
        """Whether a request with this header may read: `Bearer TOKEN`, or Basic with the token as password."""
        if self.token is None:
            return self.anybody
        return secrets.compare_digest(_credential(authorization or "").encode(), self.token.encode())


LOCAL = Access()
"""Of what listens on this machine alone."""


def _credential(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                return base64.b64decode(value, validate=True).decode().partition(":")[2]
            except ValueError:  # it is not base64, or not UTF-8
                return ""
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
