"""Reader apps that people use, each subscribed to one feed over HTTP: what it has put before its reader.

app = Sfeed(tmp_path / "sfeed", "http://127.0.0.1:8080/feed.rss")
assert app.reload() == 8          # it says that eight stories are new
app.seen()                        # every line, mail or row so far: what stands there twice was shown twice
"""

from __future__ import annotations

import mailbox
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol

import feedparser_sgmllib

sys.modules.setdefault("sgmllib", feedparser_sgmllib)  # by its old name reader's own feedparser wants it

from reader import make_reader  # noqa: E402  # not before that


@dataclass(frozen=True, slots=True)
class Seen:
    """A story as an app shows it."""

    id: str
    title: str
    url: str
    published: datetime


class ReaderApp(Protocol):
    """`repeats_rewritten`: a rewritten headline is another story to it, whatever the feed."""

    repeats_rewritten: bool

    def reload(self) -> int:
        """Fetch the feed; how many stories are new to it."""

    def seen(self) -> list[Seen]:
        """All that it has shown so far."""


class Sfeed:
    """A shell script and a parser in C; a feed is a file with a line for each story."""

    repeats_rewritten = True  # a line is told from others by its id, its title and its address

    def __init__(self, folder: Path, feed: str) -> None:
        folder.mkdir(parents=True)
        self._home, self._lines = folder, folder / "feeds" / "hub"
        rc = f'sfeedpath="{folder}/feeds"\nfeeds() {{\n\tfeed hub "{feed}"\n}}\n'
        (folder / "sfeedrc").write_text(rc, encoding="utf-8")

    @staticmethod
    def missing() -> str | None:
        return None if shutil.which("sfeed_update") and shutil.which("curl") else "sfeed with curl"

    def reload(self) -> int:
        before = len(self.seen())
        run("sfeed_update", f"{self._home}/sfeedrc", home=self._home)
        return len(self.seen()) - before

    def seen(self) -> list[Seen]:
        text = self._lines.read_text("utf-8") if self._lines.exists() else ""
        rows = (line.split("\t") for line in text.splitlines())
        return [Seen(row[5], row[1], row[2], datetime.fromtimestamp(int(row[0]), UTC)) for row in rows]


class Rss2email:
    """A mail for each story, into a maildir."""

    repeats_rewritten = False

    def __init__(self, folder: Path, feed: str) -> None:
        (folder / "mail").mkdir(parents=True)
        self._home = folder
        (folder / "rss2email.cfg").write_text(
            "[DEFAULT]\nfrom = hub@hub.example\nto = reader@hub.example\nemail-protocol = maildir\n"
            f"maildir-path = {folder}/mail\nmaildir-mailbox = hub\ndate-header = True\ndate-header-order = issued\n",
            encoding="utf-8",
        )
        self._r2e("add", "hub", feed)

    @staticmethod
    def missing() -> str | None:
        return None if shutil.which("r2e") else "rss2email"

    def reload(self) -> int:
        before = len(self._mails())
        self._r2e("run")
        return len(self._mails()) - before

    def seen(self) -> list[Seen]:
        return [
            Seen(
                str(mail["X-RSS-ID"]),
                re.sub(r"\s+", " ", str(make_header(decode_header(str(mail["Subject"]))))),
                str(mail["X-RSS-URL"]),
                parsedate_to_datetime(str(mail["Date"])).astimezone(UTC),
            )
            for mail in self._mails()
        ]

    def _mails(self) -> list[Message]:
        folder = self._home / "mail" / "hub"
        return list(mailbox.Maildir(folder, create=False)) if folder.exists() else []

    def _r2e(self, *command: str) -> None:
        files = ["-c", f"{self._home}/rss2email.cfg", "-d", f"{self._home}/rss2email.json"]
        run("r2e", *files, *command, home=self._home)


class LemonReader:
    """The Python library `reader`, the base of several apps; its entries are in an SQLite database."""

    repeats_rewritten = False

    def __init__(self, folder: Path, feed: str) -> None:
        folder.mkdir(parents=True)
        self._reader = make_reader(f"{folder}/db.sqlite")
        self._reader.add_feed(feed)

    @staticmethod
    def missing() -> str | None:
        return None

    def reload(self) -> int:
        before = self._reader.get_entry_counts().total or 0
        for _url, result in self._reader.update_feeds_iter(scheduled=False):  # now, as by its button
            if isinstance(result, Exception):
                raise result
        return (self._reader.get_entry_counts().total or 0) - before

    def seen(self) -> list[Seen]:
        entries = self._reader.get_entries()
        return [
            Seen(e.id, e.title or "", e.link or "", e.published or datetime.min.replace(tzinfo=UTC)) for e in entries
        ]


def run(*command: str, home: Path) -> str:
    """What a program says, which lives in this folder; it has to succeed."""
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
