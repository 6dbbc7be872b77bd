"""When a feed's items tend to come, as learnt from what polls saw (R27, R29)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest.learning import learn
from feedhub.ingest.rhythm import HOUR, Rhythm, demand, outlook, punctuality, rate, usual

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def watched(came: Sequence[datetime], days: int, every: timedelta = 2 * HOUR, start: datetime = MONDAY) -> Rhythm:
    """A feed polled at even intervals from `start`, whose items came at these times."""
    rhythm, last = learn(Rhythm(), [], start), start
    while (now := last + every) <= start + days * DAY:
        rhythm = learn(rhythm, [at for at in came if last < at <= now], now)
        last = now
    return rhythm


def at_hours(hours: Sequence[int], days: Sequence[int], minute: int = 20) -> list[datetime]:
    return [MONDAY + day * DAY + hour * HOUR + minute * MINUTE for day in days for hour in hours]


def test_r27_the_mean_rate_is_items_over_the_time_watched() -> None:
    """Six a day, every four hours, for four weeks."""
    rhythm = watched(at_hours(range(1, 24, 4), range(28)), 28)
    mean = sum(usual(rhythm, MONDAY + hour * HOUR) for hour in range(168)) / 168
    assert mean == pytest.approx(6 / 24, rel=0.05)


def test_r27_hours_of_the_day_are_told_apart() -> None:
    """A newsroom that writes from 6 to 9 in the morning: nearly nothing is expected at midnight, but never nothing."""
    rhythm = watched(at_hours((6, 7, 8), range(28)), 28)
    assert usual(rhythm, MONDAY + 7 * HOUR) > 5 * usual(rhythm, MONDAY) > 0


def test_r27_no_hour_is_dead() -> None:
    """However long nothing came at midnight, a tenth of the mean is expected: news break at any hour."""
    rhythm = watched(at_hours(range(8, 18), range(112)), 112)
    assert usual(rhythm, MONDAY) == pytest.approx(10 / 24 / 10, rel=0.1)


def test_r27_weekdays_are_told_apart_once_there_is_evidence() -> None:
    """Items on Mondays to Thursdays alone."""
    rhythm = watched(at_hours(range(8, 18), [day for day in range(56) if day % 7 < 4]), 56)
    assert usual(rhythm, MONDAY + 12 * HOUR) > 1.2 * usual(rhythm, MONDAY + 5 * DAY + 12 * HOUR)


def test_r27_after_one_day_the_weekday_means_little() -> None:
    """Ten items on a Monday say nothing about Tuesdays being different."""
    rhythm = watched(at_hours(range(8, 18), [0]), 1)
    assert usual(rhythm, MONDAY + 8 * DAY + 12 * HOUR) == pytest.approx(usual(rhythm, MONDAY + 12 * HOUR), rel=0.1)


def test_r27_news_draws_news() -> None:
    """Right after items more are expected than usual, and less as time goes by without any."""
    quiet = watched(at_hours(range(24), range(14)), 14)
    burst = learn(quiet, [quiet_end := MONDAY + 14 * DAY + 5 * MINUTE] * 4, quiet_end + MINUTE)
    rates = [rate(burst, burst_at) for burst_at in (quiet_end + MINUTE, quiet_end + HOUR, quiet_end + 9 * HOUR)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 3 * rate(quiet, MONDAY + 14 * DAY)


def test_r27_a_quiet_day_is_noticed() -> None:
    """A holiday: after hours in which the usual items stayed away fewer are expected."""
    came = at_hours(range(24), range(14))
    usual_day, holiday = watched([*came, *at_hours(range(24), [14])], 15), watched(came, 15)
    assert rate(holiday, MONDAY + 15 * DAY) < 0.6 * rate(usual_day, MONDAY + 15 * DAY)


def test_r27_the_minutes_at_which_items_come_are_learnt() -> None:
    """A desk that publishes on the hour."""
    weights = punctuality(watched(at_hours(range(24), range(14), minute=0), 14))
    assert weights[0] > 20 > 1 > weights[30]
    assert sum(weights) / 60 == pytest.approx(1)


def test_r27_a_changed_rhythm_replaces_the_old_one() -> None:
    """What was learnt fades by half in a month."""
    came = [*at_hours(range(24), range(28)), *at_hours([12], range(28, 112))]
    rhythm = watched(came, 112)
    assert usual(rhythm, MONDAY + 18 * HOUR) < 0.15
    assert usual(rhythm, MONDAY + 12 * HOUR) > 0.7


def test_a_first_document_teaches_at_once() -> None:
    """Its items' dates are a history: 20 in the last ten hours are two an hour."""
    rhythm = learn(Rhythm(), [MONDAY - n * 30 * MINUTE for n in range(20)], MONDAY)
    assert 1 < usual(rhythm, MONDAY + 6 * DAY) < 2.5


def test_a_leftover_of_two_years_does_not_make_a_feed_slow() -> None:
    """A pinned item says nothing about how often news come, nor how long a silence is usual."""
    dates = [MONDAY - n * 30 * MINUTE for n in range(20)]
    with_leftover = learn(Rhythm(), [*dates[:19], MONDAY - 730 * DAY], MONDAY)
    assert usual(with_leftover, MONDAY) > 1
    assert with_leftover.silence == 30 * MINUTE


def test_r27_after_a_gap_the_poll_speaks_for_its_window_alone() -> None:
    """A hub that was away for a year: the year is not taken for a year of silence."""
    rhythm, later = watched(at_hours(range(24), range(14)), 14), MONDAY + 400 * DAY
    window = [later - n * HOUR for n in range(10)]
    assert learn(rhythm, window, later, gap=True).hours < rhythm.hours
    assert learn(rhythm, window, later).hours > 300 * 24 * 0.001
    assert usual(learn(rhythm, window, later, gap=True), later) > 5 * usual(learn(rhythm, window, later), later)


@pytest.mark.parametrize("dated", [MONDAY + 10 * HOUR, MONDAY - DAY, MONDAY + 20 * HOUR])
def test_undated_and_misdated_items_lie_between_the_polls(dated: datetime) -> None:
    """Else polls at an hour would make that hour look busy, and be repeated for it. `now` stands for no date."""
    before = learn(Rhythm(), [], MONDAY + 6 * HOUR)
    after = learn(before, [dated] * 4, MONDAY + 10 * HOUR)
    assert [after.by_hour[hour] for hour in (6, 7, 8, 9)] == [1, 1, 1, 1]


def test_the_longest_usual_silence_and_the_newest_item_are_kept() -> None:
    """For telling a feed that fell silent from one that is slow (R29)."""
    rhythm = watched([MONDAY + HOUR, MONDAY + 31 * HOUR, MONDAY + 39 * HOUR], 3)
    assert (rhythm.silence, rhythm.newest) == (30 * HOUR, MONDAY + 39 * HOUR)


@pytest.mark.parametrize("polled", [DAY, 30 * DAY])
def test_r29_a_yearly_feed_stays_known_as_one_while_it_is_silent(polled: timedelta) -> None:
    """Its long silences fade once it speaks again, not meanwhile: else it would be stale most of the year."""
    first, second = MONDAY + HOUR, MONDAY + 360 * DAY
    rhythm = watched([first, second], 700, every=polled)
    assert rhythm.silence > 0.8 * (second - first)
    busy = watched([first, second, *(second + n * HOUR for n in range(24 * 300))], 660, every=polled)
    assert busy.silence < 10 * DAY


def test_r51_a_clock_set_back_unlearns_nothing() -> None:
    """A poll at or before the last one's time leaves the rhythm as it is."""
    rhythm = watched(at_hours([6], range(7)), 7)
    assert learn(rhythm, [MONDAY], MONDAY) == rhythm


def test_demand_is_the_mean_root_of_the_rate() -> None:
    """Of an even feed it is the root of its rate."""
    assert demand(watched(at_hours(range(24), range(56)), 56)) == pytest.approx(1, rel=0.05)


def test_the_outlook_ends_each_step_with_the_minute_or_hour_and_agrees_with_the_rate() -> None:
    """Seamless from start to end. The hours after the sixth are steps, so that a wait of a year is soon found."""
    rhythm = watched(at_hours((6, 7, 8), range(14)), 14)
    start = MONDAY + 14 * DAY + timedelta(seconds=25)
    steps = list(outlook(rhythm, start, 8 * HOUR))
    ends = [step.begin + step.length for step in steps]
    assert [step.begin for step in steps[1:]] == pytest.approx(ends[:-1])
    assert steps[0].begin == 0
    assert ends[-1] == pytest.approx(8 * 60)
    whole = [end + 25 / 60 for end in ends[:-1]]
    assert whole == pytest.approx([*range(1, 362), 420, 480])
    assert [step.rate for step in steps] == pytest.approx(
        [rate(rhythm, start + (step.begin + step.length / 2) * MINUTE) for step in steps]
    )


def test_the_outlook_weighs_the_minutes_of_the_hour() -> None:
    """As long as it goes by minutes."""
    rhythm, start = watched(at_hours(range(24), range(14), minute=30), 14), MONDAY + 14 * DAY + 10 * MINUTE
    steps = list(outlook(rhythm, start, DAY))
    assert steps[20].weight == punctuality(rhythm)[30] > 10
    assert {step.weight for step in steps if step.begin > 361} == {1.0}


@given(
    polls=st.lists(
        st.tuples(st.timedeltas(MINUTE, 40 * DAY), st.lists(st.timedeltas(-DAY, 60 * DAY), max_size=30), st.booleans()),
        max_size=8,
    )
)
def test_whatever_polls_saw_the_rhythm_is_sound(polls: list[tuple[timedelta, list[timedelta], bool]]) -> None:
    """Rates are positive, counts never negative, and storing changes nothing that matters."""
    rhythm, now = Rhythm(), MONDAY
    for passed, ages, gap in polls:
        now += passed
        rhythm = learn(rhythm, [now - age for age in ages], now, gap=gap)
    stored = Rhythm.from_dict(json.loads(json.dumps(rhythm.to_dict())))
    assert min(rhythm.by_hour) >= 0 <= rhythm.hours
    for later in (timedelta(0), 5 * HOUR, 30 * DAY):
        assert rate(rhythm, now + later) > 0
        assert rate(stored, now + later) == pytest.approx(rate(rhythm, now + later), rel=0.1)


def test_a_stored_rhythm_is_small() -> None:
    """Under 2 KB for a feed of a thousand items a day watched for years, and an empty mapping is an unknown feed."""
    busy = Rhythm(MONDAY, 960.5, (238.2,) * 168, (666.7,) * 60, 1.23, 45.67, 43.21, MONDAY, HOUR, MONDAY)
    assert len(json.dumps(busy.to_dict())) < 2048
    assert Rhythm.from_dict(busy.to_dict()) == busy
    assert Rhythm.from_dict({}) == Rhythm()
