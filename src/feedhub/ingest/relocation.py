"""When a feed that redirects for good is asked at its new address, and when it no longer is: a pure decision (R26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from feedhub.models import Fetched, FetchResult, Held, Move, NotModified

STABLE_FOR = timedelta(days=3)
STABLE_POLLS = 3


def relocated(move: Move | None, answer: FetchResult | None, now: datetime) -> Move | None:
    """What is known of a feed's new address after this answer, which is None where it was not usable.

    It is adopted once it was the same for `STABLE_FOR` and in `STABLE_POLLS` polls. An adopted address that fails, or
    redirects itself, is given up: the configured one is asked again, and the days begin anew. While it is not adopted,
    a failure says nothing about it.
    """
    adopted = move is not None and move.adopted_at is not None
    match answer:
        case Held():
            return move
        case Fetched(url=url) | NotModified(url=url) if move and adopted:
            return move if url == move.url else None
        case Fetched(permanent_url=target) | NotModified(permanent_url=target):
            return _seen(move, target, now) if target else None
        case _:
            return None if adopted else move


def _seen(move: Move | None, target: str, now: datetime) -> Move:
    if move is None or move.url != target:
        return Move(target, now)
    polls = move.polls + 1
    stable = polls >= STABLE_POLLS and now - move.since >= STABLE_FOR
    return replace(move, polls=polls, adopted_at=now if stable else None)
