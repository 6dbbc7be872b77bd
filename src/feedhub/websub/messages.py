"""What goes to a hub and comes from it: the request, the question whether it was ours, the signature."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

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
    """What a hub says or asks at a callback (sections 5.2 and 5.3). `lease` is None where it makes no sense."""

    mode: str
    topic: str
    challenge: str = ""
    lease: timedelta | None = None
    reason: str = ""


def read_intent(query: Mapping[str, str]) -> Intent:
    """The intent in the query of a GET."""
    seconds = query.get("hub.lease_seconds", "")
    return Intent(
        mode=query.get("hub.mode", ""),
        topic=query.get("hub.topic", ""),
        challenge=query.get("hub.challenge", ""),
        lease=timedelta(seconds=int(seconds)) if _SECONDS.fullmatch(seconds) else None,
        reason=query.get("hub.reason", ""),
    )


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
    expected = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode(), digest.strip().lower().encode())
