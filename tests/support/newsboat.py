"""Newsboat, a reader app for the terminal. Its cache is an SQLite database; what it takes for new is a row unread."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from support.readers import Seen, run


class Newsboat:
    """One subscription. `folder` is its home; it keeps nothing elsewhere."""

    repeats_rewritten = False

    def __init__(self, folder: Path, feed: str) -> None:
        folder.mkdir(parents=True)
        (folder / "urls").write_text(f"{feed}\n", encoding="utf-8")
        (folder / "config").write_text("", encoding="utf-8")
        self._folder, self._cache = folder, folder / "cache.db"

    @staticmethod
    def missing() -> str | None:
        return None if shutil.which("newsboat") else "newsboat"

    def reload(self) -> int:
        """Unread stories, which its reader then reads, as by `A`."""
        files = ["-u", f"{self._folder}/urls", "-c", f"{self._cache}", "-C", f"{self._folder}/config"]
        said = run("newsboat", *files, "-x", "reload", "print-unread", home=self._folder)
        with closing(sqlite3.connect(self._cache)) as cache, cache:
            cache.execute("update rss_item set unread = 0")
        return int(said.split()[0])

    def seen(self) -> list[Seen]:
        with closing(sqlite3.connect(self._cache)) as cache:
            rows = cache.execute("select guid, title, url, pubDate from rss_item").fetchall()
        return [Seen(guid, title, url, datetime.fromtimestamp(seconds, UTC)) for guid, title, url, seconds in rows]
