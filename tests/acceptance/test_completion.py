"""What a shell completes: commands, options, and the ids of the listed feeds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.program import Program

COMMAND = Path(sys.executable).with_name("feedhub")
FEEDS = "feeds: [{id: tigris, url: 'https://t.example/'}, {id: tigris-ar, url: 'https://t.example/ar'}, 'https://z.example']"


def shell(program: Program, script: str, **environment: str) -> str:
    """What a bash says that finds the program and is at home in the test's folder."""
    own = {"PATH": f"{COMMAND.parent}:{os.environ['PATH']}", "HOME": str(program.folder)}
    ran = subprocess.run(
        ["bash", "-ec", script],
        env=program.environment | own | environment,
        cwd=program.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran
    return ran.stdout


def test_bash_completes_commands_options_and_the_ids_of_feeds(program: Program) -> None:
    """As `--install-completion` leaves it for the next shell; a file with mistakes completes nothing."""
    program.configure(FEEDS)
    (program.folder / "broken.yaml").write_text("feed: x")
    shell(program, "feedhub --install-completion; :")  # which keeps bash there, for typer to find
    script = """
        . .bashrc
        complete -p feedhub
        tab() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _feedhub_completion feedhub; echo "${COMPREPLY[@]}"; }
        tab feedhub p
        tab feedhub poll --al
        tab feedhub poll --feed tig
        tab feedhub poll --config broken.yaml --feed t
    """
    said = [line.split() for line in shell(program, script).splitlines()]
    assert said[0][:1] == ["complete"] and said[0][-1] == "feedhub"
    assert said[1:] == [["poll", "prune"], ["--allow-private", "--all"], ["tigris", "tigris-ar"], []]


@pytest.mark.parametrize(
    ("name", "action", "expected"),
    [("zsh", "", ["tigris", "tigris-ar"]), ("fish", "get-args", ["tigris", "tigris-ar"])],
)
def test_zsh_and_fish_are_told_the_same(program: Program, name: str, action: str, expected: list[str]) -> None:
    """As the scripts for these shells ask for it."""
    program.configure(FEEDS)
    environment = {
        f"_{COMMAND.name.upper()}_COMPLETE": f"complete_{name}",
        "_TYPER_COMPLETE_ARGS": "feedhub poll --feed tig",
        "_TYPER_COMPLETE_FISH_ACTION": action,
    }
    said = shell(program, "feedhub || true", **environment)
    assert [
        word for word in said.replace('"', " ").replace("(", " ").replace(")", " ").split() if "tig" in word
    ] == expected
