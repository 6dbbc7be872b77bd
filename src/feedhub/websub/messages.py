"""What goes between a hub and a subscriber: the request, the question whether it was meant, the signature."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode

Mode = Literal["subscribe", "unsubscribe"]

_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)


def request_form(mode: Mode, topic: str, callback: str, secret: str, lease: timedelta) -> dict[str, str]:
    """The form that asks a hub to begin or to end a subscription (WebSub section 5.1)."""
    form = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback}
    if mode == "subscribe":
        form |= {"hub.secret": secret, "hub.lease_seconds": str(int(lease.total_seconds()))}
    return form


@dataclass(frozen=True, slots=True)
class Intent:
    """What a hub says or asks at a callback (sections 5.2 and 5.3). `lease` is None where it makes no sense.

    :func:`read_intent` reads it, :func:`question` writes it.
    """

    mode: str
    topic: str
    challenge: str = ""
    lease: timedelta | None = None
    reason: str = ""


def read_intent(query: Mapping[str, str]) -> Intent:
    """The intent in the query of a GET."""
    return Intent(
        mode=query.get("hub.mode", ""),
        topic=query.get("hub.topic", ""),
        challenge=query.get("hub.challenge", ""),
        lease=read_lease(query.get("hub.lease_seconds", "")),
        reason=query.get("hub.reason", ""),
    )


def question(callback: str, intent: Intent) -> str:
    """The address that puts this to a subscriber: its callback, whose own query stays (sections 5.2 and 5.3)."""
    seconds = None if intent.lease is None else int(intent.lease.total_seconds())
    said = {
        "hub.mode": intent.mode,
        "hub.topic": intent.topic,
        "hub.challenge": intent.challenge or None,
        "hub.lease_seconds": seconds,
        "hub.reason": intent.reason or None,
    }
    query = urlencode({name: value for name, value in said.items() if value is not None})
    return f"{callback}{'&' if '?' in callback else '?'}{query}"


def read_lease(seconds: str) -> timedelta | None:
    """The time that a `hub.lease_seconds` means; None where it makes no sense."""
    return timedelta(seconds=int(seconds)) if _SECONDS.fullmatch(seconds) else None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was sent to a callback. `signature` is X-Hub-Signature, `links` are the values of Link."""

    body: bytes = field(repr=False)
    content_type: str
    signature: str
    links: tuple[str, ...]


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether `signature`, the value of X-Hub-Signature, is that of the body as it came (section 7.1)."""
    method, _, digest = signature.strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    return hmac.compare_digest(_digest(body, method.lower(), secret).encode(), digest.strip().lower().encode())


def signature(body: bytes, secret: str) -> str:
    """The X-Hub-Signature of a body, by the method that all subscribers know and that is not broken (section 7.1)."""
    return f"sha256={_digest(body, 'sha256', secret)}"


def _digest(body: bytes, method: str, secret: str) -> str:
    return hmac.new(secret.encode(), body, method).hexdigest()
