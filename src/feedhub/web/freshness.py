"""For how long a copy may be used unasked: until the next poll may have brought something (R39)."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST = timedelta(seconds=5)  # while a poll is due or under way: a rush of requests is still one to the hub
LONGEST = timedelta(minutes=5)  # the operator may take something down at any time
PUSHED = timedelta(seconds=30)  # and where publishers' hubs can reach us, so may news come


def max_age(next_poll: datetime | None, now: datetime, *, pushed: bool) -> int:
    """Seconds, for Cache-Control. `next_poll` is when the first feed is due, None where one was never polled."""
    wait = next_poll - now if next_poll else SHORTEST
    return int(max(SHORTEST, min(wait, PUSHED if pushed else LONGEST)).total_seconds())
