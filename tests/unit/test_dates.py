"""R15-R18: the declared date of an item, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.ingest.dates import EARLIEST, resolve_date
from feedhub.models import RawDate

BAGHDAD = ZoneInfo("Asia/Baghdad")  # UTC+3 the whole year
BERLIN = ZoneInfo("Europe/Berlin")  # UTC+1, in summer +2


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def resolve(text: str, timezone: ZoneInfo | None = None, parsed: str | None = None) -> datetime | None:
    return resolve_date(RawDate(text, utc(parsed) if parsed else None), timezone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wed, 07 Oct 2020 10:00:00 +0300", "2020-10-07T07:00"),
        ("Wed, 07 Oct 2020 10:00:00 -0430", "2020-10-07T14:30"),
        ("Wed, 07 Oct 2020 10:00:00 -0000", "2020-10-07T10:00"),
        ("Wed, 07 Oct 2020 10:00:00 GMT", "2020-10-07T10:00"),
        ("Wed, 07 Oct 2020 10:00:00 UT", "2020-10-07T10:00"),
        ("Wed, 07 Oct 2020 10:00:00 EDT", "2020-10-07T14:00"),
        ("Wed, 07 Oct 2020 10:00:00 PST", "2020-10-07T18:00"),
        ("Wed, 07 Oct 2020 10:00:00 GMT+03:00", "2020-10-07T07:00"),
        ("Wed Oct 07 2020 10:00:00 GMT+0300 (Arabian Standard Time)", "2020-10-07T07:00"),
        ("Wed,7 Oct 2020 10:00:0 GMT+9", "2020-10-07T01:00"),
        ("07 Oct 20 10:00 Z", "2020-10-07T10:00"),
        ("2020-10-07T10:00:00Z", "2020-10-07T10:00"),
        ("2020-10-07T10:00:00.123+03:00", "2020-10-07T07:00"),
        ("2020-10-07 10:00:00 +0300", "2020-10-07T07:00"),
        ("2020-10-07T10:00+03", "2020-10-07T07:00"),
        ("20201007T100000Z", "2020-10-07T10:00"),
        ("20201007T1000+0300", "2020-10-07T07:00"),
        ("20201007T100000.5+03", "2020-10-07T07:00"),
        ("07 Oct 2020 03:15 PM +0300", "2020-10-07T12:15"),
    ],
)
def test_r17_a_written_zone_counts_whatever_the_feed_is_configured_to(text: str, expected: str) -> None:
    """A date with a zone means the same with and without a configured timezone."""
    assert resolve(text) == resolve(text, BERLIN) == utc(expected)


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 07 Oct 2020 10:00:00",
        "07 October 2020 10:00",
        "October 7, 2020 10:00:00",
        "2020-10-07T10:00:00",
        "2020-10-07 10:00",
        "Wed, 07 Oct 2020 10:00:00 AST",  # Arabia's or the Atlantic's: unknown
        "Wed, 07 Oct 2020 10:00:00 B",  # a military letter: RFC 2822 4.3
        "Wed, 07 Oct 2020 10:00:00 +9900",  # no place has it
    ],
)
def test_r17_the_configured_zone_counts_where_none_is_written(text: str) -> None:
    """Baghdad's ten o'clock is seven in UTC, ten without a configured zone, whatever the parser made of the name."""
    misread = "2020-10-07T14:00"
    assert resolve(text, BAGHDAD, misread) == utc("2020-10-07T07:00")
    assert resolve(text, None, misread) == utc("2020-10-07T10:00")


def test_r17_is_right_in_summer_and_in_winter() -> None:
    """The same clock time of one zone is another moment in each half of the year."""
    assert resolve("Tue, 07 Jul 2020 12:00:00", BERLIN) == utc("2020-07-07T10:00")
    assert resolve("Tue, 07 Jan 2020 12:00:00", BERLIN) == utc("2020-01-07T11:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oct 7, 2020 10:00 PM", "2020-10-07T22:00"),
        ("2020-10-07 10:00:00 PM", "2020-10-07T22:00"),
        ("2020-10-07 10:00 AM", "2020-10-07T10:00"),
        ("7 Oct 2020 3:15p.m.", "2020-10-07T15:15"),
        ("7 Oct 2020 12:05 AM GMT", "2020-10-07T00:05"),
        ("7 Oct 2020 12:05 pm GMT", "2020-10-07T12:05"),
        ("7 Oct 2020 22:15 PM", "2020-10-07T22:15"),
        ("Wednesday, October 7, 2020 - 22:15", "2020-10-07T22:15"),
        ("Wednesday, 7 October 2020 - 10:15pm", "2020-10-07T22:15"),
        ("20201007T221500", "2020-10-07T22:15"),
        ("20201007", "2020-10-07T00:00"),
    ],
)
def test_r15_the_time_of_day_is_read_as_it_is_meant(text: str, expected: str) -> None:
    """R15 orders by it: twelve-hour clocks, a dash before the time (Drupal), and ISO 8601's basic form."""
    assert resolve(text) == utc(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2020-10-07", "2020-10-06T21:00"), ("2020-10", "2020-09-30T21:00"), ("07 Oct 2020", "2020-10-06T21:00")],
)
def test_r17_a_day_or_month_alone_is_its_local_midnight(text: str, expected: str) -> None:
    """A date without a time begins at midnight of the configured zone, and is no less a date without a zone."""
    assert resolve(text, BAGHDAD, "2020-10-07T00:00") == utc(expected)


@pytest.mark.parametrize(
    "text",
    ["٢٠٢٠-١٠-٠٧T١٠:٠٠:٠٠Z", "۲۰۲۰-۱۰-۰۷ ۱۰:۰۰Z", "Wed, ٠٧ Oct ٢٠٢٠ ١٠:٠٠:٠٠ GMT", "\u200f2020-10-07T10:00Z\u200e"],
)
def test_arabic_and_persian_digits_are_digits(text: str) -> None:
    """A date in Eastern digits, which the parser does not read, and marks of direction round a date."""
    assert resolve(text) == utc("2020-10-07T10:00")


def test_r17_other_forms_are_the_parsers_with_the_same_rule_for_zones() -> None:
    """A form that only the parser reads: its wall clock in the configured zone, unless a zone ends the text."""
    assert resolve("Wed Oct  7 10:00:00 2020", BAGHDAD, "2020-10-07T10:00") == utc("2020-10-07T07:00")
    assert resolve("07/10/2020 10:00:00 GMT", BAGHDAD, "2020-10-07T10:00") == utc("2020-10-07T10:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "0000-00-00 00:00:00",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "1403-05-12",
        "31 Jun 2020 10:00 GMT",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "2020-10-07T25:00Z",
        "2020-10-07T10:61Z",
    ],
)
def test_r18_an_absurd_date_is_no_date(text: str) -> None:
    """Nulls of databases, other calendars, impossible days and moments out of range leave the item undated."""
    assert resolve(text) is None
    assert resolve_date(None, BAGHDAD) is None


def test_r16_a_future_date_is_kept() -> None:
    """The clamp to first seen is the store's, which knows when that was."""
    assert resolve("2099-01-01T00:00:00Z") == utc("2099-01-01T00:00")


def test_a_leap_second_and_the_end_of_a_day_are_dates() -> None:
    """RFC 3339 5.6 has second 60, ISO 8601 has 24:00."""
    assert resolve("2016-12-31T23:59:60Z") == utc("2016-12-31T23:59:59")
    assert resolve("2020-10-07T24:00:00Z") == utc("2020-10-08T00:00")


@given(text=st.text(), parsed=st.none() | st.datetimes(timezones=st.just(UTC)))
def test_any_text_gives_a_plausible_date_or_none(text: str, parsed: datetime | None) -> None:
    """Whatever stands in a date, nothing raises and nothing before 1990 comes out."""
    date = resolve_date(RawDate(text, parsed), BERLIN)
    assert date is None or (date >= EARLIEST and date.tzinfo is UTC)


@given(moment=st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001 (hypothesis takes naive bounds)
def test_a_date_survives_writing_and_reading(moment: datetime) -> None:
    """Every moment written in ISO 8601 or RFC 822 is read back to the second."""
    aware = moment.replace(tzinfo=UTC, microsecond=0)
    assert resolve(aware.isoformat(), BAGHDAD) == aware
    assert resolve(f"{aware:%a, %d %b %Y %H:%M:%S} +0000", BAGHDAD) == aware
