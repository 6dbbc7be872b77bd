"""A reader that knows dates alone misses nothing (R39)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

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


def test_r39_what_a_pass_brings_is_dated_by_its_end(program: Program, publisher: Publisher) -> None:
    """A reader looks while another process polls and after feeds.yaml has changed: what comes then is news to it."""
    asked, answers = Event(), Event()

    def late(connection: Connection, _: Request) -> None:
        asked.set()
        answers.wait(20)
        connection.answer(200, {"Content-Type": "application/rss+xml"}, rss(*recent(2)).encode())

    publisher.behave("/tigris", late)
    program.configure(f"feeds: ['{publisher.url('/tigris')}']\n")
    with program.serving("--no-poll") as service, ThreadPoolExecutor() as beside:
        poll = beside.submit(program.poll)
        assert asked.wait(20)
        program.configure(f"site: {{title: Two Rivers}}\nfeeds: ['{publisher.url('/tigris')}']\n")
        until(lambda: "Two Rivers" in service.get("/feed.atom").text, "the new title")
        seen = service.get("/feed.atom").headers["Last-Modified"]
        time.sleep(1)  # into another second: HTTP knows no less
        answers.set()
        assert poll.result().code == 0
        until(lambda: len(service.stories()) == 2, "the stories")
        assert service.get("/feed.atom", If_Modified_Since=seen).status == 200
