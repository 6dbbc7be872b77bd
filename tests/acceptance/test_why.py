"""`feedhub why`: the operator asks, the database answers, whoever polls meanwhile (R14)."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from support.feeds import atom, items, recent, rss
from support.program import Program, until
from support.publisher import Publisher

UNKNOWN = "0b7e1f52-aaaa-5bbb-8ccc-0123456789ab"


def two_newsrooms(program: Program, publisher: Publisher, dedup: str = "") -> None:
    """Two newsrooms that list the same two articles."""
    publisher.serve("/tigris", rss(*recent(2)))
    publisher.serve("/zagros", atom(*recent(2)))
    feeds = "".join(
        f"  - {{id: {name}, title: {name}, url: '{publisher.url(f'/{name}')}'}}\n" for name in ("tigris", "zagros")
    )
    program.configure(f"site: {{url: 'https://hub.example/news/'}}\nfeeds:\n{feeds}{dedup}")


def test_r14_any_name_of_a_story_is_answered_with_its_reasons(program: Program, publisher: Publisher) -> None:
    """R14: an article's address with tracking, the id, and the page's address under any host say the same."""
    two_newsrooms(program, publisher)
    program.poll()
    article = recent(2)[0].link
    asked = program.run("why", f"{article}?utm_source=mail")
    assert (asked.code, asked.err) == (0, "")
    title, id, _, count, *rest = asked.out.splitlines()
    assert (title, count) == (recent(2)[0].title, "2 carriers:")
    assert [line for line in rest if line.startswith("- ")] == ["- tigris, whose text is shown", "- zagros"]
    assert any(
        line.startswith("  Same article address: tigris.example/") or "Same article address: " in line for line in rest
    )
    assert program.run("why", f"https://hub.example/news/stories/{id.strip().removeprefix('urn:uuid:')}") == asked


def test_r14_scripts_get_what_the_page_s_json_says_and_the_overrides(
    program: Program, publisher: Publisher, database_url: str
) -> None:
    """R14: on both databases, while the daemon holds the lock: the story's JSON word for word, and what names it."""
    program.environment["FEEDHUB_DATABASE_URL"] = database_url
    one, other = (article.link for article in recent(2))
    two_newsrooms(program, publisher, f"dedup: {{never_merge: [['{one}', '{other}']]}}\n")
    with program.serving() as service:
        story, _ = service.await_stories(2)
        until(lambda: len(service.stories()[0]["_feedhub"]["carriers"]) == 2, "both carriers")
        asked = program.run("why", story["id"], "--json")
        (found,) = json.loads(asked.out)["stories"]
        assert found.pop("overrides") == [{"never_merge": [one, other]}]
        page = service.get(f"/stories/{story['id'].removeprefix('urn:uuid:')}.json").json
        assert {name: member for name, member in found.items() if member is not None} == page


def test_what_is_unknown_is_one_line_and_exit_code_1(program: Program) -> None:
    """Also as JSON, on an empty database, and without a traceback."""
    program.configure("feeds: ['http://127.0.0.1:9/feed']\n")
    for options in ([], ["--json"]):
        ran = program.run("why", UNKNOWN, *options)
        assert (ran.code, ran.out, ran.lines) == (1, "", [f"feedhub: there is no story urn:uuid:{UNKNOWN}"])


def test_a_story_whose_feeds_are_gone_is_said_to_be(program: Program, publisher: Publisher) -> None:
    """R47: it stays in the database; nothing of it is shown."""
    two_newsrooms(program, publisher)
    program.poll()
    program.configure("feeds: ['http://127.0.0.1:9/feed']\n")
    article = recent(2)[0].link
    ran = program.run("why", str(article))
    assert (ran.code, ran.lines) == (1, [f"feedhub: no feed in feeds.yaml carries {article} any more"])


def test_a_section_s_address_lists_its_stories(program: Program, publisher: Publisher) -> None:
    """R2: under one address of many headlines there are many stories; each is asked for by its id."""
    publisher.serve(
        "/tigris", rss(*(article for article in items(3, link="https://tigris.example/local-news", guid=None)))
    )
    program.configure(f"feeds: ['{publisher.url('/tigris')}']\n")
    program.poll()
    first, *lines, last = program.run("why", "https://tigris.example/local-news").out.splitlines()
    assert first == "3 stories have an article at https://tigris.example/local-news, newest first:"
    assert lines[0] == f"- {items(3)[0].title}"
    assert len(json.loads(program.run("why", "https://tigris.example/local-news", "--json").out)["stories"]) == 3
    assert program.run("why", lines[1].split(",")[0].strip()).out.startswith(str(items(3)[0].title))
    assert last == "`feedhub why ID` explains one of them."


def test_on_a_terminal_it_is_set_in_bold(program: Program, publisher: Publisher, tmp_path: Path) -> None:
    """Readable where somebody watches; what is piped has no escape sequence."""
    two_newsrooms(program, publisher)
    program.poll()
    article = str(recent(2)[0].link)
    assert "\x1b" not in program.run("why", article).out
    parent, child = pty.openpty()
    environment = program.environment | {"TERM": "xterm", "COLUMNS": "60"}
    command = [sys.executable, "-m", "feedhub", "why", article]
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=child) as process:
        os.close(child)
        shown = b""
        while piece := _read(parent):
            shown += piece
    os.close(parent)
    assert process.returncode == 0
    assert b"\x1b[1m" in shown
    assert article.encode() in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # EIO: the other end is closed
        return b""
