"""R43: what goes to a hub and comes from it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from feedhub.websub.messages import Intent, is_signed, question, read_intent, request_form, signature
from feedhub.websub.reach import hindrance

BODY, SECRET = "<rss>دجلة</rss>".encode(), "between the rivers"


def _signed(method: str, body: bytes = BODY, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_r43_a_signature_is_that_of_the_body_byte_for_byte(method: str) -> None:
    """R43: four methods; letters of either case; nothing else passes."""
    signature = _signed(method)
    assert is_signed(BODY, f"{method}={signature}", SECRET)
    assert is_signed(BODY, f" {method.upper()}={signature.upper()} ", SECRET)
    assert not is_signed(BODY + b" ", f"{method}={signature}", SECRET)
    assert not is_signed(BODY, f"{method}={signature}", SECRET + " ")
    assert not is_signed(BODY, f"{method}={signature[:-1]}", SECRET)
    assert not is_signed(BODY, f"{method}={signature}00", SECRET)
    assert not is_signed(BODY, signature, SECRET)


@pytest.mark.parametrize(
    "signature", ["", "=", "sha256", "sha256=", "md5=" + _signed("md5"), "sha256=é", "new=1", "\0"]
)
def test_r43_what_is_no_signature_is_none(signature: str) -> None:
    """R43: no method of its own choice, no empty one, and nothing raises."""
    assert not is_signed(BODY, signature, SECRET)


def test_the_form_says_what_section_5_1_wants() -> None:
    """A secret and a lease to begin with, none to end with."""
    topic, callback = "https://tigris.example/", "https://news.example.org/websub/callback/k"
    common = {"hub.topic": topic, "hub.callback": callback}
    lease = timedelta(days=10)
    asked = request_form("subscribe", topic, callback, SECRET, lease)
    assert asked == {**common, "hub.mode": "subscribe", "hub.secret": SECRET, "hub.lease_seconds": "864000"}
    assert request_form("unsubscribe", topic, callback, SECRET, lease) == {**common, "hub.mode": "unsubscribe"}


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [("60", timedelta(minutes=1)), ("", None), ("-1", None), ("1e9", None), ("9" * 400, None), ("٣٠", None)],
)
def test_a_lease_that_makes_no_sense_is_none(seconds: str, lease: timedelta | None) -> None:
    """Nothing a hub says raises."""
    intent = read_intent(
        {"hub.mode": "subscribe", "hub.topic": "t", "hub.challenge": "c", "hub.lease_seconds": seconds}
    )
    assert intent == Intent("subscribe", "t", "c", lease)


@pytest.mark.parametrize("callback", ["https://reader.example.com/k", "https://reader.example.com/k?a=b&hub.x=1"])
@pytest.mark.parametrize(
    "intent",
    [
        Intent("subscribe", "https://news.example.org/feed.atom?a=1&b=2", "ch al/lenge", timedelta(days=10)),
        Intent("unsubscribe", "https://news.example.org/feed.atom", "challenge"),
        Intent("denied", "https://news.example.org/feed.atom", reason="هەولێر"),
    ],
)
def test_r43_a_question_is_read_as_it_was_put(callback: str, intent: Intent) -> None:
    """R43: the callback's own query stays as it is (section 5.3)."""
    address = question(callback, intent)
    assert address.startswith(callback)
    asked = dict(parse_qsl(urlsplit(address).query))
    assert read_intent(asked) == intent
    assert ("hub.lease_seconds" in asked) == (intent.mode == "subscribe")


def test_r43_what_our_hub_signs_our_subscriber_believes() -> None:
    """R43: by sha256, as the recommendation wants at least."""
    assert signature(BODY, SECRET) == f"sha256={_signed('sha256')}"
    assert is_signed(BODY, signature(BODY, SECRET), SECRET)


_PUBLIC = ("https://news.example.org/", "https://news.example.org/hub/", "http://8.8.8.8/", "http://[2a00:1450::1]/")
_NOT_PUBLIC = (
    *("http://localhost/", "http://hub/", "http://hub.local/", "http://hub.lan:8080/", "http://news.localhost/"),
    *("http://127.0.0.1:8080/", "http://10.1.2.3/", "http://192.168.0.9/", "http://169.254.1.1/", "http://0.0.0.0/"),
    *(
        "http://[::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:8.8.8.8]/",
        "https://hub.example/",
        "http://hub.internal./",
    ),
)


@pytest.mark.parametrize("url", _PUBLIC)
def test_r43_where_the_site_is_public_hubs_are_asked(url: str) -> None:
    """R43: told from the address alone."""
    assert hindrance(url, allow_private=False) == ""


@pytest.mark.parametrize("url", _NOT_PUBLIC)
def test_r43_where_the_site_is_not_public_no_hub_is_asked_unless_private_addresses_are_allowed(url: str) -> None:
    """R43: the reason names the host."""
    assert "which hubs on the Internet cannot reach" in hindrance(url, allow_private=False)
    assert hindrance(url, allow_private=True) == ""


def test_r43_without_site_url_no_hub_is_asked() -> None:
    """The listening address is nobody's who is elsewhere."""
    assert hindrance(None, allow_private=False) == "site.url is not set"
    assert hindrance(None, allow_private=True) == ""
