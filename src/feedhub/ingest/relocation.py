"""When a feed that redirects for good is asked at its new address, and when it no longer is: a pure decision (R26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from feedhub.models import Fetched, FetchResult, Move, NotModified

STABLE_FOR = timedelta(days=3)
STABLE_POLLS = 3


def relocated(move: Move | None, answer: FetchResult | None, now: datetime) -> Move | None:
    """What is known of a feed's new address after this answer, which is None where it was not usable.

    It is adopted once it was the same for `STABLE_FOR` and in `STABLE_POLLS` polls. An adopted address that redirects
    itself is given up, and so is one in whose place the configured one answers: the days begin anew. A failure says
    nothing about it.
    """
    match answer:
        case Fetched(url=url) | NotModified(url=url) if move and move.adopted_at:
            return move if url == move.url else None
        case Fetched(permanent_url=target) | NotModified(permanent_url=target):
            return _seen(move, target, now) if target else None
        case _:
            return move


def asked_at(move: Move | None, failures: int) -> str | None:
    """The address to ask in place of the configured one, after so many failures in a row; None for that one.

    While an adopted address fails, both are asked in turn: the configured one may serve the feed again, or may have
    ended for good, as an outlet's old domain does.
    """
    return move.url if move and move.adopted_at and failures % 2 == 0 else None


def _seen(move: Move | None, target: str, now: datetime) -> Move:
    if move is None or move.url != target:
        return Move(target, now)
    polls = move.polls + 1
    stable = polls >= STABLE_POLLS and now - move.since >= STABLE_FOR
    return replace(move, polls=polls, adopted_at=now if stable else None)
