"""When a feed is polled next, and why (R22-R25, R27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest.cadence import Answered, Bounds, History, Offline, Refused, next_poll, spoken, typical_demand
from feedhub.ingest.hints import Hints
from feedhub.ingest.hints import hints as understood
from feedhub.ingest.learning import learn
from feedhub.ingest.rhythm import Rhythm, demand
from feedhub.models import FailureKind, NextPoll, RawHints
from support.entries import NOON

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOUNDS = Bounds(first=15 * MINUTE, shortest=5 * MINUTE, longest=2 * HOUR)
NOTHING = Answered()


def rhythm(hourly: float, days: int = 28) -> Rhythm:
    """A feed that has brought so many items an hour evenly, learnt until noon."""
    even = (hourly * days / 7,) * 168
    level = hourly * 3
    return Rhythm(NOON, days * 24, even, (hourly * days * 24 / 60,) * 60, 0, level, level, NOON, HOUR, NOON)


def history(hourly: float = 1, **changes: Any) -> History:
    return replace(History(15 * MINUTE, rhythm(hourly)), **changes)


def hints(**raw: Any) -> Hints:
    return understood(RawHints(**raw))


def waited(poll: NextPoll) -> timedelta:
    return poll.at - NOON


def refused(times: int, kind: FailureKind = FailureKind.SERVER_ERROR, until: datetime | None = None) -> Refused:
    return Refused(kind, times, until)


# --- answers ----------------------------------------------------------------------------------------------------------


def test_r27_a_feed_by_itself_is_polled_at_its_interval_on_average() -> None:
    """An even rhythm: the configured interval, however many items that is."""
    for hourly in (0.5, 3, 20):
        ours = history(hourly)
        assert waited(next_poll(BOUNDS, ours, NOTHING, NOON, 0)) / MINUTE == pytest.approx(16.8, abs=2)


def test_r27_polls_are_as_dense_as_the_root_of_the_rate() -> None:
    """Of two feeds of a hub, one with nine times the items is polled three times as often."""
    slow, fast = (next_poll(BOUNDS, history(hourly, typical=1.5), NOTHING, NOON, 0).interval for hourly in (0.5, 4.5))
    assert slow / fast == pytest.approx(3, rel=0.05)


def test_r27_the_feeds_of_a_hub_cost_together_what_their_intervals_would() -> None:
    """Shared out by demand: the sum of requests is that of fixed intervals."""
    wide = Bounds(15 * MINUTE, SECOND, 7 * DAY)
    feeds = [replace(rhythm(hourly), burst=hourly / 4) for hourly in (0.2, 1, 5, 20)]
    typical = typical_demand([(demand(feed), 15 * MINUTE) for feed in feeds])
    waits = [next_poll(wide, History(HOUR, feed, typical=typical), NOTHING, NOON, 0).interval for feed in feeds]
    assert sum(HOUR / wait for wait in waits) == pytest.approx(4 * 4, rel=0.05)


def test_a_shorter_interval_weighs_more() -> None:
    """Two feeds alike, one configured to twice the requests."""
    both = typical_demand([(1.0, 10 * MINUTE), (1.0, 20 * MINUTE)])
    assert both == pytest.approx(1.0)
    assert typical_demand([(1.0, 10 * MINUTE), (4.0, 20 * MINUTE)]) == pytest.approx(2.0)
    assert typical_demand([]) is None


def test_r27_news_makes_the_next_poll_sooner() -> None:
    """A burst: where something came, more is coming."""
    known = rhythm(1)
    quiet, burst = (learn(known, [NOON + SECOND] * n, NOON + MINUTE) for n in (0, 5))
    waits = [next_poll(BOUNDS, history(rhythm=one), NOTHING, NOON + MINUTE, 0).interval for one in (quiet, burst)]
    assert waits[1] < 0.7 * waits[0]


def test_r27_a_busy_hour_ahead_is_not_slept_through() -> None:
    """Quiet at noon, busy from one on: the wait ends about one, and without that would be as long as may be."""
    known = rhythm(0.01)
    busy = tuple(400.0 if hour % 24 == 13 else count for hour, count in enumerate(known.by_hour))
    poll = next_poll(BOUNDS, history(rhythm=replace(known, by_hour=busy), typical=2.0), NOTHING, NOON, 0)
    assert 45 * MINUTE < waited(poll) < HOUR + 10 * MINUTE
    assert waited(next_poll(BOUNDS, history(0.01, typical=2.0), NOTHING, NOON, 0)) == 2 * HOUR


def test_r27_the_minute_at_which_items_come_is_waited_for() -> None:
    """A desk that publishes at half past: at 12:18 the poll waits until just after 12:30."""
    known = rhythm(1)
    desk = replace(known, by_minute=tuple(40_000.0 if minute == 30 else 0.0 for minute in range(60)))
    at = next_poll(BOUNDS, history(rhythm=desk), NOTHING, NOON + 18 * MINUTE, 0).at
    assert NOON + 30 * MINUTE <= at <= NOON + 31 * MINUTE


def test_r27_never_longer_than_half_the_window_lasts() -> None:
    """A document of four items, eight an hour expected: after a quarter of an hour, lest any go unseen."""
    poll = next_poll(BOUNDS, history(8, window=4, typical=40.0), NOTHING, NOON, 0)
    assert waited(poll) / MINUTE == pytest.approx(15 / 0.8, rel=0.3)
    assert poll.reason.startswith("half of the document could be new by then")
    assert waited(next_poll(BOUNDS, history(8, window=400, typical=40.0), NOTHING, NOON, 0)) > HOUR


@pytest.mark.parametrize(
    ("hourly", "bound", "words"),
    [
        (500, 5 * MINUTE, "after 5 min, not earlier (min_interval)"),
        (0.001, 2 * HOUR, "every 2 h at least (max_interval)"),
    ],
)
def test_r27_waits_end_at_their_bounds(hourly: float, bound: timedelta, words: str) -> None:
    """And the reason names the bound."""
    poll = next_poll(BOUNDS, history(hourly, typical=1.0), NOTHING, NOON, 0)
    assert (waited(poll), poll.interval) == (bound, bound)
    assert poll.reason.endswith(words)


@pytest.mark.parametrize(
    ("hourly", "answer", "words"),
    [
        (3, Answered(new=2), "2 new, 2 an hour expected: after "),
        (0.2, NOTHING, "nothing new, 4 a day expected: after "),
        (0.02, NOTHING, "nothing new, 3 a week expected: after "),
        (0.001, NOTHING, "nothing new, less than 1 a week expected: "),
        (3, Answered(new=9, gap=True), "items were missed, the document holds nothing known: after "),
    ],
)
def test_r27_the_reason_is_words(hourly: float, answer: Answered, words: str) -> None:
    """As `status` shows it."""
    assert next_poll(BOUNDS, history(hourly), answer, NOON, 0).reason.startswith(words)


def test_r27_a_gap_shortens_the_interval() -> None:
    """To half at most of what it was when items were missed, whatever the rhythm says; hints still hold."""
    missed = Answered(new=9, gap=True)
    for interval in (2 * HOUR, HOUR, 20 * MINUTE):
        poll = next_poll(BOUNDS, history(0.001, typical=1.0, interval=interval), missed, NOON, 0)
        assert poll.interval == interval / 2
    assert next_poll(BOUNDS, history(0.001, typical=1.0, interval=6 * MINUTE), missed, NOON, 0).interval == 5 * MINUTE
    assert waited(next_poll(BOUNDS, history(0.001, hints=hints(ttl="60")), missed, NOON, 0)) == HOUR


@pytest.mark.parametrize(
    ("longest", "wait", "words"), [(2 * HOUR, 2 * HOUR, "2 h"), (7 * DAY, DAY, "1 d"), (DAY, DAY, "1 d")]
)
def test_r43_a_feed_whose_hub_delivers_is_polled_rarely(longest: timedelta, wait: timedelta, words: str) -> None:
    """As seldom as is allowed, and once a day at least, since a hub may fall silent without a word."""
    bounds = replace(BOUNDS, longest=longest)
    poll = next_poll(bounds, history(8, window=4, pushed=True), Answered(new=4), NOON, 0)
    assert (waited(poll), poll.reason) == (wait, f"its hub delivers (WebSub): asked again after {words}")
    assert waited(next_poll(bounds, history(8, window=4), Answered(new=4), NOON, 0)) < HOUR


def test_r43_a_hub_does_not_change_what_failures_and_hints_do() -> None:
    """Retry-After above all."""
    until = NOON + 3 * DAY
    assert next_poll(BOUNDS, history(pushed=True), refused(1, until=until), NOON, 0).at == until
    assert waited(next_poll(BOUNDS, history(pushed=True), refused(1), NOON, 0)) == 15 * MINUTE


def test_r43_a_hub_that_is_lost_leaves_the_wait_from_before_it() -> None:
    """R24: the first failure without it is not answered by a day of silence."""
    known = replace(history(8, window=4, pushed=True), interval=30 * MINUTE)
    poll = next_poll(BOUNDS, known, Answered(new=4), NOON, 0)
    assert waited(poll) > HOUR
    assert poll.interval == 30 * MINUTE
    lost = replace(known, interval=poll.interval, pushed=False)
    assert waited(next_poll(BOUNDS, lost, refused(1), NOON, 0)) == 30 * MINUTE


def test_a_feed_whose_rhythm_is_unknown_has_its_configured_interval() -> None:
    """Until something was learnt."""
    poll = next_poll(BOUNDS, History(interval=HOUR), NOTHING, NOON, 0)
    assert (poll.interval, poll.reason) == (15 * MINUTE, "every 15 min until its rhythm is known")


def test_r23_after_the_first_poll_feeds_started_together_spread_out() -> None:
    """200 feeds: over all of the time between the shortest interval and their own, not in one heap."""
    waits = [waited(next_poll(BOUNDS, History(rhythm=rhythm(1)), NOTHING, NOON, n / 199)) for n in range(200)]
    assert min(waits) == 5 * MINUTE
    assert 15 * MINUTE <= max(waits) <= 20 * MINUTE
    assert max(sum(start <= wait < start + MINUTE for wait in waits) for start in waits) <= 25


def test_r23_after_a_pause_feeds_spread_out_as_after_the_first_poll() -> None:
    """The hub was away, so all were due at once."""
    first, resumed = (
        [next_poll(BOUNDS, start, NOTHING, NOON, n / 199).at for n in range(200)]
        for start in (History(rhythm=rhythm(1)), history(together=True))
    )
    assert first == resumed


@pytest.mark.parametrize(
    ("asked", "fresh", "earliest"),
    [(hints(ttl="60"), None, HOUR), (hints(skip_hours=("12",)), None, HOUR), (Hints(), HOUR, HOUR)],
    ids=["ttl", "skipHours", "Cache-Control"],
)
def test_r23_feeds_whose_publishers_ask_for_the_same_do_not_stay_together(
    asked: Hints, fresh: timedelta | None, earliest: timedelta
) -> None:
    """200 WordPress sites in a first pass: an hour later they start within their interval, not within a minute."""
    start = History(rhythm=rhythm(1), hints=asked)
    waits = [waited(next_poll(BOUNDS, start, Answered(fresh=fresh), NOON, n / 199)) for n in range(200)]
    assert min(waits) == earliest
    assert max(sum(at <= wait < at + MINUTE for wait in waits) for at in waits) <= 25


def test_r23_later_polls_drift_apart_by_a_tenth() -> None:
    """The jitter is given, so that the daemon and the one-shot run agree (R49)."""
    still, _half, most = (waited(next_poll(BOUNDS, history(), NOTHING, NOON, jitter)) for jitter in (0, 0.5, 1))
    assert most == still * 1.1


def test_r23_feeds_at_max_interval_drift_apart_too() -> None:
    """Earlier, since later is not allowed."""
    waits = [waited(next_poll(BOUNDS, history(0.001, typical=1.0), NOTHING, NOON, jitter)) for jitter in (0, 0.5, 1)]
    assert waits == [2 * HOUR, 2 * HOUR * 0.95, 2 * HOUR * 0.9]


# --- hints (R27) ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "fresh", "wait", "why"),
    [
        (hints(ttl="60"), None, HOUR, "not before the publisher's ttl"),
        (hints(skip_hours=("12",)), None, HOUR, "not before the publisher's skipHours"),
        (Hints(), 40 * MINUTE, 40 * MINUTE, "the answer stays fresh for 40 min (Cache-Control, Expires)"),
        (hints(ttl="600"), None, 2 * HOUR, "not before the publisher's ttl, but at most max_interval"),
        (
            Hints(),
            9 * DAY,
            2 * HOUR,
            "the answer stays fresh for 9 d (Cache-Control, Expires), but at most max_interval",
        ),
    ],
)
def test_r27_hints_are_honoured_up_to_max_interval(
    asked: Hints, fresh: timedelta | None, wait: timedelta, why: str
) -> None:
    """The publisher's own limit is never undercut, and no limit is longer than the operator's."""
    poll = next_poll(BOUNDS, history(hints=asked), Answered(fresh=fresh), NOON, 0)
    assert (waited(poll), poll.reason) == (wait, why)


def test_r27_hints_that_ask_for_less_change_nothing() -> None:
    """A ttl of one minute is no invitation."""
    plain, hinted = (next_poll(BOUNDS, history(hints=asked), NOTHING, NOON, 0) for asked in (Hints(), hints(ttl="1")))
    assert plain == hinted


def test_r27_hints_hold_after_a_failure_too() -> None:
    """A publisher with trouble is not asked in the hours it asked to be left alone."""
    poll = next_poll(BOUNDS, history(hints=hints(skip_hours=("12",))), refused(1), NOON, 0)
    assert waited(poll) == HOUR


# --- failures ---------------------------------------------------------------------------------------------------------


def test_r24_failures_back_off_exponentially_to_a_cap_and_never_stop() -> None:
    """Twice as long each time, to the longest interval, after 17 and after 10,000 failures too."""
    waits = [waited(next_poll(BOUNDS, history(), refused(n), NOON, 0)) for n in (1, 2, 3, 4, 5, 17, 10_000)]
    assert waits == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR]


def test_r24_a_feed_recovers_by_itself_at_its_old_rhythm() -> None:
    """Failures leave the interval as it was, and the first answer brings the rhythm back."""
    failed = next_poll(BOUNDS, history(interval=20 * MINUTE), refused(9), NOON, 0)
    assert failed.interval == 20 * MINUTE
    recovered = next_poll(BOUNDS, history(interval=failed.interval), NOTHING, NOON, 0)
    assert recovered == next_poll(BOUNDS, history(), NOTHING, NOON, 0)


@pytest.mark.parametrize(("times", "words"), [(1, "1 failure: asked"), (3, "3 failures in a row: asked")])
def test_r24_the_reason_counts_the_failures(times: int, words: str) -> None:
    """As `status` shows it."""
    assert next_poll(BOUNDS, history(), refused(times), NOON, 0).reason.startswith(words)


@pytest.mark.parametrize("times", [1, 40])
def test_r24_a_feed_that_is_gone_is_parked(times: int) -> None:
    """Asked again once a day, be its bounds shorter, and the operator is told."""
    parked = next_poll(BOUNDS, history(), refused(times, FailureKind.GONE), NOON, 0)
    assert waited(parked) == DAY
    assert parked.reason == "gone for good, says the publisher: asked again every 1 d"
    rare = Bounds(first=HOUR, shortest=HOUR, longest=30 * DAY)
    assert waited(next_poll(rare, history(interval=7 * DAY), refused(1, FailureKind.GONE), NOON, 0)) == 7 * DAY


def test_r25_offline_is_asked_again_in_a_minute() -> None:
    """It counts against no feed, so its interval stays."""
    poll = next_poll(BOUNDS, history(interval=20 * MINUTE), Offline(), NOON, 1)
    assert (waited(poll), poll.interval, poll.reason) == (MINUTE, 20 * MINUTE, "offline: asked again in 1 min")


def test_r22_retry_after_is_waited_for_in_full() -> None:
    """Beyond the longest interval, and nothing may ask earlier, not even by hand."""
    until = NOON + 7 * DAY
    poll = next_poll(BOUNDS, history(), refused(1, FailureKind.RATE_LIMITED, until), NOON, 1)
    assert (poll.at, poll.not_before) == (until, until)
    assert poll.reason == "the publisher asked to wait until then (Retry-After)"


def test_r22_a_retry_after_that_ends_sooner_does_not_shorten_the_back_off() -> None:
    """But by hand a feed may be asked once it has passed."""
    until = NOON + MINUTE
    poll = next_poll(BOUNDS, history(), refused(2, until=until), NOON, 0)
    assert (poll.at, poll.not_before) == (NOON + 30 * MINUTE, until)


def test_r22_without_retry_after_nothing_forbids_asking() -> None:
    """`poll --all` may."""
    assert next_poll(BOUNDS, History(), refused(1), NOON, 0).not_before is None
    assert next_poll(BOUNDS, history(), NOTHING, NOON, 0).not_before is None


# --- laws -------------------------------------------------------------------------------------------------------------

SPANS = st.timedeltas(SECOND, 365 * DAY)


@given(
    spans=st.tuples(SPANS, SPANS, SPANS),
    interval=st.none() | SPANS,
    hourly=st.none() | st.floats(0, 10_000),
    typical=st.none() | st.floats(0.001, 100),
    window=st.integers(0, 200),
    outcome=st.builds(Answered, new=st.integers(0, 100), gap=st.booleans(), fresh=st.none() | SPANS)
    | st.builds(
        Refused, st.sampled_from([kind for kind in FailureKind if kind is not FailureKind.GONE]), st.integers(0, 99_999)
    ),
    ttl=st.integers(0, 99_999).map(str),
    skip=st.lists(st.integers(0, 23).map(str)),
    jitter=st.floats(0, 1),
)
def test_the_next_poll_is_always_between_the_bounds(
    spans: tuple[timedelta, timedelta, timedelta],
    interval: timedelta | None,
    hourly: float | None,
    typical: float | None,
    window: int,
    outcome: Answered | Refused,
    ttl: str,
    skip: list[str],
    jitter: float,
) -> None:
    """Jitter and hints included: `max_interval` is a promise to readers, `min_interval` one to publishers."""
    shortest, first, longest = (min(span, 3 * DAY) for span in sorted(spans))
    known = Rhythm() if hourly is None else rhythm(hourly)
    past = History(interval, known, hints(ttl=ttl, skip_hours=skip), window, typical)
    poll = next_poll(Bounds(first, shortest, longest), past, outcome, NOON, jitter)
    assert shortest <= waited(poll) <= longest
    assert shortest <= poll.interval <= longest
    assert poll.reason


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 s"),
        (45 * SECOND, "45 s"),
        (timedelta(seconds=59.6), "1 min"),
        (15 * MINUTE, "15 min"),
        (90 * MINUTE, "1 h 30 min"),
        (HOUR + 5 * SECOND, "1 h 5 s"),
        (2 * DAY, "2 d"),
        (DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND, "1 d 2 h"),
    ],
)
def test_durations_are_spoken_in_their_two_largest_units(span: timedelta, words: str) -> None:
    """Shorter than a clock's reading and enough for people."""
    assert spoken(span) == words
