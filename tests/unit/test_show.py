"""What commands print for people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from feedhub.cli.show import ago, folding, plural, polled_line, print_summary
from feedhub.config import FeedConfig
from feedhub.ingest.passes import PassReport
from feedhub.models import Arrival, Edit, FailureKind, Move, News, NextPoll, Poll, Received, Validators
from feedhub.store.matching import Matched
from support.entries import NOON, an_entry

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)

FEED = FeedConfig(
    id="tigris",
    explicit_id=True,
    url="https://tigris.example/feed?key=secret",
    public_url="https://tigris.example/feed?key=${KEY}",
    title=None,
    tags=(),
    language=None,
    timezone=None,
    priority=0,
    interval=15 * MINUTE,
    min_interval=5 * MINUTE,
    max_interval=DAY,
    headers={},
    paused=False,
    dedup="link",
    max_size=5_000_000,
    position=0,
    line=1,
)


MOVE = Move("https://tigris.example/rss?key=secret", NOON)
HELD = NextPoll(NOON + HOUR, "tigris.example asked to wait", HOUR, NOON + HOUR)


def a_poll(outcome: str = "fetched", **changes: Any) -> Poll:
    values = {"state": "ok", "message": "", "news": None} | changes
    return Poll(feed=1, at=NOON, outcome=outcome, next=NextPoll(NOON + HOUR, "", HOUR), **values)


def some_news(new: int, edited: int = 0) -> News:
    entry = an_entry()
    return News(
        received=Received("rss20", "", "", None, (entry,)),
        validators=Validators(),
        body_hash="",
        identity="guid",
        identity_reason="",
        arrivals=(Arrival(entry, "", NOON, ""),) * new,
        edits=(Edit(1, entry, "", significant=True),) * edited,
    )


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [
        (0, "feed", "0 feeds"),
        (1, "feed", "1 feed"),
        (2, "feed", "2 feeds"),
        (1, "new story", "1 new story"),
        (0, "new entry", "0 new entries"),
        (21, "story", "21 stories"),
    ],
)
def test_counted_things_are_in_the_singular_or_the_plural(count: int, noun: str, words: str) -> None:
    """Never `1 feeds`, never `2 storys`."""
    assert plural(count, noun) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (MINUTE, "1 min"),
        (5 * MINUTE, "5 min"),
        (5 * MINUTE + 3 * SECOND, "5 min"),
        (HOUR, "1 h"),
        (2 * HOUR + 59 * MINUTE, "2 h"),
        (3 * DAY, "3 d"),
        (DAY + SECOND, "1 d"),
        (59 * SECOND, "moments"),
    ],
)
def test_times_are_told_in_their_largest_unit(span: timedelta, words: str) -> None:
    """Past and future alike."""
    assert ago(NOON - span, NOON) == f"{words} ago"
    assert ago(NOON + span, NOON) == f"in {words}"


def test_what_never_was_and_what_is_just_now() -> None:
    """A feed that was not polled yet; one that just was."""
    assert ago(None, NOON) == "never"
    assert ago(NOON, NOON) == "moments ago"


@pytest.mark.parametrize(
    ("poll", "line"),
    [
        (a_poll(news=some_news(12)), "tigris: 12 new"),
        (a_poll(news=some_news(0)), "tigris: 0 new"),
        (a_poll(news=some_news(2, edited=3)), "tigris: 2 new, 3 edited"),
        (a_poll(news=some_news(2), message="1 item skipped: no text"), "tigris: 2 new (1 item skipped: no text)"),
        (a_poll("unchanged"), "tigris: unchanged"),
        (a_poll("unchanged", state="stale", message="nothing new for 9 d"), "tigris: unchanged (nothing new for 9 d)"),
        (a_poll("unchanged", move=MOVE), "tigris: unchanged"),
        (
            a_poll("unchanged", move=replace(MOVE, adopted_at=NOON)),
            "tigris: unchanged (moved for good: `feedhub status` has the new address for line 1)",
        ),
        (replace(a_poll("held"), next=HELD), "tigris: not asked: tigris.example asked to wait"),
        (
            a_poll(FailureKind.GONE, state="gone", message="it is gone; find its new address"),
            "tigris: gone: it is gone; find its new address",
        ),
        (a_poll(FailureKind.DNS, state="offline", message="no network"), "tigris: offline: no network"),
    ],
)
def test_a_poll_is_one_line(poll: Poll, line: str) -> None:
    """What came, or the state and what to do; never the address with its secrets."""
    assert polled_line(FEED, poll) == line


def test_r26_an_address_to_be_copied_is_whole_in_a_narrow_window(capsys: pytest.CaptureFixture[str]) -> None:
    """R26: it goes on in the next line."""
    address = "https://tigris.example/" + "news/" * 20 + "feed.xml"
    table = folding("feed", "what to mend")
    table.add_row("tigris", f"change its url to {address}")
    Console(width=40).print(table, markup=False)
    told = "".join(line.removeprefix("tigris").strip() for line in capsys.readouterr().out.splitlines())
    assert address in told


@pytest.mark.parametrize(("split", "end"), [(0, "merged into one that was there"), (2, "; 2 split off by an edit")])
def test_r14_a_summary_tells_of_stories_that_an_edit_has_split_off(split: int, end: str) -> None:
    """R14: they are not among the new stories, and yet readers see more than before."""
    screen = Console(width=200)
    with screen.capture() as printed:
        print_summary(screen, PassReport({}, offline=False), Matched(edited=split, split=split))
    assert printed.get().rstrip().endswith(end)
