"""What an operator is told about a failing feed: one sentence with what to do."""

from __future__ import annotations

from feedhub.models import OFFLINE_KINDS, FailureKind

_OFFLINE_HOSTS = 5
_OFFLINE_SHARE = 0.8

ADVICE = {
    FailureKind.GONE: "take the feed out of feeds.yaml or find its new address",
    FailureKind.NOT_FOUND: "look for the feed's new address on the outlet's site",
    FailureKind.FORBIDDEN: "see whether the feed needs `headers`, or ask the outlet",
    FailureKind.BLOCKED: "open the address in a browser, and ask the outlet to let feedhub's User-Agent through",
    FailureKind.RATE_LIMITED: "raise the feed's interval if this goes on",
    FailureKind.SERVER_ERROR: "wait; feedhub keeps trying",
    FailureKind.TIMEOUT: "wait; if it lasts, see whether the address still exists",
    FailureKind.TOO_SLOW: "wait; the outlet's server is overloaded or the document too large for its line",
    FailureKind.TOO_BIG: "raise max_size for this feed if the document is worth it",
    FailureKind.DNS: "check the host's name for a typing mistake",
    FailureKind.REFUSED: "wait; if it lasts, check host and port",
    FailureKind.TLS: "the outlet's certificate needs mending; http:// may work meanwhile",
    FailureKind.REDIRECT_LOOP: "open the address in a browser and use the one it ends at",
    FailureKind.PRIVATE_ADDRESS: "if that is meant, start feedhub with --allow-private",
    FailureKind.NOT_A_FEED: "look on the site for its feed, often linked as RSS, or for its news sitemap",
    FailureKind.NOTHING_MATCHED: "compare the selectors with the page; what was read before stays",
    FailureKind.BROKEN: "wait; if it lasts, tell the outlet",
}


def sentence(kind: FailureKind, detail: str) -> str:
    """What happened, then what to do."""
    return f"{detail.rstrip('.')}; {ADVICE[kind]}"


def is_offline(outcomes: dict[str, list[FailureKind | None]]) -> bool:
    """Whether a pass failed for want of a network here rather than there (R25).

    `outcomes` has the failures of the pass by host, None for an answer of any kind.
    """
    polls = [kind for kinds in outcomes.values() for kind in kinds]
    unreachable = sum(kind in OFFLINE_KINDS for kind in polls)
    return len(outcomes) >= _OFFLINE_HOSTS and unreachable >= _OFFLINE_SHARE * len(polls)
