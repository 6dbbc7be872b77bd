"""The scalars of the file: what each key expects, in words, how its text is read, and its JSON Schema.

A reader returns None for what it does not understand; the words then say what was expected. A pattern, in the regular
expressions of ECMA-262, holds for all that the reader takes and may let more pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import PlainValidator, WithJsonSchema

from feedhub.config import expressions
from feedhub.config.references import reference
from feedhub.config.selectors import check_selector
from feedhub.config.urls import http_url

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII)
_SIZE = re.compile(r"(\d{1,9})(B|KB|MB)", re.ASCII)
_UNITS = {"B": 1, "KB": 1_000, "MB": 1_000_000}
_ID = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)
_E_MAIL = re.compile(r"[!-~]+@[!-~]+", re.ASCII)
# RFC 5646, 2.1, without the grandfathered tags and the languages of four letters and more, none of which is registered.
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}"
    r"(-[a-z]{4})?(-([a-z]{2}|\d{3}))?"
    r"(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(-[a-wyz0-9](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?",
    re.ASCII | re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # not the joiners that Persian and Kurdish need
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)  # RFC 9110, 5.6.2
_HEADER_VALUE = re.compile(r"[!-~]([ -~]*[!-~])?", re.ASCII)
# The fetcher's own: conditional requests (R20), bounded decompression (R28) and the connection depend on them.
_OWN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "range"}
    | {"transfer-encoding"}
)


# Patterns for editors, where the reader's own expression is none of theirs.
_ANY_HTTP = r"[Hh][Tt][Tt][Pp][Ss]?://"
_ON_ONE_LINE = r"\s*(?=\S)[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+\s*"
_ANY_CASE_LANGUAGE = _LANGUAGE.pattern.replace("a-z", "a-zA-Z").replace("a-wyz", "a-wyzA-WYZ").replace("-x(", "-[xX](")
_VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"


def text(expected: str, read: Callable[[str], object | None], pattern: str = "") -> PlainValidator:
    """A scalar that is written as text, the whole of which `pattern` matches."""

    def validate(value: object) -> object:
        parsed = read(value) if isinstance(value, str) else None
        if parsed is None:
            raise ValueError(expected)
        return parsed

    shape = {"pattern": f"^(?:{pattern})$|{_VARIABLE}"} if pattern else {}
    return _validator(validate, {"type": "string", **shape, "patternErrorMessage": f"expected {expected}"})


def _validator(validate: Callable[[object], object], schema: dict[str, Any]) -> PlainValidator:
    return PlainValidator(validate, json_schema_input_type=Annotated[Any, WithJsonSchema(schema)])


def whole(low: int, high: int) -> PlainValidator:
    """A whole number within bounds, both included."""

    def validate(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return _validator(validate, {"type": "integer", "minimum": low, "maximum": high})


def flag() -> PlainValidator:
    def validate(value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value

    return _validator(validate, {"type": "boolean"})


def one_of(*words: str) -> PlainValidator:
    def validate(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError(" or ".join(words))
        return value

    return _validator(validate, {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": _VARIABLE}]})


def duration(low: timedelta, high: timedelta) -> PlainValidator:
    def read(value: str) -> timedelta | None:
        found = _DURATION.fullmatch(value)
        if not found or not value:
            return None
        days, hours, minutes, seconds = (int(group or 0) for group in found.groups())
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return length if low <= length <= high else None

    expected = f"a duration from {spell(low)} to {spell(high)}, such as 30s, 15m, 2h or 1h30m"
    return text(expected, read, f"(?=.){_DURATION.pattern}")


def spell(length: timedelta) -> str:
    """As feeds.yaml has it: `1h30m`."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def size(low: int, high: int) -> PlainValidator:
    """A number of bytes; KB and MB are powers of ten."""

    def read(value: str) -> int | None:
        found = _SIZE.fullmatch(value)
        count = int(found[1]) * _UNITS[found[2]] if found else 0
        return count if low <= count <= high else None

    expected = f"a size from {low // 1_000}KB to {high // 1_000_000}MB, such as 500KB or 5MB"
    return text(expected, read, _SIZE.pattern)


def spell_size(count: int) -> str:
    """As feeds.yaml has it: `5MB`."""
    unit = next(unit for unit in ("MB", "KB", "B") if count % _UNITS[unit] == 0)
    return f"{count // _UNITS[unit]}{unit}"


def _line(value: str) -> str | None:
    value = value.strip()
    return value if value and not _CONTROL.search(value) else None


def site_url(value: str) -> str | None:
    """The address of a site, with a slash at its end; None where it is none."""
    url = http_url(value)
    if url is None or "?" in url or "@" in url:
        return None
    return url if url.endswith("/") else url + "/"


def _contact(value: str) -> str | None:
    return value if _E_MAIL.fullmatch(value) or (value.isascii() and http_url(value)) else None


def _time_zone(value: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, such as Asia
        return None


def language_tag(value: str) -> str | None:
    """In the case that RFC 5646, 2.1.1, recommends: `ku-Arab-IQ`."""
    if not _LANGUAGE.fullmatch(value):
        return None
    first, *rest = value.lower().split("-")
    for index, part in enumerate(rest):
        if len(part) == 1:
            break
        rest[index] = part.title() if len(part) == 4 and part.isalpha() else part.upper() if len(part) == 2 else part
    return "-".join([first, *rest])


def _expression() -> PlainValidator:
    """Its mistakes differ too much for one sentence: a regular expression's own is told."""

    def validate(value: object) -> str:
        line = _line(value) if isinstance(value, str) else None
        if line is None:
            raise ValueError("a word or phrase on one line (a number in quotes)")
        if expected := expressions.fault(line):
            raise ValueError(expected)
        return line

    message = "expected a word, a phrase, or re: and a regular expression"
    schema = {"type": "string", "pattern": f"^(?:{_ON_ONE_LINE})$|{_VARIABLE}", "patternErrorMessage": message}
    return _validator(validate, schema)


LINE = text("text on one line (a number in quotes)", _line, _ON_ONE_LINE)
TAG = text("a tag (a number in quotes)", _line, _ON_ONE_LINE)
ID = text(
    "an id of small letters, digits and hyphens, such as shafaq-ar",
    lambda value: value if _ID.fullmatch(value) else None,
    _ID.pattern,
)
URL = text("an http or https URL", http_url, rf"{_ANY_HTTP}\S+")
SITE_URL = text(
    "an http or https URL without query, such as https://news.example.org/", site_url, rf"{_ANY_HTTP}[^\s?@]+"
)
CONTACT = text("an e-mail address or a URL", _contact, rf"{_E_MAIL.pattern}|{_ANY_HTTP}[!-~]+")
TIME_ZONE = text("an IANA time zone such as Asia/Baghdad", _time_zone, r"[A-Za-z0-9_+\/-]+")
LANGUAGE = text("a language tag such as ar, ckb or ku-Arab (BCP 47)", language_tag, _ANY_CASE_LANGUAGE)
HEADER_NAME = text(
    "the name of a header that is the operator's to set",
    lambda value: value if _HEADER_NAME.fullmatch(value) and value.lower() not in _OWN_HEADERS else None,
    _HEADER_NAME.pattern,
)
EXPRESSION = _expression()
SELECTOR = text(
    "a CSS selector such as article, .news-list > li or h2 a",
    lambda value: value if check_selector(value) is None else None,
    r"[\s\S]+",
)
HEADER_VALUE = text(
    "text in ASCII on one line",
    lambda value: value if _HEADER_VALUE.fullmatch(value) else None,
    _HEADER_VALUE.pattern,
)
REFERENCE = text(
    "a URL, or a story's id such as urn:uuid:0b7e1f52-…",
    reference,
    rf"\s*(?:{_ANY_HTTP}\S+|(?:[Uu][Rr][Nn]:[Uu][Uu][Ii][Dd]:)?[0-9A-Fa-f-]{{36}})\s*",
)
