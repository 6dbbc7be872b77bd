"""REDbot, which asks an address in many ways and judges the answers: https://redbot.org/.

It has a virtual environment of its own, for it needs what feedhub must not have (brotli):

    python3 -m venv .venv-redbot
    .venv-redbot/bin/pip install --require-hashes -r tests/support/redbot/requirements.lock
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OWN = Path(__file__).parents[2] / ".venv-redbot" / "bin" / "redbot"


@dataclass(frozen=True, slots=True)
class Note:
    """What REDbot has to say: `level` is GOOD, INFO, WARN or BAD."""

    level: str
    name: str
    summary: str


def program() -> str | None:
    """Where REDbot is on this machine, or None."""
    return str(_OWN) if _OWN.is_file() else shutil.which("redbot")


def notes(url: str) -> list[Note]:
    """All notes on an address. They are read from the HAR; the exit status is 0 whatever was found."""
    executable = program()
    assert executable, "there is no REDbot here"
    ran = subprocess.run([executable, "-o", "har", url], capture_output=True, text=True, timeout=100, check=True)
    return [note for entry in json.loads(ran.stdout)["log"]["entries"] for note in _flat(entry["_red_messages"])]


def _flat(messages: list[dict[str, Any]]) -> Iterator[Note]:
    for message in messages:
        yield Note(message["level"], message["note_id"], message["summary"])
        yield from _flat(message.get("subnotes", []))
