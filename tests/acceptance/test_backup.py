"""`backup`, and what the guide says about restoring one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from support.feeds import items, rss
from support.program import Program
from support.publisher import Publisher

GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text("utf-8")


@pytest.mark.slow
def test_r13_a_backup_of_a_running_service_restores_its_stories(program: Program, publisher: Publisher) -> None:
    """R13, R49: by the guide's own commands; each story keeps its id, and what came later is fetched again, once."""
    publisher.serve("/f", rss(*items(20)))
    program.configure(f"feeds: ['{publisher.url('/f')}']")
    with program.serving() as service:
        before = {story["id"] for story in service.await_stories(20)}
        ran = program.run("backup", "copy.db")
        assert (ran.code, ran.err) == (0, "")
        assert re.fullmatch(r"copy\.db: \d+\.\d MB, checked\n", ran.out)
    publisher.serve("/f", rss(*items(21)))
    assert "1 new entry" in program.poll("--all").out
    restore = re.search(r"```sh\n(cp /backups/.*?)```", GUIDE, flags=re.S)
    assert restore
    commands = restore[1].replace("/backups/feedhub-2026-11-24.db", "copy.db")
    subprocess.run(["sh", "-ec", commands], cwd=program.folder, check=True)
    assert [story["id"] for story in _stories(program)] != []
    assert {story["id"] for story in _stories(program)} == before
    assert "1 new entry" in program.poll("--all").out
    after = _stories(program)
    assert len(after) == len({story["id"] for story in after}) == 21


def test_what_stands_in_the_way_is_one_line(program: Program) -> None:
    """A file that is there, a folder that is not, a database that is not."""
    program.configure("feeds: []")
    none = program.run("backup", "copy.db")
    assert (none.code, len(none.lines)) == (1, 1)
    assert "there is no database" in none.err
    program.poll()
    (program.folder / "copy.db").touch()
    for arguments in (("copy.db",), ("nowhere/copy.db",), (".",)):
        ran = program.run("backup", *arguments)
        assert (ran.code, len(ran.lines), ran.out) == (1, 1, ""), ran
    assert program.run("backup", "copy.db", "--force").code == 0


def _stories(program: Program) -> list[dict[str, str]]:
    with program.serving("--no-poll") as service:
        found: list[dict[str, str]] = service.stories()
        return found
