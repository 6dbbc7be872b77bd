"""What an answer without a document means (R22, R28)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedhub.net.failures import is_challenge, retry_after

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("120.0", timedelta(minutes=2)),
        ("0000120", timedelta(minutes=2)),
        ("604799", timedelta(seconds=604799)),
        ("604801", WEEK),
        ("31536000", WEEK),
        ("9" * 6000, WEEK),
        ("Tue, 03 Nov 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Tuesday, 03-Nov-26 13:00:00 GMT", timedelta(hours=1)),
        ("Tue Nov  3 13:00:00 2026", timedelta(hours=1)),
        ("Tue, 03 Nov 2026 16:00:00 +0300", timedelta(hours=1)),
        ("Wed, 03 Nov 2027 13:00:00 GMT", WEEK),
        ("Fri, 31 Dec 9999 23:59:59 GMT", WEEK),
    ],
)
def test_r22_retry_after_is_honoured_up_to_seven_days(value: str, wait: timedelta) -> None:
    """Seconds and all three forms of an HTTP-date; longer counts as seven days."""
    assert retry_after([value], NOW) == NOW + wait


@pytest.mark.parametrize(
    "value",
    [
        "", "0", "-1", "-86400", "soon", "1e9", "NaN", "٣٠", ",", "\x00",
        "Tue, 03 Nov 2026 11:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Tue, 99 Nov 2026 99:00:00 GMT",
        "Tue, 03 Nov 99999 13:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +1400",
    ],
)  # fmt: skip
def test_r22_retry_after_that_says_nothing_is_none(value: str) -> None:
    """Negative, past, absurd: no time to wait for, and no error."""
    assert retry_after([value], NOW) is None


def test_r22_of_several_retry_after_the_latest_counts() -> None:
    """A proxy and its origin may both say one."""
    assert retry_after(["30", "nonsense", "90"], NOW) == NOW + timedelta(seconds=90)


HTML = b"<!DOCTYPE html>\n<!-- <rss> --><html lang=en><head>%s</head>"


@pytest.mark.parametrize(
    ("status", "headers", "page"),
    [
        (403, {"cf-mitigated": "challenge"}, b""),
        (202, {"x-amzn-waf-action": "challenge"}, b""),
        (503, {}, HTML % b"<title>Just a moment...</title>"),
        (200, {}, HTML % b"<script src=/cdn-cgi/challenge-platform/h/b/orchestrate></script>"),
        (403, {}, HTML % b"<script src=https://ct.captcha-delivery.com/c.js></script>"),
        (200, {}, b'<html><iframe src="/_Incapsula_Resource?x=1"></iframe>'),
        (202, {}, b'<html><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2Ffeed"></meta></html>'),
        (429, {}, HTML % b"<title>Please solve this CAPTCHA</title>"),
    ],
)
def test_r28_challenge_pages_are_known(status: int, headers: dict[str, str], page: bytes) -> None:
    """By the header that says so, or by the marks of those who make them."""
    assert is_challenge(status, headers, page)


@pytest.mark.parametrize(
    ("status", "headers", "page"),
    [
        (403, {}, HTML % b"<title>403 Forbidden</title>"),
        (200, {}, HTML % b"<title>News</title><script src=/captcha.js></script>"),
        (200, {}, b"<?xml version='1.0'?><!-- <html> --><rss><item><title>Just a moment"),
        (200, {}, b"\xef\xbb\xbf<rss><title>x</title><description><![CDATA[<html>/cdn-cgi/challenge-platform"),
        (403, {}, b"captcha"),
        (500, {"server": "cloudflare"}, b""),
    ],
)
def test_other_pages_and_feeds_about_challenges_are_not(status: int, headers: dict[str, str], page: bytes) -> None:
    """A plain refusal is no challenge, and news may write about anything."""
    assert not is_challenge(status, headers, page)
