"""When a feed is polled next, and why (R22-R24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest.cadence import Bounds, Outcome, next_poll, spoken
from feedhub.models import FailureKind
from support.entries import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOUNDS = Bounds(first=15 * MINUTE, shortest=5 * MINUTE, longest=2 * HOUR)
QUIET, BUSY = Outcome(new=0), Outcome(new=3)


def failing(times: int, kind: FailureKind = FailureKind.SERVER_ERROR) -> Outcome:
    return Outcome(failure=kind, failures=times)


# --- answers ----------------------------------------------------------------------------------------------------------


def test_a_feed_with_news_is_asked_sooner_and_a_quiet_one_later() -> None:
    """The interval follows what the feed does, and the reason says so."""
    busy, quiet = (next_poll(BOUNDS, 20 * MINUTE, outcome, NOON, jitter=0) for outcome in (BUSY, QUIET))
    assert (busy.at - NOON, busy.interval, busy.reason) == (
        15 * MINUTE,
        15 * MINUTE,
        "3 new at the last poll: every 15 min",
    )
    assert (quiet.at - NOON, quiet.interval, quiet.reason) == (
        25 * MINUTE,
        25 * MINUTE,
        "nothing new at the last poll: every 25 min",
    )


@pytest.mark.parametrize(("outcome", "bound"), [(BUSY, 5 * MINUTE), (QUIET, 2 * HOUR)])
def test_the_interval_ends_at_its_bounds(outcome: Outcome, bound: timedelta) -> None:
    """However long a feed stays busy or quiet."""
    interval = BOUNDS.first
    for _ in range(50):
        interval = next_poll(BOUNDS, interval, outcome, NOON, jitter=1).interval
    assert interval == bound


def test_narrower_bounds_hold_at_once() -> None:
    """The operator's new bounds apply to the interval that was learnt under the old ones."""
    assert next_poll(BOUNDS, 9 * HOUR, QUIET, NOON, jitter=0).interval == 2 * HOUR
    assert next_poll(BOUNDS, MINUTE, BUSY, NOON, jitter=0).interval == 5 * MINUTE


def test_r23_after_the_first_poll_feeds_started_together_spread_out() -> None:
    """200 feeds: over all of the time between the shortest interval and the first guess, not in one heap."""
    polls = [next_poll(BOUNDS, None, BUSY, NOON, jitter=n / 199) for n in range(200)]
    waits = [poll.at - NOON for poll in polls]
    assert min(waits) == 5 * MINUTE
    assert 15 * MINUTE <= max(waits) <= 17 * MINUTE
    assert max(sum(start <= wait < start + MINUTE for wait in waits) for start in waits) <= 25
    assert {(poll.interval, poll.reason) for poll in polls} == {(15 * MINUTE, "every 15 min until its rhythm is known")}


def test_r23_later_polls_drift_apart_by_a_tenth() -> None:
    """The jitter is given, so that the daemon and the one-shot run agree (R49)."""
    at = [next_poll(BOUNDS, HOUR, BUSY, NOON, jitter=jitter).at - NOON for jitter in (0, 0.5, 1)]
    assert at == [45 * MINUTE, 45 * MINUTE * 1.05, 45 * MINUTE * 1.1]


# --- failures ---------------------------------------------------------------------------------------------------------


def test_r24_failures_back_off_exponentially_to_a_cap_and_never_stop() -> None:
    """Twice as long each time, to the longest interval, after 17 and after 10,000 failures too."""
    waits = [next_poll(BOUNDS, 15 * MINUTE, failing(n), NOON, jitter=0).at - NOON for n in (1, 2, 3, 4, 5, 17, 10_000)]
    assert waits == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR]


def test_r24_a_feed_recovers_by_itself_at_its_old_rhythm() -> None:
    """Failures leave the interval as it was."""
    failed = next_poll(BOUNDS, 20 * MINUTE, failing(9), NOON, jitter=0)
    assert failed.interval == 20 * MINUTE
    assert next_poll(BOUNDS, failed.interval, BUSY, NOON, jitter=0).at == NOON + 15 * MINUTE


@pytest.mark.parametrize(("times", "words"), [(1, "1 failure: asked"), (3, "3 failures in a row: asked")])
def test_r24_the_reason_counts_the_failures(times: int, words: str) -> None:
    """As `status` shows it."""
    assert next_poll(BOUNDS, 15 * MINUTE, failing(times), NOON, jitter=0).reason.startswith(words)


@pytest.mark.parametrize("times", [1, 40])
def test_r24_a_feed_that_is_gone_is_parked(times: int) -> None:
    """Asked again once a day, be its bounds shorter, and the operator is told."""
    parked = next_poll(BOUNDS, 15 * MINUTE, failing(times, FailureKind.GONE), NOON, jitter=0)
    assert parked.at == NOON + DAY
    assert parked.reason == "gone for good, says the publisher: asked again every 1 d"
    rare = Bounds(first=HOUR, shortest=HOUR, longest=30 * DAY)
    assert next_poll(rare, 7 * DAY, failing(times, FailureKind.GONE), NOON, jitter=0).at == NOON + 7 * DAY


# --- Retry-After (R22) ------------------------------------------------------------------------------------------------


def test_r22_retry_after_is_waited_for_in_full() -> None:
    """Beyond the longest interval, and nothing may ask earlier, not even by hand."""
    until = NOON + 7 * DAY
    poll = next_poll(BOUNDS, 15 * MINUTE, Outcome(0, FailureKind.RATE_LIMITED, 1, until), NOON, jitter=1)
    assert (poll.at, poll.not_before) == (until, until)
    assert poll.reason == "the publisher asked to wait until then (Retry-After)"


def test_r22_a_retry_after_that_ends_sooner_does_not_shorten_the_back_off() -> None:
    """But by hand a feed may be asked once it has passed."""
    until = NOON + MINUTE
    poll = next_poll(BOUNDS, 15 * MINUTE, Outcome(0, FailureKind.SERVER_ERROR, 2, until), NOON, jitter=0)
    assert (poll.at, poll.not_before) == (NOON + 30 * MINUTE, until)


def test_r22_without_retry_after_nothing_forbids_asking() -> None:
    """`poll --all` may."""
    assert next_poll(BOUNDS, None, failing(1), NOON, jitter=0).not_before is None
    assert next_poll(BOUNDS, None, BUSY, NOON, jitter=0).not_before is None


# --- laws -------------------------------------------------------------------------------------------------------------

SPANS = st.timedeltas(timedelta(seconds=1), 365 * DAY)


@given(
    spans=st.tuples(SPANS, SPANS, SPANS),
    interval=st.none() | SPANS,
    new=st.integers(0, 100),
    failures=st.integers(0, 100_000),
    kind=st.none() | st.sampled_from([kind for kind in FailureKind if kind is not FailureKind.GONE]),
    jitter=st.floats(0, 1),
)
def test_the_next_poll_is_always_between_the_bounds(
    spans: tuple[timedelta, timedelta, timedelta],
    interval: timedelta | None,
    new: int,
    failures: int,
    kind: FailureKind | None,
    jitter: float,
) -> None:
    """Jitter included: `max_interval` is a promise to readers, `min_interval` one to publishers."""
    shortest, first, longest = sorted(spans)
    outcome = Outcome(new, kind, failures if kind else 0)
    poll = next_poll(Bounds(first, shortest, longest), interval, outcome, NOON, jitter)
    assert shortest <= poll.at - NOON <= longest
    assert shortest <= poll.interval <= longest
    assert poll.reason


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(seconds=59.6), "1 min"),
        (15 * MINUTE, "15 min"),
        (90 * MINUTE, "1 h 30 min"),
        (HOUR + timedelta(seconds=5), "1 h 5 s"),
        (2 * DAY, "2 d"),
        (DAY + 2 * HOUR + 3 * MINUTE + timedelta(seconds=4), "1 d 2 h"),
    ],
)
def test_durations_are_spoken_in_their_two_largest_units(span: timedelta, words: str) -> None:
    """Shorter than a clock's reading and enough for people."""
    assert spoken(span) == words
