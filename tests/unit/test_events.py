"""What of a poll an operator hears of: when a trouble begins and when it is over, never at each poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feedhub.ingest.events import FAILURES, told
from feedhub.models import Cadence, EventKind, FailureKind, FeedMemory, Move, Poll
from support.polls import NOON, QUARTER, a_poll, at, failing_poll

BEFORE = FeedMemory(number=1, key="tigris", state="ok")


def a_move(adopted_at: datetime | None) -> Move:
    return Move("https://zagros.example/rss", NOON - timedelta(days=3), 3, adopted_at)


def follow(*polls: Poll) -> list[EventKind]:
    """The events of these polls one after the other."""
    memory, heard = BEFORE, []
    for poll in polls:
        after = told(memory, poll)
        heard += [event.kind for event in after.events]
        memory = replace(
            memory,
            trouble=after.trouble,
            state=after.state,
            failures=after.failures,
            cadence=after.cadence or memory.cadence,
            move=after.move,
        )
    return heard


def failures(kind: FailureKind, count: int) -> list[Poll]:
    return [failing_poll(1, at(15 * n), kind, failures=n) for n in range(1, count + 1)]


def test_a_feed_that_goes_on_as_before_is_not_told_of() -> None:
    """Neither for news nor for none."""
    assert follow(*(a_poll(1, at(15 * n)) for n in range(20))) == []


@pytest.mark.parametrize(
    ("kind", "first", "event"),
    [
        (FailureKind.GONE, 1, EventKind.GONE),
        (FailureKind.BLOCKED, 2, EventKind.BLOCKED),
        (FailureKind.TIMEOUT, FAILURES, EventKind.FAILING),
        (FailureKind.NOT_FOUND, FAILURES, EventKind.FAILING),
    ],
)
def test_a_trouble_is_told_once_however_many_polls_find_it(kind: FailureKind, first: int, event: EventKind) -> None:
    """410 at once, a challenge at the second one, anything else at the fifth."""
    assert follow(*failures(kind, first - 1)) == []
    assert follow(*failures(kind, first)) == [event]
    assert follow(*failures(kind, 30)) == [event]


def test_it_is_told_when_it_is_over_and_again_when_it_comes_back() -> None:
    polls = [*failures(FailureKind.GONE, 3), a_poll(1, at(60)), a_poll(1, at(75)), *failures(FailureKind.GONE, 2)]
    assert follow(*polls) == [EventKind.GONE, EventKind.RECOVERED, EventKind.GONE]


def test_a_few_failures_that_pass_are_not_told() -> None:
    """Servers restart."""
    polls = [poll for _ in range(10) for poll in (*failures(FailureKind.SERVER_ERROR, 3), a_poll(1, at(60)))]
    assert follow(*polls) == []


def test_one_trouble_may_turn_into_another() -> None:
    """What is gone and cannot even be reached any more is still gone; a timeout in between is no recovery."""
    assert follow(*failures(FailureKind.BLOCKED, 2), failing_poll(1, at(60), FailureKind.GONE, failures=3)) == [
        EventKind.BLOCKED,
        EventKind.GONE,
    ]
    later = [failing_poll(1, at(60 + n), FailureKind.DNS, failures=n) for n in range(2, 9)]
    assert follow(*failures(FailureKind.GONE, 1), *later, a_poll(1, at(90))) == [EventKind.GONE, EventKind.RECOVERED]


def test_r25_what_is_our_own_fault_is_no_event() -> None:
    """R25: nor is a poll that did not take place."""
    offline = failing_poll(1, NOON, FailureKind.DNS, state="offline", failures=9)
    held = a_poll(1, at(15), outcome="held", state="gone")
    assert follow(*failures(FailureKind.GONE, 1), offline, held, *failures(FailureKind.GONE, 1)) == [EventKind.GONE]
    assert follow(offline, offline) == []


def test_r29_silence_is_told_and_so_is_its_end() -> None:
    """R29: a stale feed that fails is told as failing, too."""
    silent = a_poll(1, at(15), state="stale", message="nothing new for 5 d")
    assert follow(silent, silent, a_poll(1, at(45))) == [EventKind.STALE, EventKind.RECOVERED]
    (event,) = told(BEFORE, silent).events
    assert (event.feed, event.at, event.sentence) == ("tigris", at(15), "nothing new for 5 d")
    assert follow(silent, *failures(FailureKind.TIMEOUT, 9)) == [EventKind.STALE, EventKind.FAILING]


def test_r27_items_missed_are_told_once_a_day() -> None:
    """R27: the state `gap` lasts a day after the last one."""
    gaps = [a_poll(1, moment, cadence=Cadence(gap_at=moment)) for moment in (at(0), at(30), at(60))]
    assert follow(*gaps) == [EventKind.GAP]
    assert follow(*gaps, a_poll(1, at(90), cadence=Cadence(gap_at=at(60)))) == [EventKind.GAP]
    assert follow(*gaps, a_poll(1, at(days=2), cadence=Cadence(gap_at=at(days=2)))) == [EventKind.GAP] * 2


def test_r26_a_move_is_told_when_it_is_adopted() -> None:
    """R26: once, and without the address, which may hold a secret."""
    moves = [a_move(None), a_move(NOON), a_move(NOON)]
    polls = [a_poll(1, NOON + n * QUARTER, move=move) for n, move in enumerate(moves)]
    assert follow(*polls) == [EventKind.MOVED]
    (event,) = told(BEFORE, polls[1]).events
    assert "zagros" not in event.sentence
