"""`feedhub demo` in a process of its own.

with demonstrating(tmp_path, pace=0.3) as demo:      # on a free port
    until(lambda: demo.merged("en"), "a merged story")
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.program import Program, Service, until


class Demo(Service):
    """The demo under way."""

    def find(self) -> None:
        """Wait until it says where the hub is: the first word of its first line."""
        until(lambda: "\n" in self.out or self.popen.poll() is not None, "an address")
        assert self.out.startswith("http://"), f"{self.out}{self.err}"
        self.address = self.out.split()[0]

    def merged(self, language: str = "") -> list[dict[str, Any]]:
        """The stories that several newsrooms carry, in this language or any, those with most carriers first."""
        shared = [story for story in self.stories() if len(story["_feedhub"]["carriers"]) > 1]
        chosen = [story for story in shared if language in ("", story["language"])]
        return sorted(chosen, key=lambda story: -len(story["_feedhub"]["carriers"]))


@contextmanager
def demonstrating(folder: Path, pace: float) -> Iterator[Demo]:
    """The demo, an article every `pace` seconds, its files in `folder`; killed at the end where it still runs."""
    command = [sys.executable, "-m", "feedhub", "demo", "--port", "0", "--pace", str(pace)]
    demo = Demo(command, Program(folder, TMPDIR=str(folder)).environment, folder)
    try:
        demo.find()
        yield demo
    finally:
        demo.kill()
