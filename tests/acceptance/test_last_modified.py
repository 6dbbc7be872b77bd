"""A reader that knows dates alone misses nothing (R39)."""

from __future__ import annotations

import time

from support.feeds import recent, rss
from support.program import Program, until
from support.publisher import Connection, Publisher, Request


def test_r39_last_modified_moves_with_what_a_slow_feed_brings_to_the_same_tick(
    program: Program, publisher: Publisher
) -> None:
    """Two feeds are due together, one answers seconds later: its stories are a modification of their own."""

    def late(connection: Connection, _: Request) -> None:
        time.sleep(4)
        connection.answer(200, {"Content-Type": "application/rss+xml"}, rss(*recent(5, guid=None)).encode())

    publisher.serve("/tigris", rss(*recent(2)))
    publisher.behave("/zagros", late)
    program.configure(f"feeds: ['{publisher.url('/tigris')}', '{publisher.url('/zagros')}']\n")
    with program.serving() as service:
        service.await_stories(2)
        seen = service.get("/feed.atom").headers["Last-Modified"]
        until(lambda: len(service.stories()) > 2, "the slow feed's stories")
        answer = service.get("/feed.atom", If_Modified_Since=seen)
        assert answer.status == 200
        assert answer.headers["Last-Modified"] != seen
