"""Whatever an operator can get wrong is one line that says what to mend: never a traceback."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from support.feeds import recent, rss
from support.program import Program
from support.publisher import Publisher

variant = partial(pytest.param, marks=pytest.mark.slow)

LISTING = "site: {url: 'https://hub.example/'}\nfeeds: [{id: tigris, url: 'http://127.0.0.1:9/feed'}]\n"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["poll", "--config", "{folder}"], 2, "{folder}:1:1: cannot be read: is a directory"),
        variant(["poll", "--config", "nowhere.yaml"], 2, "nowhere.yaml:1:1: no such file; create it, or name another"),
        (["poll", "--feed", "euphrates"], 1, "there is no feed with the id euphrates; `feedhub status` lists them"),
        (["status", "--data", "{folder}/feeds.yaml"], 1, "{folder}/feeds.yaml"),
        variant(["status", "--data", "/proc/feedhub"], 1, "/proc/feedhub"),
        (["status", "--data", "{folder}/garbage"], 1, "{folder}/garbage/feedhub.db"),
        variant(["status", "--data", "{folder}/a-folder"], 1, "{folder}/a-folder/feedhub.db"),
        (["status", "--database", "nonsense"], 1, "FEEDHUB_DATABASE_URL is not a database address"),
        variant(["status", "--database", "mysql://user:s3cret@host/name"], 1, "use sqlite or postgresql"),
        variant(["status", "--database", "postgresql://user:s3cret@127.0.0.1:9/name"], 1, "user:***@127.0.0.1:9/name"),
        variant(["status", "--database", "sqlite://"], 1, "sqlite"),
        (["export", "{folder}/feeds.yaml"], 1, "{folder}/feeds.yaml"),
        variant(["serve", "--host", "192.0.2.1"], 1, "cannot listen at http://192.0.2.1:"),
        (["serve", "--no-poll", "--no-web"], 1, "leave nothing to do"),
        (["poll", "--proxy", "https://user:s3cret@proxy:1"], 2, "FEEDHUB_PROXY or --proxy names no proxy: it must be"),
    ],
)
def test_a_mistake_is_one_line_with_its_exit_code(program: Program, arguments: list[str], code: int, says: str) -> None:
    folder = str(program.folder)
    program.configure(LISTING)
    (program.folder / "garbage").mkdir()
    (program.folder / "garbage" / "feedhub.db").write_bytes(b"this is no database" * 100)
    (program.folder / "a-folder" / "feedhub.db").mkdir(parents=True)
    ran = program.run(*(argument.format(folder=folder) for argument in arguments))
    assert ran.code == code, ran
    assert says.format(folder=folder) in ran.lines[0]
    assert len(ran.lines) == (2 if "--config" in arguments and code == 2 else 1)  # with the number of mistakes
    assert "s3cret" not in ran.err
    assert not (program.folder / "None.lock").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unwritable for root")
def test_a_data_folder_that_cannot_be_written_is_one_line(program: Program) -> None:
    program.configure(LISTING)
    program.data.mkdir(mode=0o500)
    ran = program.run("poll")
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert str(program.data) in ran.err


@pytest.mark.slow
def test_r51_a_full_disk_is_one_line_and_the_next_poll_needs_no_repair(program: Program, publisher: Publisher) -> None:
    """R51: what does not fit is brought by the next poll, once; what was there is there."""
    publisher.serve("/tigris", rss(*recent(2)))
    program.configure(f"feeds: ['{publisher.url('/tigris')}']\n")
    program.poll()
    publisher.serve("/tigris", rss(*recent(100, text=f"<p>{'word ' * 4000}</p>")))
    ran = program.run("poll", "--all", largest_file=300_000)
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert re.match(r"feedhub: the database \S+ fails: ", ran.err)
    assert ": 98 new, 2 edited" in program.poll("--all").out


@pytest.mark.parametrize("arguments", [("status",), ("poll", "--all")])
def test_a_damaged_database_is_one_line(program: Program, publisher: Publisher, arguments: tuple[str, ...]) -> None:
    """The file's beginning is whole, so that it opens; what is wrong comes to light with the first query."""
    publisher.serve("/tigris", rss(*recent(2)))
    program.configure(f"feeds: ['{publisher.url('/tigris')}']\n")
    program.poll()
    _damage(program.data / "feedhub.db")
    ran = program.run(*arguments)
    assert (ran.code, len(ran.lines)) == (1, 1), ran
    assert re.match(r"feedhub: the database \S+ fails: .*malformed", ran.err)


def _damage(path: Path) -> None:
    """Overwrite the pages of the feeds."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'feeds'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"x" * size)


@pytest.mark.slow
def test_output_that_the_terminal_cannot_show_is_no_fault(tmp_path: Path, publisher: Publisher) -> None:
    """JSON is UTF-8 everywhere (RFC 8259, 8.1); in text what cannot be shown is escaped."""
    program = Program(tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    publisher.serve("/tigris", rss(*recent(2), title="Tîgris دجلة 🌊"))
    program.configure(f"feeds: [{{id: tigris, url: '{publisher.url('/tigris')}'}}]\n")
    assert program.run("poll", "--export", "جريدة").code == 0
    assert program.run("status").code == 0
    (feed,) = json.loads(program.run("status", "--json").out)["feeds"]
    assert feed["title"] == "Tîgris دجلة 🌊"


_INTERRUPTED = """
import os, signal
class Name:
    def __set_name__(self, *_):
        os.kill(os.getpid(), signal.SIGINT)
class Interrupted:
    name = Name()
"""


@pytest.mark.parametrize("module", ["typer", "sqlmodel"])
def test_ctrl_c_while_modules_are_imported_brings_no_traceback(tmp_path: Path, module: str) -> None:
    """Before the command line is read and after; also where Python would wrap the exception or pass over it."""
    (tmp_path / f"{module}.py").write_text(_INTERRUPTED)
    program = Program(tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    program.configure(LISTING)
    ran = program.run("status")
    assert (ran.code, ran.err) == (130, "")
