"""The service's log: a line for each poll, with what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from feedhub.cli.serving import Teller
from feedhub.ingest.passes import PassReport
from feedhub.observe import configure_logging
from feedhub.settings import Settings
from feedhub.store.matching import Matched
from support.polls import NOON, a_poll, an_entry, failing_poll, news_poll
from unit.test_status import a_feed, a_report

TIGRIS, ZAGROS = a_feed("tigris"), a_feed("zagros")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def a_teller() -> Teller:
    configure_logging("json")
    return Teller(a_report({}).config, Settings(Path("feeds.yaml"), Path("data")), serves=False)


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines about polls, without what every line has."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    common = ("event", "level", "timestamp")
    return [{k: v for k, v in line.items() if k not in common} for line in lines if line["event"] == "polled"]


def test_what_was_secret_once_is_never_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Also when feeds.yaml holds it no more: a poll with it may still be under way."""
    teller, config = a_teller(), a_report({}).config
    teller.configured(replace(config, secrets=frozenset({"geheim77"})), ())
    teller.configured(replace(config, secrets=frozenset(), hide=("x",)), ())
    teller.polled(TIGRIS, replace(failing_poll(1), message="no geheim77 there"))
    assert told(capsys)[-1]["message"] == "no *** there"


def test_a_poll_that_brings_nothing_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    teller = a_teller()
    teller.polled(TIGRIS, a_poll(1, size=0))
    teller.polled(ZAGROS, failing_poll(2))
    common = {"seconds": 0.08, "bytes": 0, "new": 0, "merged": 0, "next": "2026-11-22T12:15:00+00:00"}
    assert told(capsys) == [
        {"feed": "tigris", "outcome": "unchanged", **common},
        {"feed": "zagros", "outcome": "timeout", "message": "no answer within 30 s", **common},
    ]


def test_one_that_brings_entries_is_told_when_they_are_matched(capsys: pytest.CaptureFixture[str]) -> None:
    """Then it is known how many joined a story; a matching of others says nothing about them."""
    entries = [an_entry(f"https://tigris.example/news/{n}") for n in range(3)]
    poll = news_poll(1, *entries, size=4_096)
    teller = a_teller()
    teller.polled(TIGRIS, poll)
    teller.polled(ZAGROS, replace(poll, feed=2))
    teller.matched(Matched(founded=1, joined=2, merged={"tigris": 2}))
    assert [(line["feed"], line["new"], line["merged"], line["bytes"]) for line in told(capsys)] == [
        ("tigris", 3, 2, 4_096)
    ]
    teller.matched(Matched(founded=3, merged={"zagros": 0}))
    assert [(line["feed"], line["merged"]) for line in told(capsys)] == [("zagros", 0)]


def test_no_line_is_lost_where_matching_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither when the feed is polled again nor when the service ends: then `merged` is not known."""
    with a_teller() as teller:
        for _ in range(2):
            teller.polled(TIGRIS, news_poll(1, an_entry()))
        teller.pass_ended(PassReport({}, offline=False))
    lines = told(capsys)
    assert [line["feed"] for line in lines] == ["tigris"] * 2
    assert not any("merged" in line for line in lines)
    assert lines[0]["next"] > NOON.isoformat()
