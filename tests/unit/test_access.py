"""Who may read what is the operator's."""

from __future__ import annotations

import base64

import pytest

from feedhub.web.access import LOCAL, Access

TOKEN = "a-token-for-the-operator"


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer {TOKEN}", basic(f"me:{TOKEN}"), basic(f":{TOKEN}")])
def test_whoever_has_the_token_may(header: str) -> None:
    """As a program says it, or as a browser does after it has asked for a password."""
    assert Access(TOKEN).admits(header)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        TOKEN,
        f"Digest {TOKEN}",
        f"Basic {TOKEN}",
        basic(TOKEN),
        basic(f"{TOKEN}:"),
        "Basic \N{SNOWMAN}",
        "Basic /w==",
        "Bearer naïve",
    ],
)
def test_nobody_else_may(header: str | None) -> None:
    """Neither without it nor with something like it; what cannot be read is no token."""
    assert not Access(TOKEN).admits(header)
    assert not Access.at("127.0.0.1", TOKEN).admits(header)


@pytest.mark.parametrize(
    ("host", "anybody"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("hub.example", False),
    ],
)
def test_without_a_token_it_is_open_to_this_machine_alone(host: str, anybody: bool) -> None:
    for token in (None, ""):
        access = Access.at(host, token)
        assert access.admits(None) is anybody
        assert access.admits(f"Bearer {TOKEN}") is anybody
    assert LOCAL.admits(None)


def test_the_token_is_in_no_representation() -> None:
    assert TOKEN not in repr(Access(TOKEN))
