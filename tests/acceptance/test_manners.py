"""One host's budget holds from one process to the next, however the first one ended (R23, R51)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from support.feeds import late, recent, rss
from support.program import Program, until
from support.publisher import Publisher

SPACING = 6.0  # seconds, longer than a start of the program takes
EARLY = 0.2  # seconds that a request may be noticed too late on a busy machine


def configure(program: Program, publisher: Publisher, *names: str) -> None:
    feeds = "".join(f"  - {{id: {name}, url: '{publisher.url(f'/{name}')}'}}\n" for name in names)
    program.configure(f"hosts: {{spacing: {SPACING:g}s, concurrency: 9}}\nfeeds:\n{feeds}")


@pytest.mark.slow
def test_r23_two_polls_one_after_the_other_keep_the_spacing(program: Program, publisher: Publisher) -> None:
    """As under cron, where each starts anew."""
    publisher.serve("/tigris", rss(*recent(2)))
    configure(program, publisher, "tigris")
    for _ in range(2):
        program.poll("--all")
    first, second = publisher.requests
    assert second.at - first.at >= SPACING - EARLY


@pytest.mark.slow
@pytest.mark.parametrize("when", ["in a request", "between two requests"])
def test_r23_the_spacing_is_kept_after_kill_9(program: Program, publisher: Publisher, when: str) -> None:
    """Whether the poll had been recorded or not: neither the same feed nor another of the host is asked earlier."""
    slow = 60 if when == "in a request" else 0
    publisher.behave("/tigris", late(rss(*recent(2)), slow))
    publisher.serve("/zagros", rss(*recent(2)))
    configure(program, publisher, "tigris", "zagros")
    with program.running("poll") as first:
        until(lambda: publisher.requests, "a request")
        if not slow:
            until(lambda: "tigris" in first.out, "its poll")
        first.kill()
    publisher.serve("/tigris", rss(*recent(2)))
    program.poll("--all")
    starts = [request.at for request in publisher.requests]
    assert len(starts) == 3
    assert [gap for earlier, later in pairwise(starts) if (gap := later - earlier) < SPACING - EARLY] == []


@pytest.mark.slow
def test_r22_a_retry_after_is_kept_after_kill_9(program: Program, publisher: Publisher) -> None:
    """R22: for the whole host, by `serve` and by `poll --all`; status says so in words."""
    date = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    publisher.serve("/tigris", "later", status=503, headers={"Retry-After": date})
    publisher.serve("/zagros", rss(*recent(2)))
    feeds = [f"{{id: {name}, url: '{publisher.url(f'/{name}')}'}}" for name in ("tigris", "zagros")]
    program.configure(f"feeds: [{feeds[0]}]\n")
    with program.serving() as service:
        until(lambda: "rate_limited" in service.err, "the poll")
        service.kill()
    program.configure(f"feeds: [{', '.join(feeds)}]\n")
    told = program.poll("--all").out
    assert "zagros: not asked: 127.0.0.1 asked to wait until" in told
    assert "0 feeds polled; 1 not asked, as their hosts asked to wait" in told
    assert len(publisher.requests) == 1
    assert program.status()["zagros"]["state"] == "new"
    assert program.status()["zagros"]["reason"].endswith("(Retry-After)")
    assert program.poll("--all").out.startswith("nothing may be asked now")
