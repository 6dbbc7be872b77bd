"""`feedhub poll`: one pass, for cron."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest

from support.feeds import atom, late, recent, rss
from support.internet import closed_port
from support.program import Program
from support.proxy import Proxy
from support.publisher import Publisher


def test_a_poll_says_what_came_of_it_and_status_what_to_mend(program: Program, publisher: Publisher) -> None:
    """Exit 0 though a feed failed; plain lines where nobody watches, one a feed, and a summary.

    R30: a URL listed twice is one feed. R6: status says how the items of a feed are identified.
    """
    publisher.serve("/tigris", rss(*recent(20, guid="https://tigris.example/")))
    publisher.serve("/zagros", atom(*recent(2)))
    urls = {name: publisher.url(f"/{name}") for name in ("tigris", "zagros", "lost")}
    feeds = "".join(f"  - {{id: {name}, url: '{url}'}}\n" for name, url in urls.items())
    program.configure(f"feeds:\n{feeds}  - {urls['tigris']}\n")
    ran = program.poll()
    assert "\x1b" not in ran.out
    lines = ran.out.splitlines()
    assert "tigris: 20 new" in lines
    assert "zagros: 2 new" in lines
    assert any(line.startswith("lost: not_found: ") and "look for the feed's new address" in line for line in lines)
    total = "3 feeds polled; 0 unchanged; 1 failed; 22 new entries, 0 edited; 20 new stories, 2 merged"
    assert lines[-1].startswith(total)
    assert program.poll().out.startswith("nothing is due; the next poll is in ")
    assert len(publisher.requests) == 3
    status = program.status()
    assert [feed["state"] for feed in status.values()] == ["ok", "ok", "not_found"]
    assert status["tigris"]["identity"] == "link"
    assert "20 items share the guid https://tigris.example/" in status["tigris"]["identity_reason"]
    table = program.run("status").out
    assert status["tigris"]["identity_reason"] in table
    assert status["lost"]["message"] in table
    assert all(feed["reason"] and feed["reason"] in table for feed in status.values())


def test_a_poll_goes_through_the_proxy_that_the_environment_names(program: Program, publisher: Publisher) -> None:
    """Its password shows nowhere."""
    publisher.serve("/tigris", rss(*recent(2)))
    program.configure(f"feeds: [{{id: tigris, url: 'http://tigris.example:{publisher.port}/tigris'}}]\n")
    with Proxy(password="me:s3cret") as proxy:
        program.environment |= {"FEEDHUB_PROXY": f"http://me:s3cret@127.0.0.1:{proxy.port}"}
        ran = program.poll()
    assert proxy.asked == [f"GET http://tigris.example:{publisher.port}/tigris"]
    assert "tigris: 2 new" in ran.out
    assert "s3cret" not in ran.out + ran.err


def test_feed_asks_that_one_alone_and_never_within_retry_after(program: Program, publisher: Publisher) -> None:
    """R22: `--feed` ignores due times, not a publisher's wish; that is another host than the other two's."""
    for name in ("tigris", "zagros"):
        publisher.serve(f"/{name}", rss(*recent(2)))
    with Publisher("127.0.0.2") as patient:
        patient.serve("/patient", "later", status=429, headers={"Retry-After": "3600"})
        urls = {name: publisher.url(f"/{name}") for name in ("tigris", "zagros")} | {"patient": patient.url("/patient")}
        feeds = [f"{{id: {name}, url: '{url}'}}" for name, url in urls.items()]
        program.configure(f"feeds: [{', '.join(feeds)}]\n")
        program.poll()
        program.poll("--feed", "zagros", "--feed", "patient")
        asked = [len(publisher.requests_to(f"/{name}")) for name in ("tigris", "zagros")] + [len(patient.requests)]
    assert asked == [1, 2, 1]


def test_where_no_feed_can_be_reached_the_poll_ends_with_3_and_says_how_to_go_on(program: Program) -> None:
    """R25: five hosts and no network: the feeds are not to blame."""
    port = closed_port()
    urls = ", ".join(f"'http://127.0.0.{n}:{port}/feed'" for n in range(2, 8))
    program.configure(f"feeds: [{urls}]\n")
    ran = program.run("poll")
    assert ran.code == 3
    assert "No feed could be reached: this machine seems to be offline." in ran.out
    assert "make demo" in ran.out


def test_one_feed_that_is_down_is_not_this_machine_being_offline(program: Program, publisher: Publisher) -> None:
    """A cron run to which only the failing feed is due: the others were reached when they last were asked."""
    publisher.serve("/tigris", rss(*recent(2)))
    down = f"{{id: down, url: 'http://127.0.0.9:{closed_port()}/feed'}}"
    program.configure(f"feeds: ['{publisher.url('/tigris')}', {down}]\n")
    program.poll()
    ran = program.poll("--feed", "down")
    assert "offline" not in ran.out
    assert "1 failed" in ran.out


def test_r46_every_mistake_of_feeds_yaml_is_listed_with_its_line_and_the_poll_ends_with_2(program: Program) -> None:
    program.config.write_text(
        "site: {title: Two Rivers, colour: blue}\n"
        "feeds:\n"
        "  - ftp://tigris.example/rss\n"
        "  - {url: https://zagros.example/rss, interval: soon}\n"
        "  - {url: https://sirwan.example/rss, headers: {Authorization: '${NO_SUCH_TOKEN}'}}\n"
    )
    for command in ("check", "poll"):
        ran = program.run(command)
        assert ran.code == 2
        places = [re.match(rf"{re.escape(str(program.config))}:(\d+):(\d+): ", line) for line in ran.lines]
        assert [place and place[1] for place in places] == ["1", "3", "4", "5", None]
        assert ran.lines[-1] == "feedhub: 4 mistakes in the configuration"
        assert not program.data.exists()


def test_a_terminal_gets_a_progress_bar_that_leaves_a_summary(program: Program, publisher: Publisher) -> None:
    """On a pseudo-terminal; the feeds that failed stand in a table at the end."""

    publisher.behave("/tigris", late(rss(*recent(2)), 0.5))
    program.configure(f"feeds: ['{publisher.url('/tigris')}', {{id: lost, url: '{publisher.url('/lost')}'}}]\n")
    shown = _on_terminal(program, "poll")
    assert "polling" in shown
    assert "━" in shown
    assert re.search(r"[12]/2", shown)
    assert "2 feeds polled; 0 unchanged; 1 failed; 2 new entries" in shown
    assert re.search(r"lost +not_found +", shown)


def _on_terminal(program: Program, *arguments: str) -> str:
    """What the command shows on a terminal of its own."""
    terminal, end = pty.openpty()
    shown: list[bytes] = []

    def watch() -> None:
        while data := _read(terminal):
            shown.append(data)

    watching = threading.Thread(target=watch)
    watching.start()
    environment = program.environment | {"TERM": "xterm-256color", "COLUMNS": "120", "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        [sys.executable, "-m", "feedhub", *arguments], env=environment, stdin=end, stdout=end, stderr=end
    )
    os.close(end)
    assert process.wait(30) == 0
    watching.join()
    os.close(terminal)
    return b"".join(shown).decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way to say that the other end was closed
        return b""


@pytest.mark.slow
def test_r7_one_feed_at_a_time_in_another_order_leaves_the_same_files(
    program: Program, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """R7: another folder, another order of answers, another concurrency: every exported byte is the same."""
    documents = [rss(*recent(6, guid=None)[n : n + 3], title=f"Paper {n}") for n in range(4)]
    other = Program(tmp_path_factory.mktemp("other"))
    with ExitStack() as open_hosts:
        hosts = [open_hosts.enter_context(Publisher(f"127.0.0.{n}")) for n in range(1, 5)]
        feeds = ", ".join(f"{{id: paper{n}, url: '{host.url('/feed')}'}}" for n, host in enumerate(hosts))
        listing = f"site: {{url: 'https://hub.example/'}}\nfeeds: [{feeds}]\n"
        for host, document in zip(hosts, documents, strict=True):
            host.serve("/feed", document)
        program.configure(listing)
        program.poll("--export", "public")
        for n, (host, document) in enumerate(zip(hosts, documents, strict=True)):
            host.behave("/feed", late(document, 0.4 - n * 0.1))
        other.configure(f"hosts: {{concurrency: 1, spacing: 0s}}\n{listing}")
        other.poll("--export", "public")
    for name in ("feed.atom", "feed.rss", "feed.json", "index.html"):
        assert other.files()[name] == program.files()[name]
