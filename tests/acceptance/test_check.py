"""`check --fetch` and `check --system`: what an operator learns before the first poll."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import stat
from typing import Any

import pytest

from support.feeds import atom, items, rss
from support.internet import closed_port
from support.program import Program
from support.publisher import Publisher

HUB = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="https://hub.example/?a&amp;b" rel="hub"/>'


def listing(publisher: Publisher, *lines: str) -> str:
    return "feeds:\n" + "".join(f"  - {line.replace('P/', publisher.url('/'))}\n" for line in lines)


def lines(program: Program, *options: str) -> tuple[int, list[str]]:
    """The exit code, and what stands behind the line on the configuration."""
    ran = program.run("check", *options)
    first, *others = ran.out.splitlines() or [""]
    assert ran.code == 2 or first.endswith("no mistakes"), ran
    return ran.code, others


def looks(program: Program, **environment: str) -> dict[str, dict[str, Any]]:
    """`check --system --json`, by what was looked at."""
    program.environment |= environment
    found = json.loads(program.run("check", "--system", "--json").out)["system"]
    return {look["check"]: look for look in found}


# --- each feed --------------------------------------------------------------------------------------------------------


def test_each_feed_is_tried_and_nothing_is_stored(program: Program, publisher: Publisher) -> None:
    """Format, items, language, hub; a failure's class and sentence; exit code 1. In the order of the file."""
    publisher.serve("/a", rss(*items(3)).replace("<channel>", f"<channel>{HUB}"))
    publisher.serve("/b", "<html><title>Tigris</title></html>", content_type="text/html")
    program.config.write_text(
        listing(publisher, *(f"{{url: P/{name}, id: {name}}}" for name in "abc"), "{url: P/d, id: d, paused: true}")
    )
    code, found = lines(program, "--fetch")
    assert code == 1
    assert found[0] == "a: ok: rss20, 3 items, en, hub https://hub.example/?a&b"
    assert found[1].startswith("b: not_a_feed: answered with a web page titled “Tigris”, not with a feed; look on the")
    assert found[2].startswith(f"c: not_found: {publisher.url('/c')} answered 404")
    assert found[3:] == ["d: paused", "4 feeds tried, 2 failed"]
    assert not program.data.exists()
    assert not publisher.requests_to("/d")


def test_r26_a_feed_that_moved_for_good_is_told_with_the_line_to_change(program: Program, publisher: Publisher) -> None:
    """R26: feeds.yaml itself stays as it is; a temporary redirect is none to adopt."""
    publisher.redirect("/old", "/new", 301)
    publisher.redirect("/here", "/now", 302)
    for path in ("/new", "/now"):
        publisher.serve(path, rss(*items(1)))
    text = listing(publisher, "{url: P/old, id: a}", "{url: P/here, id: b}")
    program.config.write_text(text)
    code, found = lines(program, "--fetch")
    assert code == 0
    note = f"moved for good: make line 2 of {program.config} {publisher.url('/new')}"
    assert found[0] == f"a: ok: rss20, 1 item, en: {note}"
    assert found[1] == "b: ok: rss20, 1 item, en"
    assert program.config.read_text() == text


def test_a_feed_that_is_listed_twice_in_other_words_is_told(program: Program, publisher: Publisher) -> None:
    """By the form of its address, or by where a redirect leads."""
    publisher.serve("/feed", rss(*items(2)))
    publisher.serve("/feed/", rss(*items(2)))
    publisher.redirect("/alias", "/feed", 302)
    program.config.write_text(
        listing(publisher, "{url: P/feed, id: a}", "{url: P/feed/, id: b}", "{url: P/alias, id: c}")
    )
    _, found = lines(program, "--fetch")
    assert found[0] == "a: ok: rss20, 2 items, en"
    assert [line.rpartition(": the same")[2] for line in found[1:3]] == [" feed as a on line 2: keep one of them"] * 2


def test_a_language_that_is_not_the_texts_is_told(program: Program, publisher: Publisher) -> None:
    """The operator's word would hold for each of them."""
    publisher.serve("/a", atom(*items(3)))
    program.config.write_text(listing(publisher, "{url: P/a, id: a, language: tr}"))
    _, found = lines(program, "--fetch")
    assert found[0].endswith(": feeds.yaml says tr, and the texts seem to be en")


def test_as_json_it_is_the_same_for_scripts(program: Program, publisher: Publisher) -> None:
    """One document on stdout, warnings included, and nothing of `${NAME}` in it."""
    publisher.serve("/a", json.dumps(JSON_FEED), content_type="application/feed+json")
    publisher.redirect("/secret/geheim", "/a?key=geheim", 301)
    program.environment["KEY"] = "geheim"
    program.config.write_text(listing(publisher, "{url: 'P/secret/${KEY}', id: a}"))
    ran = program.run("check", "--fetch", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert "geheim" not in ran.out
    data = json.loads(ran.out)
    assert data["config"] | {"file": "", "warnings": len(data["config"]["warnings"])} == {
        "file": "",
        "feeds": 1,
        "outputs": 1,
        "warnings": 1,
    }
    (feed,) = data["feeds"]
    assert feed.pop("message").startswith("moved for good: make line 2 of")
    assert feed == {
        "id": "a",
        "url": publisher.url("/secret/${KEY}"),
        "line": 2,
        "state": "ok",
        "format": "json11",
        "title": "Tigris",
        "items": 1,
        "languages": ["en"],
        "hub": "https://hub.example/",
        "moved_to": publisher.url("/a?key=***"),
        "same_as": None,
    }


JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Tigris",
    "language": "en",
    "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
    "items": [{"id": "1", "url": "https://tigris.example/1", "title": "Rain", "content_text": "It rained."}],
}


def test_where_no_feed_can_be_reached_the_exit_code_is_3(program: Program) -> None:
    """As for `poll`."""
    program.config.write_text(f"feeds: ['http://127.0.0.1:{closed_port()}/']\n")
    code, found = lines(program, "--fetch")
    assert code == 3
    assert "offline" in found[-2]
    program.config.write_text("feeds: [a]\n")
    assert lines(program, "--fetch")[0] == 2


# --- the system -------------------------------------------------------------------------------------------------------


def test_a_new_machine_is_well_and_nothing_is_made(program: Program) -> None:
    """Six looks, a line each, exit code 0, before there is a data folder."""
    program.config.write_text("feeds: ['http://127.0.0.1/']\n")
    program.environment["FEEDHUB_PORT"] = str(closed_port())
    code, found = lines(program, "--system")
    assert code == 0, found
    assert [line.split(": ")[:2] for line in found] == [
        [about, "ok"] for about in ("data folder", "disk", "database", "clock", "address", "network")
    ]
    assert "no tables yet" in found[2]
    assert not program.data.exists()


@pytest.mark.slow
def test_a_database_in_use_is_looked_at_without_a_change(program: Program, publisher: Publisher) -> None:
    """While a service runs on it, whose address counts as its own; R14: overrides of what nobody has are named."""
    publisher.serve("/f", rss(*items(1)))
    nobodys = "dedup: {merge: [[https://tigris.example/1, https://zagros.example/1]]}\n"
    program.config.write_text(listing(publisher, "P/f") + "hosts: {spacing: 0s}\n" + nobodys)
    with program.serving() as service:
        service.await_stories(1)
        found = looks(program, FEEDHUB_PORT=service.address.rpartition(":")[2].strip("/"))
    assert all(look["ok"] for look in found.values()), found
    assert found["database"]["message"].endswith("can be written; its tables are up to date")
    assert found["address"]["message"].endswith("is taken, by a feedhub that answers")
    assert found["overrides"]["message"].startswith("no entry has https://tigris.example/1, https://zagros.example/1;")
    tables = sqlite3.connect(program.data / "feedhub.db").execute("SELECT name FROM sqlite_master").fetchall()
    assert ("feedhub_checkup",) not in tables


def test_what_is_wrong_is_told_with_what_to_do(program: Program) -> None:
    """A taken address, a folder open to all, tables of a newer program; exit code 1."""
    program.configure("feeds: []\n")
    program.poll()
    os.chmod(program.data, 0o777)
    with sqlite3.connect(program.data / "feedhub.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = looks(program, FEEDHUB_PORT=str(taken.getsockname()[1]))
    assert program.run("check", "--system").code == 1
    assert found["data folder"] == {
        "check": "data folder",
        "ok": False,
        "message": f"{program.data} can be written by every user; run: chmod o-w {program.data}",
    }
    assert "a newer feedhub has changed the tables" in found["database"]["message"]
    assert found["address"]["message"].endswith("Address already in use; choose another with --host and --port")
    assert not any(found[about]["ok"] for about in ("data folder", "database", "address"))
    assert stat.S_IMODE(program.data.stat().st_mode) == 0o777


def test_a_clock_that_was_set_back_is_told(program: Program, publisher: Publisher) -> None:
    """R51: next polls would be far off."""
    publisher.serve("/f", rss(*items(1)))
    program.configure(listing(publisher, "P/f"))
    program.poll()
    assert looks(program)["clock"]["ok"]
    with sqlite3.connect(program.data / "feedhub.db") as database:
        database.execute("UPDATE feeds SET last_poll_at = '2099-01-01 00:00:00.000000'")
    clock = looks(program)["clock"]
    assert not clock["ok"]
    assert "before the last poll, 2099-01-01 00:00:00; set the clock" in clock["message"]


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ("postgresql://ali:geheim@127.0.0.1:1/hub", "Connection refused"),
        ("mysql://localhost/hub", "mysql is no database feedhub knows; use sqlite or postgresql"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line(program: Program, database: str, message: str) -> None:
    """Without its password."""
    program.config.write_text("feeds: []\n")
    found = looks(program, FEEDHUB_DATABASE_URL=database)["database"]
    assert not found["ok"]
    assert message in found["message"]
    assert "geheim" not in found["message"]
    assert "\n" not in found["message"]
