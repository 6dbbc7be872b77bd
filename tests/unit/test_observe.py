"""Logs: one line an event, and no secret in any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from feedhub.observe import LogFormat, concealer, configure_logging

SECRET = "s3cr?t/tök'n"
FORMATS: tuple[LogFormat, ...] = ("json", "text", "auto")


@dataclass
class Login:
    password: str


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def fail(headers: dict[str, str]) -> None:
    raise ValueError(f"refused with {headers['Authorization']}")


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        f"https://u:{SECRET}@a.example/",
        "https://a.example/?key=s3cr%3Ft%2Ft%C3%B6k%27n",  # as a URL writes it
        "https://a.example/s3cr%3Ft/t%C3%B6k%27n",
        {"headers": {"Authorization": SECRET}},
        {SECRET: 1},
        ["a", ("b", {SECRET})],
        Login("hunter2"),
        ValueError("refused: hunter2"),
    ],
)
def test_secrets_are_blotted_out_wherever_they_stand(
    style: LogFormat, value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a text, a URL, a mapping, a list, an object's representation; what stands around them is kept."""
    configure_logging(style, ["", SECRET, "hunter2"])
    structlog.get_logger().warning("polled", feed="tigris", value=value)
    written = capsys.readouterr().err
    assert "tigris" in written
    assert "***" in written
    for form in (SECRET, "s3cr", "hunter2"):
        assert form not in written


@pytest.mark.parametrize("style", FORMATS)
def test_a_traceback_shows_neither_message_nor_variables_with_a_secret(
    style: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    """Headers are among the variables of every frame; only where it happened is told."""
    configure_logging(style, ["hunter2"])
    try:
        fail({"Authorization": "hunter2"})
    except ValueError:
        structlog.get_logger().exception("poll failed")
    written = capsys.readouterr().err
    assert "ValueError: refused with ***" in written
    assert "in fail" in written
    assert "hunter2" not in written


def test_a_secret_within_another_leaves_nothing_of_the_longer(capsys: pytest.CaptureFixture[str]) -> None:
    """The longer is blotted out first."""
    configure_logging("json", ["key", "key-of-the-house"])
    structlog.get_logger().info("with key-of-the-house and key")
    assert json.loads(capsys.readouterr().err)["event"] == "with *** and ***"


def test_a_value_of_a_few_letters_is_blotted_out_as_a_word_alone() -> None:
    """A variable may hold a tag or a language: the sentences around stay readable."""
    conceal = concealer(["a", "en"])
    assert conceal("answered 410; open it when lang=en, or tag a") == "answered 410; open it when lang=***, or tag ***"
    assert concealer([""])("as it is") == "as it is"


def test_without_a_terminal_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With level and UTC time, letters as they are, and numbers as numbers."""
    configure_logging("auto")
    structlog.get_logger().info("دهۆک\nنوێ", new=3, ok=True, none=None)
    (line,) = capsys.readouterr().err.splitlines()
    assert "دهۆک" in line
    event = json.loads(line)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "دهۆک\nنوێ", "level": "info", "new": 3, "ok": True, "none": None}


@pytest.mark.parametrize("style", FORMATS)
def test_logs_go_to_stderr_from_level_info(style: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is for what a command prints."""
    configure_logging(style)
    log = structlog.get_logger()
    log.debug("not this")
    log.info("but this")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "not this" not in captured.err
    assert "but this" in captured.err
