"""`feedhub demo`: the hub at work on any machine, without a network and without set-up."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from feedhub.demo.outlets import outlets
from support.demonstration import Demo, demonstrating
from support.feedvalidator import complaints
from support.program import fetch, until


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with demonstrating(tmp_path, pace=0.2) as demo:
        yield demo


def test_the_demo_shows_what_the_hub_is_for(demo: Demo) -> None:
    """Within seconds several newsrooms carry one story; every format reads again, is valid and has each story once."""
    until(demo.merged, "a merged story", within=20)
    answers = {form: demo.get(f"/feed.{form}") for form in ("atom", "rss", "json")}
    feeds = {form: answer.body for form, answer in answers.items()}
    for form in ("atom", "rss"):
        said = complaints(
            f"{demo.address}feed.{form}", answers[form].headers["Content-Type"], feeds[form], datetime.now(UTC)
        )
        # Faster than a newsroom: at this pace two articles are of one second.
        assert [complaint for complaint in said if not complaint.startswith("DuplicateUpdated")] == []
        parsed = feedparser.parse(io.BytesIO(feeds[form]))
        assert not parsed.bozo
        ids = [entry.id for entry in parsed.entries]
        assert len(ids) == len(set(ids)) > len(outlets())
    assert {item["language"] for item in json.loads(feeds["json"])["items"]} == {"en", "ar", "ckb", "kmr", "fa", "tr"}
    assert "Also in" in demo.get("/").text


def test_the_demo_says_where_to_look(demo: Demo) -> None:
    """The hub's address comes first, every address named answers, and then headlines and merges follow."""
    until(lambda: "merged" in demo.out.partition("Ctrl-C ends")[2], "what goes on", within=20)
    addresses = [line.split()[0] for line in demo.out.splitlines() if line.startswith("http://")]
    assert addresses[0] == demo.address
    assert [fetch(address).status for address in addresses] == [200] * 4
    until(lambda: any(f"{outlet.title}: " in demo.out for outlet in outlets()), "a headline")
    assert demo.err == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_the_demo_ends_cleanly(demo: Demo, number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C and SIGTERM end it in seconds with status 0, and nothing is left behind."""
    until(demo.stories, "stories")
    assert list(tmp_path.glob("feedhub-demo-*"))
    demo.popen.send_signal(number)
    assert demo.wait(within=10) == 0
    assert "nothing of it is kept" in demo.out.splitlines()[-1]
    assert not list(tmp_path.glob("feedhub-demo-*"))
    assert "Traceback" not in demo.out + demo.err
