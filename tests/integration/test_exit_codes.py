"""The exit codes of the commands, as docs/reference.md has them; `serve`, `poll`, `demo` have acceptance tests."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedhub.cli.app import app
from feedhub.cli.faults import exit_code
from feedhub.store.database import Store, sqlite_url
from feedhub.store.lock import hold
from support.internet import closed_port

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference.md").read_text("utf-8")
RUN_ELSEWHERE = {"serve", "poll", "demo"}
SEEN = {
    "check": {0: "", 1: "--system --data feeds.yaml", 2: "--config wrong.yaml", 3: "--fetch --config offline.yaml"},
    "export": {0: "public", 1: "feeds.yaml", 2: "public --config wrong.yaml"},
    "status": {0: "", 1: "--data feeds.yaml", 2: "--config wrong.yaml"},
    "why": {1: "https://nobody.example/", 2: "https://nobody.example/ --config wrong.yaml"},
    "import": {0: "list.opml", 1: "nowhere.opml", 2: "list.opml --config wrong.yaml"},
    "opml": {0: "", 1: "--database nonsense", 2: "--config wrong.yaml"},
    "discover": {1: "http://127.0.0.1:{port}/", 2: "http://127.0.0.1:{port}/ --config wrong.yaml"},
    "schema": {0: "", 2: "--nonsense"},
    "prune": {0: "", 1: "--data feeds.yaml", 2: "--config wrong.yaml", 4: "--data held"},
    "backup": {0: "copy.db --force", 1: "copy.db --data nowhere", 2: ""},
}
CASES = [(command, code, options) for command, codes in SEEN.items() for code, options in codes.items()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A configuration, a wrong one and an offline one; a database, and another that somebody polls."""
    folder = tmp_path_factory.mktemp("hub")
    (folder / "config").mkdir()
    (folder / "config" / "feeds.yaml").write_text("site: {url: 'https://hub.example/'}\nfeeds: []\n")
    (folder / "feeds.yaml").write_text("a file where a folder is wanted")
    (folder / "wrong.yaml").write_text("feed: []\n")
    (folder / "offline.yaml").write_text(f"feeds: ['http://127.0.0.1:{closed_port()}/']\n")
    (folder / "list.opml").write_text('<opml version="2.0"><body><outline xmlUrl="https://a.example/f"/></body></opml>')
    Store.open(sqlite_url(folder / "data")).close()
    held = Store.open(sqlite_url(folder / "held"))
    with chdir(folder), hold(held, datetime.now(UTC)):
        yield folder
    held.close()


def run(*arguments: str) -> int:
    """The exit code, as `feedhub.cli.main` has it."""
    try:
        app(list(arguments), prog_name="feedhub")
    except SystemExit as ended:
        return int(ended.code or 0)
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        return code
    return 0


@pytest.mark.parametrize(("command", "code", "options"), CASES, ids=[f"{command} {code}" for command, code, _ in CASES])
def test_a_command_ends_with_its_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, code: int, options: str
) -> None:
    """Each code that the reference names for it, by a case of its own."""
    monkeypatch.setenv("FEEDHUB_ALLOW_PRIVATE", "1")
    assert Path(os.getcwd()) == folder
    assert run(command, *options.format(port=closed_port()).split()) == code


def test_the_reference_has_the_codes_of_every_command() -> None:
    """All that were seen, and for the commands that run elsewhere theirs."""
    table = REFERENCE.partition("\n## Exit codes by command\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `feedhub ([a-z]+)` \| ([0-9, ]+) \|", table, flags=re.M)
    documented = {command: {int(code) for code in codes.split(", ")} for command, codes in rows}
    assert documented.keys() == {*SEEN, *RUN_ELSEWHERE}
    found = {command: set(codes) for command, codes in SEEN.items()}
    assert {command: documented[command] - {0} for command in SEEN} == {name: found[name] - {0} for name in found}
