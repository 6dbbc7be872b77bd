"""What publishers ask of those who poll (R27)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest.hints import Hints, allowed, fresh_for
from feedhub.ingest.hints import hints as understood
from feedhub.models import Freshness, RawHints
from support.entries import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SUNDAY = NOON  # 2026-11-22, a Sunday, at noon


def hints(**raw: Any) -> Hints:
    """What a document with these elements asks."""
    return understood(RawHints(**raw))


def at(hint: Hints, time: datetime = NOON + 15 * MINUTE, longest: timedelta = DAY) -> tuple[timedelta, str]:
    """How long after noon, when it was polled, the feed may be asked that is due at `time`."""
    allowed_at, why = allowed(time, hint, NOON, longest)
    return allowed_at - NOON, why


# --- the document's ---------------------------------------------------------------------------------------------------


def test_r27_ttl_is_minutes_between_polls() -> None:
    """Counted from the poll before."""
    assert at(hints(ttl=" 60 ")) == (HOUR, "ttl")


@pytest.mark.parametrize(
    ("period", "frequency", "span"),
    [
        ("hourly", "1", HOUR),
        ("hourly", "4", 15 * MINUTE),
        ("daily", "", DAY),
        ("", "2", 12 * HOUR),
        ("Weekly", "7", DAY),
        ("monthly", "30", DAY),
        ("yearly", "365", DAY),
        ("yearly", "0.000000001", 365 * DAY),
    ],
)
def test_r27_update_period_and_frequency_make_an_interval(period: str, frequency: str, span: timedelta) -> None:
    """`sy:updateFrequency` times in `sy:updatePeriod`; the module's defaults are daily and 1."""
    assert hints(update_period=period, update_frequency=frequency).every == span


def test_r27_of_two_intervals_the_longer_holds() -> None:
    """Either alone would break the other."""
    assert at(hints(ttl="30", update_period="hourly"))[0] == HOUR
    assert at(hints(ttl="90", update_period="hourly")) == (90 * MINUTE, "ttl")


def test_r27_with_a_base_updates_come_at_its_grid() -> None:
    """Hourly since half past some day: a poll at noon need not wait an hour, but until half past."""
    grid = hints(update_period="hourly", update_base="2000-01-01T12:30+00:00")
    assert at(grid) == (30 * MINUTE, "sy:updatePeriod")
    assert at(grid, NOON + 40 * MINUTE) == (40 * MINUTE, "")


def test_r27_a_base_in_another_zone_or_without_one() -> None:
    """Without a zone it is UTC."""
    assert hints(update_period="daily", update_base="2000-01-01T03:00:00+03:00").base == datetime(
        2000, 1, 1, tzinfo=UTC
    )
    assert hints(update_period="daily", update_base="2000-01-01T00:00:00").base == datetime(2000, 1, 1, tzinfo=UTC)


def test_r27_skipped_hours_are_waited_out() -> None:
    """From the feed's due time to the first hour that is not skipped, in GMT."""
    assert at(hints(skip_hours=("12", "13", "14"))) == (3 * HOUR, "skipHours")
    assert at(hints(skip_hours=("13",))) == (15 * MINUTE, "")


def test_r27_hour_24_is_midnight() -> None:
    """RSS counts from 0, older feeds from 1 to 24."""
    assert hints(skip_hours=("24", "1")).skip_hours == {0, 1}


def test_r27_skipped_days_are_waited_out() -> None:
    """Sunday is skipped: Monday at midnight, which the hours may push further."""
    assert at(hints(skip_days=("Sunday",))) == (12 * HOUR, "skipDays")
    assert at(hints(skip_days=("Sunday",), skip_hours=("0",)))[0] == 13 * HOUR


def test_r27_hours_are_gmt_whatever_the_zone_of_the_clock() -> None:
    """Noon in London is three in the afternoon in Baghdad."""
    baghdad = datetime.fromisoformat("2026-11-22T15:15:00+03:00")
    assert allowed(baghdad, hints(skip_hours=("12",)), NOON, DAY)[0] == NOON + HOUR


def test_r27_max_interval_wins_over_hints() -> None:
    """And the reason says so."""
    assert at(hints(ttl="600000")) == (DAY, "ttl, but at most max_interval")
    assert at(hints(skip_days=("Sunday", "Monday"))) == (DAY, "skipDays, but at most max_interval")


def test_r23_feeds_that_wait_for_the_same_moment_start_apart() -> None:
    """What counts from the poll drifts, the clock's moments are spread; not over max_interval or into closed hours."""
    drift, spread = MINUTE, 59 * MINUTE

    def moved(asked: Hints, longest: timedelta = DAY) -> timedelta:
        return allowed(NOON, asked, NOON, longest, drift=drift, spread=spread)[0] - NOON

    assert moved(hints(ttl="60")) == HOUR + drift
    assert moved(hints(update_period="hourly", update_base="2000-01-01T12:30+00:00")) == 30 * MINUTE + spread
    assert moved(hints(skip_hours=("12", "14"))) == HOUR + spread
    assert moved(hints(ttl="60", skip_hours=("13", "15"))) == 2 * HOUR + spread
    assert moved(hints(ttl="60"), HOUR) == HOUR


def test_a_time_beyond_max_interval_is_left_alone() -> None:
    """Hints never make a wait shorter: a parked feed stays parked."""
    assert at(hints(ttl="60"), NOON + 3 * DAY) == (3 * DAY, "")


@pytest.mark.parametrize(
    "senseless",
    [
        {"ttl": "soon"},
        {"ttl": "0"},
        {"ttl": "-5"},
        {"ttl": "٦٠"},
        {"ttl": "1e9"},
        {"update_period": "fortnightly"},
        {"update_period": "hourly", "update_frequency": "0"},
        {"skip_hours": ("noon", "25", "")},
        {"skip_days": ("Yesterday",)},
        {"skip_hours": tuple(map(str, range(24)))},
        {"skip_days": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")},
        {"update_base": "2000-01-01T12:00+00:00"},
    ],
)
def test_what_makes_no_sense_asks_nothing(senseless: dict[str, Any]) -> None:
    """Neither a fault nor a limit."""
    assert hints(**senseless) == Hints()


def test_hints_are_stored_as_json() -> None:
    """Between polls, for an answer without a document."""
    asked = hints(update_period="daily", update_base="2000-01-01T03:30:00Z", skip_hours=("3",), skip_days=("Friday",))
    assert Hints.from_dict(json.loads(json.dumps(asked.to_dict()))) == asked
    assert Hints.from_dict({}) == Hints()


@given(
    ttl=st.text(max_size=12) | st.integers().map(str),
    period=st.text(max_size=8) | st.sampled_from(["hourly", "daily", "yearly"]),
    frequency=st.text(max_size=8) | st.integers(0).map(str),
    base=st.text(max_size=8) | st.datetimes().map(datetime.isoformat),
    hours=st.lists(st.integers(-5, 30).map(str)),
    days=st.lists(st.sampled_from(["Monday", "Tuesday", "friday", "Sunday", "Sontag"])),
    wait=st.timedeltas(timedelta(0), 400 * DAY),
)
def test_whatever_is_asked_the_wait_is_between_the_due_time_and_max_interval(
    ttl: str, period: str, frequency: str, base: str, hours: list[str], days: list[str], wait: timedelta
) -> None:
    """No text of a publisher's can stop a feed, nor hurry it."""
    asked = hints(
        ttl=ttl,
        update_period=period,
        update_frequency=frequency,
        update_base=base,
        skip_hours=tuple(hours),
        skip_days=tuple(days),
    )
    moved, why = allowed(NOON + wait, asked, NOON, DAY)
    assert NOON + wait <= moved <= NOON + max(wait, DAY)
    assert bool(why) == (moved > NOON + wait) or why.endswith("max_interval")


# --- the headers' -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({"cache_control": "public, max-age=600"}, 10 * MINUTE),
        ({"cache_control": 'Max-Age="600"'}, 10 * MINUTE),
        ({"cache_control": "max-age=600", "age": "240"}, 6 * MINUTE),
        ({"cache_control": "max-age=600", "age": "900"}, None),
        ({"cache_control": "max-age=600", "expires": "Sun, 22 Nov 2026 18:00:00 GMT"}, 10 * MINUTE),
        ({"cache_control": "max-age=0", "expires": "Sun, 22 Nov 2026 18:00:00 GMT"}, None),
        ({"cache_control": "s-maxage=900"}, None),
        ({"cache_control": "no-cache, max-age=600"}, None),
        ({"cache_control": "no-store", "expires": "Sun, 22 Nov 2026 18:00:00 GMT"}, None),
        ({"expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, HOUR),
        ({"expires": "Sun, 22 Nov 2026 13:00:00 GMT", "date": "Sun, 22 Nov 2026 12:50:00 GMT"}, 10 * MINUTE),
        ({"expires": "Thu, 19 Nov 1981 08:52:00 GMT"}, None),
        ({"expires": "0"}, None),
        ({"cache_control": "max-age=999999999999999999"}, None),
        ({"cache_control": "max-age=999999999"}, 365 * DAY),
        ({"cache_control": "max-age=ten, =, ;;"}, None),
        ({}, None),
    ],
)
def test_r27_an_answer_stays_fresh_as_its_headers_say(headers: dict[str, str], fresh: timedelta | None) -> None:
    """RFC 9111: `max-age` before `Expires`, less what it spent in a cache; clocks may differ, so `Date` counts."""
    assert fresh_for(NOON, Freshness(**headers)) == fresh
