"""R39: conditional requests and the choice of encoding, as RFC 9110 has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.web.conditional import is_fresh, prefers_gzip

MODIFIED = datetime(2026, 11, 22, 12, 0, 5, 999_999, tzinfo=UTC)
ETAG = '"5f2b"'


def http_date(moment: datetime) -> str:
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


@pytest.mark.parametrize("tags", ['"5f2b"', 'W/"5f2b"', '"other", "5f2b"', '"a,b",W/"5f2b" , "c"', "*", " * "])
def test_r39_a_copy_with_our_etag_is_fresh(tags: str) -> None:
    """Compared weakly, in a list of any length; the star stands for any (section 13.1.2)."""
    assert is_fresh(ETAG, MODIFIED, tags, None)


@pytest.mark.parametrize("tags", ['"other"', 'W/"other"', '"5f2b-gzip"', '"5F2B"', '""', '"5f2"', '"*"'])
def test_r39_a_copy_with_another_etag_is_stale_whatever_its_date(tags: str) -> None:
    """If-None-Match goes before If-Modified-Since (section 13.2.2)."""
    assert not is_fresh(ETAG, MODIFIED, tags, None)
    assert not is_fresh(ETAG, MODIFIED, tags, http_date(MODIFIED + timedelta(days=1)))


@pytest.mark.parametrize(("seconds", "fresh"), [(-1, False), (0, True), (1, True), (86_400, True), (-86_400, False)])
def test_r39_a_copy_as_new_as_the_document_is_fresh(seconds: int, fresh: bool) -> None:
    """By the second, which is all that Last-Modified can say (section 13.1.3)."""
    assert is_fresh(ETAG, MODIFIED, None, http_date(MODIFIED + timedelta(seconds=seconds))) is fresh


@pytest.mark.parametrize(
    "date",
    ["Sunday, 22-Nov-26 12:00:05 GMT", "Sun Nov 22 12:00:05 2026", "Sun, 22 Nov 2026 15:00:05 +0300"],
)
def test_r39_the_older_forms_of_a_date_are_understood(date: str) -> None:
    """A recipient accepts all three forms (section 5.6.7)."""
    assert is_fresh(ETAG, MODIFIED, None, date)
    assert not is_fresh(ETAG, MODIFIED + timedelta(seconds=1), None, date)


@pytest.mark.parametrize(
    "date",
    [None, "", "yesterday", "0", "Sun, 99 Nov 2026 12:00:05 GMT", f"Sun, 22 Nov {'9' * 20} 12:00:05 GMT",
     f"Sun, 22 Nov 2026 12:00:05 +{'9' * 20}"],
)  # fmt: skip
def test_r39_a_date_that_is_none_counts_as_absent(date: str | None) -> None:
    """The whole document is sent."""
    assert not is_fresh(ETAG, MODIFIED, None, date)


@pytest.mark.parametrize("tags", ["", "5f2b", "W/5f2b", '"5f2b', ","])
def test_r39_tags_that_are_none_leave_the_date_to_decide(tags: str) -> None:
    """Some clients strip the quotes."""
    assert not is_fresh(ETAG, MODIFIED, tags, None)
    assert is_fresh(ETAG, MODIFIED, tags, http_date(MODIFIED))


def test_an_unconditional_request_is_answered_in_full() -> None:
    """No header, no 304."""
    assert not is_fresh(ETAG, MODIFIED, None, None)


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("gzip ; q=0.001", True),
        ("*", True),
        ("identity, *;q=0.1", False),
        ("gzip;q=0.5, identity", False),
        ("gzip, identity", True),
        ("identity;q=0.5, gzip;q=0.8, *;q=0", True),
        ("identity;q=0", True),
        ("br, identity;q=0", True),
        ("*;q=0, br", False),
        ("gzip;q=0, identity;q=0", False),
        ("*;q=0, gzip", True),
        (None, False),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("gzip;q=high", False),
        ("notgzip", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(header: str | None, accepted: bool) -> None:
    """A weight of zero refuses, the larger weight wins, the star stands for what is not named (section 12.5.3)."""
    assert prefers_gzip(header) is accepted


@given(header=st.text(max_size=40), other=st.text(max_size=40))
def test_no_header_is_an_error(header: str, other: str) -> None:
    """Whatever a client sends gets an answer."""
    assert isinstance(is_fresh(ETAG, MODIFIED, header, other), bool)
    assert isinstance(prefers_gzip(header), bool)
