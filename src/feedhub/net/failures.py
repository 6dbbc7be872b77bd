"""Why a fetch brought nothing: answers and errors -> a class and one sentence without secrets. Pure (R22, R28)."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from feedhub.models import Failed, FailureKind
from feedhub.net.guard import NameNotResolved, PrivateAddress, Unreachable
from feedhub.net.hosts import MOST_PATIENCE
from feedhub.net.inflate import BadBody, TooBig
from feedhub.net.proxy import ProxyUnreachable
from feedhub.net.redirects import place

CHALLENGE_PREFIX = 16 * 1024  # bytes of a page that are looked at

# All that a publisher, the network or an address can do to a fetch. Anything else is a bug and raises.
EXPECTED = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpx.InvalidURL,
    httpx.RemoteProtocolError,  # httpx itself, about an invalid Location
    ssl.SSLError,
    TooBig,
    BadBody,
)

_REFUSED = (
    FailureKind.FORBIDDEN,
    "feedhub may not read this",
)
_BY_STATUS = {
    401: _REFUSED,
    402: _REFUSED,
    403: _REFUSED,
    407: (FailureKind.FORBIDDEN, "a proxy on the way wants another user or password"),
    451: _REFUSED,
    404: (FailureKind.NOT_FOUND, "there is nothing at this address"),
    410: (FailureKind.GONE, "the publisher has removed this feed for good"),
    429: (FailureKind.RATE_LIMITED, "it is being asked too often"),
}
_OVERLOADED = (FailureKind.RATE_LIMITED, "it is overloaded and says when to ask again")
_SERVER_ERROR = (FailureKind.SERVER_ERROR, "the publisher's server has a fault")
_BLOCKED = (FailureKind.BLOCKED, "a page to keep robots out")
_UNUSABLE = (FailureKind.BROKEN, "that is no answer to a request for a feed")

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_FIRST_TAG = re.compile(rb"<([a-z][\w:.-]*)")
_HTML_ROOTS = frozenset({b"html", b"head", b"body", b"script", b"meta", b"title", b"noscript", b"iframe", b"center"})
_CHALLENGE_MARKS = (
    b"<title>just a moment",  # Cloudflare
    b"/cdn-cgi/challenge-platform",
    b"cf-browser-verification",
    b"cf_chl_",
    b"captcha-delivery.com",  # DataDome
    b"_incapsula_resource",
    b"sgcaptcha",  # SiteGround
    b"px-captcha",  # PerimeterX
    b"awswafintegration",
    b"/.well-known/ddos-guard",
    b"sucuri_cloudproxy",
    b"slowaes.decrypt",  # testcookie, on free hosts
    b"/.within.website/x/cmd/anubis",
)


def of_status(status: int, url: httpx.URL, headers: httpx.Headers, body_prefix: bytes, now: datetime) -> Failed:
    """The failure that an answer other than a document or a 304 means."""
    wait = retry_after(headers.get_list("retry-after"), now) if status in (429, 503) else None
    if is_challenge(status, headers, body_prefix):
        kind, meaning = _BLOCKED
    elif status == 503 and wait is not None:
        kind, meaning = _OVERLOADED
    elif status >= 500:
        kind, meaning = _SERVER_ERROR
    else:
        kind, meaning = _BY_STATUS.get(status, _UNUSABLE)
    return Failed(kind, f"{place(url)} answered {status}: {meaning}.", status=status, retry_after=wait)


def of_error(error: Exception, url: httpx.URL, *, answering: bool) -> Failed:
    """The failure that an error of `EXPECTED` means; `answering` once a response had begun."""
    kind, sentence = _explain_connection(error, url.host) or _explain_exchange(error, url, answering=answering)
    return Failed(kind, f"{sentence}.")


def too_late(url: httpx.URL, deadline: timedelta, *, answering: bool) -> Failed:
    """The failure that the end of the total deadline means."""
    limit = f"within {deadline.total_seconds():g} seconds"
    if answering:
        return Failed(FailureKind.TOO_SLOW, f"{place(url)} began to answer but did not finish {limit}.")
    return Failed(FailureKind.TIMEOUT, f"{place(url)} did not answer {limit}.")


def retry_after(values: Sequence[str], now: datetime) -> datetime | None:
    """The time before which not to ask: the latest of the header's values, at most seven days off (R22).

    Seconds or an HTTP-date (RFC 9110 section 10.2.3). None where nothing is said that makes sense or lies ahead.
    """
    times = [time for value in values if (time := _one_retry_after(value.strip(), now)) is not None and time > now]
    return max(times, default=None)


def _one_retry_after(value: str, now: datetime) -> datetime | None:
    longest = now + MOST_PATIENCE
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?", value):
        digits = value.partition(".")[0].lstrip("0") or "0"
        return longest if len(digits) > 6 else min(now + timedelta(seconds=int(digits)), longest)
    try:
        time = parsedate_to_datetime(value)
        return min(time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC), longest)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def is_challenge(status: int, headers: Mapping[str, str], body_prefix: bytes) -> bool:
    """Whether this answer is a page that wants to see a browser or a human, instead of what was asked for (R28).

    `headers` are looked up by lower-case names; `body_prefix` is the beginning of the inflated body.
    """
    if "cf-mitigated" in headers or headers.get("x-amzn-waf-action") in ("challenge", "captcha"):
        return True
    page = body_prefix[:CHALLENGE_PREFIX].lower()
    if not _is_html(page):
        return False
    return any(mark in page for mark in _CHALLENGE_MARKS) or (status >= 400 and b"captcha" in page)


def _is_html(page: bytes) -> bool:
    """By its first tag: feeds are often sent as text/html."""
    first = _FIRST_TAG.search(_COMMENT.sub(b"", page[:4096]))
    return first is not None and first[1] in _HTML_ROOTS


def _explain_connection(error: Exception, host: str) -> tuple[FailureKind, str] | None:
    """Errors before anything was asked; None for others."""
    match error:
        case PrivateAddress():
            what = f"{host} is at {error}, which is not a public address"
            return FailureKind.PRIVATE_ADDRESS, what
        case NameNotResolved():
            return FailureKind.DNS, f"The name {host} could not be resolved: {error}"
        case Unreachable():
            return FailureKind.REFUSED, f"{host} could not be reached: {error}"
        case ProxyUnreachable():
            return FailureKind.REFUSED, f"{host} was not asked, as the proxy could not be reached: {error}"
        case httpcore.ProxyError():
            kind = FailureKind.FORBIDDEN if str(error).startswith(("403", "407")) else FailureKind.REFUSED
            return kind, f"{host} was not asked, as the proxy answered {str(error)[:80]}"
        case httpcore.TimeoutException():
            return FailureKind.TIMEOUT, f"{host} did not accept a connection in time"
        case httpcore.ConnectError() | ssl.SSLError():
            return FailureKind.TLS, _explain_tls(error, host)
        case _:
            return None


def _explain_exchange(error: Exception, url: httpx.URL, *, answering: bool) -> tuple[FailureKind, str]:
    """Errors once a connection stood, and invalid addresses."""
    where = place(url)
    match error:
        case TooBig():
            return FailureKind.TOO_BIG, f"{where} is {error}, the most that is read of it"
        case httpcore.NetworkError() if not answering:
            return FailureKind.REFUSED, f"{url.host} cut the connection without an answer"
        case httpcore.NetworkError():
            what = f"{url.host} cut the connection in the middle of its answer"
        case BadBody():
            what = f"{where} cannot be read: {error}"
        case httpx.RemoteProtocolError() | httpx.InvalidURL():
            what = f"{where} redirects to something that is not an address"
        case httpcore.LocalProtocolError():
            what = f"{where} cannot be asked: the address or a configured header is not valid in HTTP"
        case _:
            what = f"{where} did not answer in proper HTTP: {str(error)[:120].rstrip('.')}"
    return FailureKind.BROKEN, what


def _explain_tls(error: Exception, host: str) -> str:
    """OpenSSL's words: httpcore hands on the error it caught as its first argument."""
    cause = error.args[0] if error.args and isinstance(error.args[0], ssl.SSLError) else error
    match cause:
        case ssl.SSLCertVerificationError():
            return f"The certificate of {host} is not accepted: {cause.verify_message.rstrip('.')}"
        case ssl.SSLError() if cause.reason:
            return f"{host} and feedhub cannot agree on TLS: {cause.reason.replace('_', ' ').lower()}"
        case _:
            return f"{host} cut the connection while TLS was being set up"
