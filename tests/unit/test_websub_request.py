"""R43: what subscribers ask of our hub."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedhub.websub.request import (
    LEASE,
    MOST,
    MOST_AT_HOST,
    MOST_UNVERIFIED,
    MOST_UNVERIFIED_AT_HOST,
    Census,
    Refusal,
    SubscriptionRequest,
    overfull,
    read_request,
)

TOPIC = "https://news.example.org/feed.atom"
CALLBACK = "https://reader.example.com/push/k3y?of=tigris"
SECRET = "between the rivers"
GOOD = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": CALLBACK}


def read(allow_private: bool = False, /, **changes: str) -> SubscriptionRequest | Refusal:
    """What the good form is with these parameters changed; one that becomes empty is left out."""
    form = GOOD | {f"hub.{name}": value for name, value in changes.items()}
    return read_request([pair for pair in form.items() if pair[1]], [TOPIC], allow_private=allow_private)


def a_request(mode: str = "subscribe") -> SubscriptionRequest:
    found = read(mode=mode)
    assert isinstance(found, SubscriptionRequest)
    return found


def test_r43_a_request_is_what_section_5_1_says() -> None:
    """R43: mode, topic and callback; a secret and a lease if wanted; what else stands in the form means nothing."""
    assert read() == SubscriptionRequest("subscribe", TOPIC, CALLBACK, "", LEASE)
    asked = read(mode="unsubscribe", secret=SECRET, lease_seconds="86400", verify="async")
    assert asked == SubscriptionRequest("unsubscribe", TOPIC, CALLBACK, SECRET, timedelta(days=1))
    assert a_request().host == "reader.example.com"


def test_the_secret_and_the_callback_stay_out_of_texts() -> None:
    """A log or a traceback that shows a request shows neither."""
    shown = repr(read(secret=SECRET))
    assert SECRET not in shown
    assert "k3y" not in shown


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [("1", timedelta(hours=1)), ("0", timedelta(hours=1)), ("7200", timedelta(hours=2)), ("9" * 9, timedelta(days=30))],
)
def test_r43_a_lease_is_granted_within_bounds(seconds: str, lease: timedelta) -> None:
    """R43: from an hour to a month; the subscriber is told which it got."""
    asked = read(lease_seconds=seconds)
    assert isinstance(asked, SubscriptionRequest)
    assert asked.lease == lease


_MISTAKES = {
    "no mode": ({"mode": ""}, 400, "hub.mode: expected subscribe or unsubscribe"),
    "another mode": ({"mode": "publish"}, 400, "hub.mode: expected"),
    "no topic": ({"topic": ""}, 400, "hub.topic: expected the address of an output"),
    "another topic": ({"topic": TOPIC + "?tag=a"}, 404, "hub.topic: no output has this address"),
    "no callback": ({"callback": ""}, 400, "hub.callback: expected an http or https address"),
    "a relative callback": ({"callback": "/push"}, 400, "hub.callback: expected an http"),
    "another scheme": ({"callback": "ftp://reader.example.com/"}, 400, "hub.callback: expected an http"),
    "no host": ({"callback": "https:///push"}, 400, "hub.callback: expected an http"),
    "no port of TCP": ({"callback": "https://reader.example.com:99999/"}, 400, "hub.callback: expected an http"),
    "port 0": ({"callback": "https://reader.example.com:0/"}, 400, "hub.callback: expected an http"),
    "a fragment": (
        {"callback": CALLBACK + "#a"},
        400,
        "hub.callback: expected an http or https address without a fragme",
    ),
    "a space": ({"callback": CALLBACK + " a"}, 400, "hub.callback: expected an http"),
    "a line end": ({"callback": CALLBACK + "\r\nX:y"}, 400, "hub.callback: expected an http"),
    "a long one": ({"callback": CALLBACK + "a" * 2_000}, 400, "hub.callback: expected an http"),
    "loopback": ({"callback": "http://127.0.0.1/"}, 400, "hub.callback: 127.0.0.1 is not a public address"),
    "link-local": ({"callback": "http://169.254.169.254/"}, 400, "hub.callback: 169.254.169.254 is not a public"),
    "IPv6": ({"callback": "http://[::1]:80/"}, 400, "hub.callback: ::1 is not a public address"),
    "a name of this machine": (
        {"callback": "http://localhost/"},
        400,
        "hub.callback: localhost is not a public address",
    ),
    "loopback in short": ({"callback": "http://127.1/"}, 400, "hub.callback: 127.1 is not a public address"),
    "loopback in hexadecimal": ({"callback": "http://127.0x1/"}, 400, "hub.callback: 127.0x1 is not a public address"),
    "a name of this network": ({"callback": "http://db/"}, 400, "hub.callback: db is not a public address"),
    "a long secret": ({"secret": "é" * 100}, 400, "hub.secret: expected fewer than 200 bytes"),
    "a lease in words": ({"lease_seconds": "a day"}, 400, "hub.lease_seconds: expected a whole number of seconds"),
    "a negative lease": ({"lease_seconds": "-1"}, 400, "hub.lease_seconds: expected"),
}


@pytest.mark.parametrize("mistake", _MISTAKES)
def test_r43_a_bad_request_is_refused_with_one_sentence_that_names_the_parameter(mistake: str) -> None:
    """R43, R31: a private callback is one, as far as its address alone tells."""
    changes, status, sentence = _MISTAKES[mistake]
    refusal = read(**changes)
    assert isinstance(refusal, Refusal)
    assert refusal.status == status
    assert refusal.sentence.startswith(sentence)
    assert "\n" not in refusal.sentence


def test_r31_private_callbacks_are_taken_where_private_addresses_are_allowed() -> None:
    """R31: as feeds are."""
    assert isinstance(read(True, callback="http://127.0.0.1:8080/"), SubscriptionRequest)


def test_r43_a_secret_of_199_bytes_is_short_enough() -> None:
    """R43: the bound counts bytes."""
    assert isinstance(read(secret="é" * 99 + "a"), SubscriptionRequest)


def test_r43_a_parameter_that_is_given_twice_is_refused() -> None:
    """R43: nobody can tell which of the two was meant; the same once more is no matter."""
    once = list(GOOD.items())
    assert isinstance(read_request([*once, once[0]], [TOPIC], allow_private=False), SubscriptionRequest)
    twice = read_request([*once, ("hub.callback", "https://other.example.com/")], [TOPIC], allow_private=False)
    assert twice == Refusal(400, "hub.callback: given more than once")


@pytest.mark.parametrize(
    ("census", "status"),
    [
        (Census(MOST - 1, MOST_AT_HOST - 1, 0, 0), None),
        (Census(subscribed=MOST), 503),
        (Census(subscribed=MOST - 3, unverified=3), 503),
        (Census(subscribed_at_host=MOST_AT_HOST), 429),
        (Census(subscribed_at_host=MOST_AT_HOST - 2, unverified_at_host=2), 429),
        (Census(unverified=MOST_UNVERIFIED), 503),
        (Census(unverified_at_host=MOST_UNVERIFIED_AT_HOST), 429),
    ],
)
def test_r43_there_is_room_for_so_many_and_no_more(census: Census, status: int | None) -> None:
    """R43: in all and for a host, of subscriptions and of requests that nobody has confirmed yet."""
    refusal = overfull(a_request(), census)
    assert (refusal and refusal.status) == status
    assert refusal is None or refusal.sentence.startswith("hub.callback: ")


def test_r43_who_leaves_needs_no_room() -> None:
    """R43: but the requests to be confirmed are bounded for these as well."""
    leaving = a_request("unsubscribe")
    assert overfull(leaving, Census(MOST, MOST_AT_HOST, 0, 0)) is None
    assert overfull(leaving, Census(unverified_at_host=MOST_UNVERIFIED_AT_HOST)) is not None
