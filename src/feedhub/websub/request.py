"""What subscribers ask of our hub (WebSub section 5.1): read from their form, refused with a sentence, or taken in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from feedhub.net.address import host_of, origin
from feedhub.websub.messages import Mode, read_lease
from feedhub.websub.reach import is_public_host

LEASE = timedelta(days=10)  # without a wish
_SHORTEST_LEASE, _LONGEST_LEASE = timedelta(hours=1), timedelta(days=30)
_SECRET = 200  # bytes, which it must be shorter than (section 5.1)
_CALLBACK = 2_000  # characters
_ASKED = ("hub.mode", "hub.topic", "hub.callback", "hub.secret", "hub.lease_seconds")

# What is kept, so that strangers can neither fill the database nor make us ask others without end.
MOST, MOST_AT_HOST = 10_000, 200
MOST_UNVERIFIED, MOST_UNVERIFIED_AT_HOST = 500, 20
BUSY = timedelta(minutes=1)  # until whoever was one too many may ask again


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """What a subscriber wants. `lease` is the one it gets; `secret` is empty where it wants no signatures."""

    mode: Mode
    topic: str
    callback: str = field(repr=False)
    secret: str = field(default="", repr=False)
    lease: timedelta = LEASE

    @property
    def host(self) -> str:
        return host_of(self.callback)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not taken in: an HTTP status and one sentence. `again` is after how long it might be."""

    status: Literal[400, 404, 415, 429, 503]
    sentence: str
    again: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Census:
    """How many there are, in all and with callbacks at one host: subscriptions, and requests not verified yet."""

    subscribed: int = 0
    subscribed_at_host: int = 0
    unverified: int = 0
    unverified_at_host: int = 0


def read_request(
    form: Sequence[tuple[str, str]], topics: Collection[str], *, allow_private: bool
) -> SubscriptionRequest | Refusal:
    """The request that a form makes. `topics` are the addresses that can be subscribed to."""
    values: dict[str, str] = {}
    for name, value in form:
        if name in _ASKED and values.setdefault(name, value) != value:
            return Refusal(400, f"{name}: given more than once")
    mode, topic, callback, secret, seconds = (values.get(name, "") for name in _ASKED)
    if mode not in ("subscribe", "unsubscribe"):
        return Refusal(400, "hub.mode: expected subscribe or unsubscribe")
    if topic not in topics:
        return _no_topic(topic)
    if wrong := _wrong_callback(callback, allow_private=allow_private):
        return Refusal(400, f"hub.callback: {wrong}")
    if len(secret.encode()) >= _SECRET:
        return Refusal(400, f"hub.secret: expected fewer than {_SECRET} bytes")
    wish = read_lease(seconds) if seconds else LEASE
    if wish is None:
        return Refusal(400, "hub.lease_seconds: expected a whole number of seconds")
    kind: Mode = "subscribe" if mode == "subscribe" else "unsubscribe"
    return SubscriptionRequest(kind, topic, callback, secret, min(max(wish, _SHORTEST_LEASE), _LONGEST_LEASE))


def overfull(request: SubscriptionRequest, census: Census) -> Refusal | None:
    """Why there is no room for the request, if there is none. Who leaves needs room only to be asked."""
    if census.unverified_at_host >= MOST_UNVERIFIED_AT_HOST:
        return Refusal(429, f"hub.callback: requests for {request.host} wait to be confirmed already; ask later", BUSY)
    if census.unverified >= MOST_UNVERIFIED:
        return Refusal(503, "hub.callback: too many requests wait to be confirmed; ask later", BUSY)
    if request.mode == "unsubscribe":
        return None
    if census.subscribed_at_host + census.unverified_at_host >= MOST_AT_HOST:
        return Refusal(429, f"hub.callback: {request.host} has {MOST_AT_HOST} subscriptions, the most there can be")
    if census.subscribed + census.unverified >= MOST:
        return Refusal(503, f"hub.callback: this hub has {MOST} subscriptions, the most it takes")
    return None


def _no_topic(topic: str) -> Refusal:
    if not topic:
        return Refusal(400, "hub.topic: expected the address of an output")
    return Refusal(404, "hub.topic: no output has this address; it must be as its document and its Link header name it")


def _wrong_callback(callback: str, *, allow_private: bool) -> str:
    """What is wrong with a callback's address; empty where nothing is."""
    expected = f"expected an http or https address without a fragment, of at most {_CALLBACK} characters"
    if len(callback) > _CALLBACK or not callback.isprintable() or " " in callback or "#" in callback:
        return expected
    try:
        scheme, host, port = origin(callback)
    except ValueError:
        return expected
    if scheme not in ("http", "https") or not port:
        return expected
    return "" if allow_private or is_public_host(host) else f"{host} is not a public address"
