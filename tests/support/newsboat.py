"""Newsboat, a reader app for the terminal, subscribed to one feed: what it has shown its reader.

Its cache is an SQLite database; a story that it takes for a new one is a new row, unread.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path


def program() -> str | None:
    """Where newsboat is on this machine, or None."""
    return shutil.which("newsboat")


class Newsboat:
    """One reader. `folder` is its home; it keeps nothing elsewhere."""

    def __init__(self, folder: Path, feed: str) -> None:
        folder.mkdir(parents=True)
        (folder / "urls").write_text(f"{feed}\n", encoding="utf-8")
        (folder / "config").write_text("", encoding="utf-8")
        self._folder, self._cache = folder, folder / "cache.db"

    def reload(self) -> int:
        """Fetch the feed; returns how many stories are unread then, as newsboat counts them."""
        said = self._run("reload", "print-unread")
        return int(said.split()[0])

    def read_everything(self) -> None:
        """Mark all as read, as its reader does by `A`."""
        with closing(sqlite3.connect(self._cache)) as cache, cache:
            cache.execute("update rss_item set unread = 0")

    def stories(self) -> dict[str, str]:
        """Title by address of all that it keeps; an address twice is an error."""
        with closing(sqlite3.connect(self._cache)) as cache:
            rows = cache.execute("select url, title from rss_item").fetchall()
        titles = dict(rows)
        assert len(titles) == len(rows), f"shown twice: {sorted(rows)}"
        return titles

    def _run(self, *commands: str) -> str:
        files = ["-u", f"{self._folder}/urls", "-c", f"{self._cache}", "-C", f"{self._folder}/config"]
        environment = {**os.environ, "HOME": str(self._folder), "LC_ALL": "C.UTF-8"}
        command = [program() or "newsboat", *files, "-x", *commands]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
