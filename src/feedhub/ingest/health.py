"""How a feed stands, and what an operator is told about it: one sentence with what to do (R25, R27, R29)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from feedhub.ingest.cadence import spoken
from feedhub.ingest.rhythm import Rhythm
from feedhub.models import OFFLINE_KINDS, FailureKind

_OFFLINE_HOSTS = 5
_OFFLINE_SHARE = 0.8
_TELLING = 3  # items
GAP_SHOWN = timedelta(days=1)
_LEAST_SILENCE = timedelta(days=2)
_SILENCES = 3.0  # longest usual ones in a row make a feed stale

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
GAP_ADVICE = "it is asked more often now; if this goes on, lower min_interval"
STALE_ADVICE = "see on the outlet's site whether its feed has moved"
_GAP = "more was published between two polls than the document holds"


def sentence(kind: FailureKind, detail: str) -> str:
    """What happened, then what to do."""
    return f"{detail.rstrip('.')}; {ADVICE[kind]}"


def has_gap(new: Sequence[datetime], known: int, last: datetime | None) -> bool:
    """Whether items were missed: nothing in the document was known, and all of it is newer than the last good poll.

    `new` are the order keys of its new items, `known` is how many others it holds. A first document, or one of fewer
    than three items, shows nothing.
    """
    return last is not None and not known and len(new) >= _TELLING and min(new) > last


def standing(rhythm: Rhythm, gap_at: datetime | None, now: datetime) -> tuple[Literal["ok", "stale", "gap"], str]:
    """The state of a feed that answers, and one sentence about it, empty where all is well.

    `gap` is shown for a day after items were missed. `stale`: nothing new for several times as long as it ever was
    usual for this feed (R29); a feed without two items apart has no rhythm to fall behind.
    """
    if gap_at is not None and now - gap_at < GAP_SHOWN:
        return "gap", f"{_GAP}; {GAP_ADVICE}"
    if rhythm.newest is not None and rhythm.silence:
        silence = now - rhythm.newest
        if silence > max(_SILENCES * rhythm.silence, _LEAST_SILENCE):
            usual = f"nothing new for {spoken(silence)}, usually it is {spoken(rhythm.silence)} at most"
            return "stale", f"{usual}; {STALE_ADVICE}"
    return "ok", ""


def is_offline(outcomes: dict[str, list[FailureKind | None]]) -> bool:
    """Whether a pass failed for want of a network here rather than there (R25).

    `outcomes` has the failures of the pass by host, None for an answer of any kind.
    """
    polls = [kind for kinds in outcomes.values() for kind in kinds]
    unreachable = sum(kind in OFFLINE_KINDS for kind in polls)
    return len(outcomes) >= _OFFLINE_HOSTS and unreachable >= _OFFLINE_SHARE * len(polls)
