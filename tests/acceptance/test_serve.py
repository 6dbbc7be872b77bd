"""`feedhub serve`: polls on schedule, serves, and ends well however it ends."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from feedhub.store.database import Store
from feedhub.store.lock import Locked, hold
from support import postgres
from support.feeds import recent, rss
from support.program import Program, Service, until
from support.publisher import Behaviour, Connection, Publisher, Request

FORMATS = ("feed.atom", "feed.rss", "feed.json")


def listing(publisher: Publisher, *names: str) -> str:
    feeds = ", ".join(f"{{id: {name}, url: '{publisher.url(f'/{name}')}'}}" for name in names)
    return f"site: {{title: Two Rivers, url: 'https://hub.example/'}}\nfeeds: [{feeds}]\n"


def test_sigterm_ends_it_within_10_seconds_though_a_feed_hangs_and_nothing_is_lost(
    program: Program, publisher: Publisher
) -> None:
    """R51: what was recorded before is in the next start's output, once; the feed cut short is asked again."""
    publisher.serve("/tigris", rss(*recent(5)))
    publisher.hang("/slow")
    program.configure(listing(publisher, "tigris", "slow"))
    with program.serving() as service:
        before = service.await_stories(5)
        until(lambda: publisher.requests_to("/slow"), "the slow feed's request")
        assert service.stop(within=10) == 0
        assert "Traceback" not in service.out + service.err
        assert '"event": "stopped"' in service.err
    publisher.serve("/slow", rss(*recent(6)[4:]))
    with program.serving() as service:
        after = service.await_stories(6)
    assert [story["id"] for story in after[:5]] == [story["id"] for story in before]


def test_sigterm_at_once_ends_it_at_once(program: Program, publisher: Publisher) -> None:
    """Also in the middle of the first look at what is due."""
    publisher.serve("/tigris", rss(*recent(5)))
    program.configure(listing(publisher, "tigris"))
    with program.serving() as service:
        assert service.get("/healthz").text == "alive\n"
        assert service.stop(within=10) == 0
        assert "Traceback" not in service.out + service.err


@pytest.mark.parametrize("moment", [pytest.param("between the answers", marks=pytest.mark.slow), "before the matching"])
def test_r51_kill_9_in_the_middle_of_a_pass_loses_and_doubles_nothing(
    program: Program, publisher: Publisher, moment: str
) -> None:
    """Half of the feeds have answered: the next start needs no repair, and has each story once, none re-dated."""
    names = [f"paper{n}" for n in range(6)]
    answered = threading.Event()
    for n, name in enumerate(names):
        document = rss(*recent(4 + n, guid=None), title=name)
        publisher.serve(f"/{name}", document)
        if n >= 3:
            publisher.behave(f"/{name}", _once(answered, document))
    program.configure(listing(publisher, *names))
    with program.running("poll") as process:
        until(lambda: len(publisher.requests) == 6, "six requests")
        if moment == "before the matching":
            until(lambda: process.out.count(" new") == 3, "three recorded feeds")
        process.popen.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    answered.set()
    with program.serving() as service:
        stories = service.await_stories(9)
    assert Counter(story["url"] for story in stories) == Counter(str(item.link) for item in recent(9))
    dates = [story["date_published"] for story in stories]
    assert dates == [f"{item.published:%Y-%m-%dT%H:%M:%SZ}" for item in recent(9)]
    assert len(stories[0]["_feedhub"]["carriers"]) == 6


def _once(moment: threading.Event, document: str) -> Behaviour:
    """The document, once it is the moment."""

    def answer(connection: Connection, _: Request) -> None:
        while not moment.is_set():
            connection.pause(0.05)
        connection.answer(200, {"Content-Type": "application/rss+xml"}, document.encode())

    return answer


def test_no_poll_beside_no_web_is_one_service_in_two_processes(program: Program, publisher: Publisher) -> None:
    """The one that serves shows what the other brings, within a second or two, and each alone stops cleanly."""
    publisher.serve("/tigris", rss(*recent(3)))
    program.configure(listing(publisher, "tigris"))
    with program.serving("--no-poll") as web:
        assert web.stories() == []
        with program.running("serve", "--no-web") as polling:
            web.await_stories(3)
            assert "the merged feed is at" not in polling.out
            assert polling.stop() == 0
        assert len(web.stories()) == 3
        assert web.stop() == 0


def test_a_port_in_use_is_one_line_and_who_comes_second_is_told_who_polls(
    program: Program, publisher: Publisher
) -> None:
    """R49: exit 1 for the port; exit 4 for the lock, with its holder and since when."""
    publisher.serve("/tigris", rss(*recent(3)))
    program.configure(listing(publisher, "tigris"))
    with program.serving() as service:
        port = service.address.rstrip("/").rpartition(":")[2]
        taken = program.run("serve", "--port", port)
        assert (taken.code, len(taken.lines)) == (1, 1)
        assert f"feedhub: cannot listen at http://127.0.0.1:{port}/: " in taken.err
        second = program.run("poll", "--all")
        assert second.code == 4
        told = rf"feedhub: another feedhub polls \S+: process {service.popen.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d"
        assert re.match(told, second.err)
        assert len(second.lines) == 1
        assert len(service.await_stories(3)) == 3


@pytest.mark.slow
def test_r49_a_service_whose_lock_is_lost_pauses_while_another_polls(
    tmp_path: Path, publisher: Publisher, postgres_server: str
) -> None:
    """R49: PostgreSQL restarts and another is quicker: one line says so, and when that one ends polling goes on."""
    publisher.serve("/tigris", rss(*recent(3)))
    with postgres.database(postgres_server) as url:
        program = Program(tmp_path, FEEDHUB_DATABASE_URL=url)
        program.configure(
            "defaults: {interval: 1s, min_interval: 1s, max_interval: 1s}\n" + listing(publisher, "tigris")
        )
        with program.serving() as service:
            service.await_stories(3)
            with closing(Store.open(url)) as store, _taken(store):
                until(lambda: "another feedhub polls" in service.err, "the pause")
                before = len(publisher.requests)
                time.sleep(2.5)
                assert len(publisher.requests) == before
                assert service.err.count("another feedhub polls") == 1
            until(lambda: len(publisher.requests) > before, "the next poll")
            assert program.run("poll").code == 4
            assert service.stop() == 0
        assert "Traceback" not in service.err


@contextmanager
def _taken(store: Store) -> Iterator[None]:
    """The lock, taken from its holder by ending that one's connection until this process is in time."""
    holder = "FROM pg_stat_activity WHERE application_name LIKE 'feedhub process%'"
    with ExitStack() as held:
        while True:
            with store.writing() as session:
                session.execute(text(f"SELECT pg_terminate_backend(pid) {holder}"))
            try:
                held.enter_context(hold(store, datetime.now(UTC)))
            except Locked:
                continue
            break
        yield


@pytest.mark.slow
def test_r49_poll_and_serve_make_the_same_of_the_same_documents(
    program: Program, publisher: Publisher, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """R49: the one-shot run's files are byte-equal to what the service serves; so are the reasons to poll again."""
    for n in range(3):
        publisher.serve(f"/paper{n}", rss(*recent(6, guid=None)[n : n + 4], title=f"Paper {n}"))
    once = Program(tmp_path_factory.mktemp("once"))
    for runs in (program, once):
        runs.configure(listing(publisher, "paper0", "paper1", "paper2"))
    once.poll("--export", "public")
    with program.serving() as service:
        service.await_stories(6)
        until(lambda: len(service.stories()[2]["_feedhub"]["carriers"]) == 3, "three carriers")
        for name in FORMATS:
            assert service.get(f"/{name}").body == once.files()[name]
        served, polled = program.status(), once.status()
    for name, feed in served.items():
        for key in ("state", "entries", "identity"):
            assert feed[key] == polled[name][key]
        why = feed["reason"].partition(": after")[0]  # for how long depends on the minute
        assert polled[name]["reason"].startswith(why)


@pytest.mark.slow
def test_r50_readers_see_no_error_while_60_feeds_are_polled(program: Program, publisher: Publisher) -> None:
    """R50: eight readers of a service, while another process polls and writes: each answer is whole."""
    names = [f"paper{n}" for n in range(60)]
    for n, name in enumerate(names):
        publisher.serve(f"/{name}", rss(*recent(40, guid=None)[n % 30 : n % 30 + 10], title=name))
    program.configure(listing(publisher, *names))
    with program.serving("--no-poll") as service, ThreadPoolExecutor(8) as readers:
        over = threading.Event()
        reading = [readers.submit(_read_on, service, over) for _ in range(8)]
        ran = program.run("poll")
        over.set()
        answers = [future.result() for future in reading]
        assert ran.code == 0
        assert "60 feeds polled; 0 unchanged; 0 failed; 600 new entries" in ran.out
        assert {status for seen in answers for status in seen} == {200}
        assert min(map(len, answers)) > 3
        assert len(service.await_stories(39)) == 39
        assert "locked" not in service.err + ran.err


def _read_on(service: Service, over: threading.Event) -> list[int]:
    statuses = []
    while not over.is_set():
        answer = service.get("/feed.atom")
        whole = answer.body.rstrip().endswith(b"</feed>")
        statuses.append(answer.status if whole else 0)
    return statuses
