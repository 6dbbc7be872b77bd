"""The declared date of an item, in UTC (R15-R18).

The wall clock and the zone are read apart: a zone that is written always counts, and a feed's configured zone counts
only where none is. feedparser's own reading is asked for forms other than RFC 822's and ISO 8601's alone, since it
takes every date without a zone for UTC, and AST, which is Arabia's in Iraq, for Canada's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

from feedhub.models import RawDate

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # no feed is older, but many a database's null is

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
# RFC 822, 5.1, in hours. Its military letters mean nothing (RFC 2822, 4.3), and no other name is unambiguous.
_NAMED_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0}
_NAMED_ZONES |= {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_FARTHEST = timedelta(hours=14)

# `\d` and `int` read Arabic and Persian digits too.
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{1,2})(?:[.,]\d{1,9})?)?"
_ZONE = r"(?P<zone>(?:GMT|UTC?)?[+-]\d{1,2}:?(?:\d{2})?(?!\d)|[A-Z]{1,5}\b)"
_TIME = rf"{_CLOCK}(?:\s*(?P<half>[ap])\.?m\b\.?)?(?:\s*{_ZONE})?"
_COMPACT_TIME = rf"(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:[.,]\d{{1,9}})?)?{_ZONE}?"
_AFTER_DAY = rf"(?:(?:,|\s-)?\s+{_TIME})?"  # the dash is Drupal's
_WEEKDAY = r"(?:[^\W\d_]+(?:\.?,\s*|\.?\s+))?"
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}})(?:(?:T|\s+){_TIME})?)?(?!\d)",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:T{_COMPACT_TIME})?(?!\d)",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s-](?P<name>[a-z]{{3,9}})\.?,?[\s-](?P<year>\d{{4}}|\d\d)(?!\d){_AFTER_DAY}",
        rf"{_WEEKDAY}(?P<name>[a-z]{{3,9}})\.?\s(?P<day>\d{{1,2}}),?\s(?P<year>\d{{4}})(?!\d){_AFTER_DAY}",
    )
)
_LAST_ZONE = re.compile(rf"\d\s*{_ZONE}\W*$", re.IGNORECASE)
_MARKS = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")


def resolve_date(raw: RawDate | None, timezone: ZoneInfo | None) -> datetime | None:
    """The date in UTC; `timezone`, else UTC, is where a date without a zone was written (R17).

    A day without a time is its midnight. None where there is no date, or one that is out of range or before `EARLIEST`.
    """
    if raw is None:
        return None
    text = " ".join(_MARKS.sub("", raw.text[:200]).split())
    try:
        written = _read(text) or _read_by_parser(raw.utc, text)
        local = written if written is None or written.tzinfo else written.replace(tzinfo=timezone or UTC)
        moment = local.astimezone(UTC) if local else None
    except (ValueError, OverflowError):  # the 31st of June; the year 0 or 9999 in another zone
        return None
    return moment if moment and moment >= EARLIEST else None


def _read(text: str) -> datetime | None:
    """The date in one of our forms, naive where no zone stands."""
    found = next((match for form in _FORMS if (match := form.match(text))), None)
    if found is None:
        return None
    part = {name: value or "" for name, value in found.groupdict().items()}
    month = part.get("month") or _MONTHS.get(part.get("name", "")[:3].lower())
    if month is None:
        return None
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    hour = _of_24(hour, part.get("half", ""))
    day = datetime(_year(part["year"]), int(month), int(part["day"] or 1), tzinfo=_zone(part["zone"]))
    # A leap second, and 24:00 for the end of a day, are in both standards.
    valid = (hour < 24 or (hour, minute) == (24, 0)) and minute < 60 and second <= 60
    return day + timedelta(hours=hour, minutes=minute, seconds=min(second, 59)) if valid else None


def _read_by_parser(utc: datetime | None, text: str) -> datetime | None:
    """The parser's reading, naive where no zone stands at the end of `text`."""
    found = _LAST_ZONE.search(text)
    return utc if utc is None or (found and _zone(found["zone"])) else utc.replace(tzinfo=None)


def _of_24(hour: int, half: str) -> int:
    """The hour of the day; `half` is the a of AM or the p of PM, or empty. After 12:59 AM comes 1:00 AM."""
    if half and hour == 12:
        hour = 0
    return hour + 12 if half in ("p", "P") and hour < 12 else hour


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)  # RFC 2822, 4.3


def _zone(name: str) -> tzinfo | None:
    """The zone of that name or offset, None where it is unknown or no place has it."""
    name = name.lower()
    if name in _NAMED_ZONES:
        return fixed_zone(timedelta(hours=_NAMED_ZONES[name]))
    offset = re.fullmatch(r"\D*([+-])(\d{1,2}):?(\d{2})?", name)
    if offset is None:
        return None
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return fixed_zone(-ahead if offset[1] == "-" else ahead) if ahead <= _FARTHEST else None
