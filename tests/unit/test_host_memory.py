"""What a process makes of what the one before it left about hosts (R22, R23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from feedhub.models import Held, HostsMemory, HostState
from feedhub.net.hosts import HostBudget, first_wait

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def memory(free_in: timedelta, *, in_order: bool = True, held_for: timedelta | None = None) -> HostsMemory:
    """What was left about news.example."""
    state = HostState("news.example", NOON + free_in, NOON + held_for if held_for else None)
    return HostsMemory({"news.example": state}, NOON, in_order)


@pytest.mark.parametrize(
    ("free_in", "in_order", "spacing", "wait"),
    [
        (30 * SECOND, True, 40 * SECOND, 30 * SECOND),
        (-30 * SECOND, True, 40 * SECOND, -30 * SECOND),
        (30 * SECOND, False, 40 * SECOND, 40 * SECOND),
        (-HOUR, False, 40 * SECOND, 40 * SECOND),
        (30 * SECOND, False, SECOND, 30 * SECOND),  # a Crawl-delay is kept as well
        (5 * DAY, True, SECOND, 60 * SECOND),  # the clock was set back
        (5 * DAY, True, HOUR, HOUR),
    ],
)
def test_r23_the_first_request_waits_for_what_is_left_of_the_spacing(
    free_in: timedelta, in_order: bool, spacing: timedelta, wait: timedelta
) -> None:
    """All of it where nobody knows when the last one was; never longer than a spacing can be."""
    assert first_wait(memory(free_in, in_order=in_order), "news.example", spacing) == wait


@pytest.mark.parametrize(("in_order", "wait"), [(True, 0 * SECOND), (False, 5 * SECOND)])
def test_r23_a_host_that_nobody_knows_waits_after_a_kill_alone(in_order: bool, wait: timedelta) -> None:
    """It may have been asked in the last instant."""
    assert first_wait(memory(HOUR, in_order=in_order), "other.example", 5 * SECOND) == wait


def test_r22_a_retry_after_is_taken_over_and_never_more_than_seven_days_of_it() -> None:
    """Though the clock be set back (R51); and the next process is told, or each would wait seven days anew."""

    def held(held_for: timedelta | None = None) -> tuple[datetime | None, Sequence[HostState]]:
        budget = HostBudget(1, SECOND, memory(SECOND, held_for=held_for))
        return budget.held("news.example", NOON), budget.unsaved()

    week = NOON + 7 * DAY
    assert held() == (None, ())
    assert held(held_for=6 * DAY) == (NOON + 6 * DAY, ())
    assert held(held_for=400 * DAY) == (week, (HostState("news.example", week, week),))


def test_r22_the_reason_names_the_host_and_the_time() -> None:
    """In words for the operator."""
    told = Held("news.example", NOON + 90 * SECOND).reason
    assert told == "news.example asked to wait until 2026-11-22 12:01:30 UTC (Retry-After)"
