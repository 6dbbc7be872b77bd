"""What is asked of a publisher, and what comes of it: bytes or the class of a failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class FailureKind(StrEnum):
    """Why a poll brought nothing. The names are part of `status --json`."""

    GONE = "gone"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    TOO_SLOW = "too_slow"
    TOO_BIG = "too_big"
    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    REDIRECT_LOOP = "redirect_loop"
    PRIVATE_ADDRESS = "private_address"
    NOT_A_FEED = "not_a_feed"
    NOTHING_MATCHED = "nothing_matched"
    BROKEN = "broken"


OFFLINE_KINDS = frozenset({FailureKind.DNS, FailureKind.REFUSED, FailureKind.TIMEOUT})


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified of one response, byte for byte as received (R20)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """What a POST sends. It may hold a secret, or be large: no text shows it."""

    body: bytes = field(repr=False)
    content_type: str = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One conditional GET.

    `headers`, and user and password of `url`, go to the origin of `url` only: neither across a redirect to another, nor
    to `moved_to`, the address that is asked in its place (R26), where that is another. `validators` are those of the
    document at `document_url`, and are sent there only; without it, to the first address asked. `max_size` is in
    decompressed bytes.

    With a `post` it is a POST of it, never conditional; then any 2xx is `Fetched`, its body unread. At a subscriber's
    `callback` any 2xx is `Fetched`, and a redirect is a failure (WebSub sections 5.3 and 7).
    """

    url: str
    validators: Validators = Validators()
    headers: Mapping[str, str] = field(default_factory=dict)
    max_size: int = 5_000_000
    moved_to: str | None = None
    document_url: str | None = None
    post: Upload | None = None
    callback: bool = False

    @property
    def first(self) -> str:
        """The address to ask."""
        return self.moved_to or self.url


@dataclass(frozen=True, slots=True)
class Freshness:
    """The headers that say for how long an answer stays fresh, as received; empty where absent (RFC 9111, R27)."""

    cache_control: str = ""
    expires: str = ""
    date: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 with its whole body. `url` is where it was found after redirects.

    `permanent_url` is the same where every redirect on the way was permanent (301, 308) and none led from https to
    http; None without redirects (R26). `links` are the values of its Link headers.
    """

    url: str
    body: bytes
    content_type: str
    validators: Validators
    elapsed: timedelta
    permanent_url: str | None = None
    freshness: Freshness = Freshness()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304 to a conditional request. `url` and `permanent_url` as in `Fetched`."""

    elapsed: timedelta
    freshness: Freshness = Freshness()
    url: str = ""
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer. `detail` is one sentence without secrets; `retry_after` is the time before which not to ask."""

    kind: FailureKind
    detail: str
    status: int | None = None
    retry_after: datetime | None = None
    elapsed: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Held:
    """Not asked: this host wants to be left alone until then (Retry-After, R22)."""

    host: str
    until: datetime

    @property
    def reason(self) -> str:
        return f"{self.host} asked to wait until {self.until:%Y-%m-%d %H:%M:%S} UTC (Retry-After)"


FetchResult = Fetched | NotModified | Failed | Held


@dataclass(frozen=True, slots=True)
class HostState:
    """What is remembered of a host: no request starts before `free_at` (R23), nor before `not_before` (R22)."""

    host: str
    free_at: datetime
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class HostsMemory:
    """What an earlier process left: the hosts that may not be asked yet, by name, as read `at` this process's start.

    Where that one did not end in order its last requests are missing.
    """

    states: Mapping[str, HostState]
    at: datetime
    in_order: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """What a document says it stands in a relation to: `rel` is one relation in small letters, `href` as written."""

    rel: str
    href: str
