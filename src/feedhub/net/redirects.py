"""Where an answer sends us next: a pure decision (R26, R28)."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from feedhub.models import Failed, FailureKind

SCHEMES = frozenset({"http", "https"})
MOST_REDIRECTS = 5
_PERMANENT = frozenset({301, 308})


def place(url: httpx.URL) -> str:
    """The address as it may be shown: user, password, query and fragment may hold secrets."""
    return str(url.copy_with(userinfo=b"", query=None, fragment=None))


def has_port(url: httpx.URL) -> bool:
    """Whether its port is one that TCP has: httpx lets any number pass, and only the socket raises."""
    return url.port is None or 0 < url.port < 1 << 16


@dataclass(frozen=True, slots=True)
class Trail:
    """The way from the address asked for to the present one, `url`, which is without user, password and fragment."""

    url: httpx.URL
    passed: tuple[httpx.URL, ...] = ()
    permanent: bool = True  # every redirect so far was, and none gave up TLS

    @classmethod
    def start(cls, address: str) -> Trail | Failed:
        """The beginning of the way, or why nothing can be asked there."""
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            return Failed(FailureKind.BROKEN, "The feed's address is not a valid URL.")
        if url.scheme not in SCHEMES or not url.host or not has_port(url):
            return Failed(FailureKind.BROKEN, f"{place(url)} is not an http or https address.")
        return cls(_bare(url))

    @property
    def permanent_url(self) -> str | None:
        """The present address, if only permanent redirects (301, 308) led here; None without any (R26).

        A redirect from https to http is followed, as an old site's readers follow it, but not taken for permanent:
        whoever stands in the way of the answer could write another one.
        """
        return str(self.url) if self.passed and self.permanent else None

    def follow(self, status: int, location: str) -> Trail | Failed:
        """One hop on. `location` is relative to the present address (RFC 9110 section 10.2.2)."""
        try:
            target = _bare(self.url.join(location))
        except (httpx.InvalidURL, ValueError):
            return self._failed(FailureKind.BROKEN, "redirects to something that is not an address", status)
        if target.scheme not in SCHEMES or not target.host:
            what = f"redirects to a {target.scheme}: address, and only http and https are fetched"
            return self._failed(FailureKind.BROKEN, what, status)
        if not has_port(target):
            return self._failed(FailureKind.BROKEN, f"redirects to port {target.port}, which no server has", status)
        passed = (*self.passed, self.url)
        if target in passed:
            return self._failed(FailureKind.REDIRECT_LOOP, "redirects in a circle", status)
        if len(passed) > MOST_REDIRECTS:
            return self._failed(FailureKind.REDIRECT_LOOP, f"is redirected more than {MOST_REDIRECTS} times", status)
        gives_up_tls = self.url.scheme == "https" and target.scheme == "http"
        return Trail(target, passed, self.permanent and status in _PERMANENT and not gives_up_tls)

    def _failed(self, kind: FailureKind, what: str, status: int) -> Failed:
        first = self.passed[0] if self.passed else self.url
        return Failed(kind, f"{place(first)} {what}.", status=status)


def _bare(url: httpx.URL) -> httpx.URL:
    """User and password are sent as a header to their own origin; a redirect has none to give."""
    return url.copy_with(userinfo=b"", fragment=None)
