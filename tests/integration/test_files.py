"""Files that a web server hands out while they are written anew."""

from __future__ import annotations

import resource
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedhub.publish.files import Files

NOON = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)


def test_a_file_that_would_not_change_is_not_touched(tmp_path: Path) -> None:
    """Neither its time nor its inode, though its document is said to have changed; a change is another inode."""
    path = tmp_path / "public" / "feeds" / "erbil.atom"
    with Files(tmp_path / "public") as files:
        assert files.put("feeds/erbil.atom", b"old", NOON)
        before = path.stat()
        assert not files.put("feeds/erbil.atom", b"old", NOON.replace(hour=13))
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        reading = path.open("rb")
        assert files.put("feeds/erbil.atom", b"new", NOON.replace(hour=13))
    with reading:
        assert reading.read() == b"old", "who was reading it reads on"
    assert path.read_bytes() == b"new"
    assert path.stat().st_mtime == NOON.replace(hour=13).timestamp()
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_a_killed_writer_left_is_taken_away_and_nothing_else_is(tmp_path: Path) -> None:
    for name in ("feed.atom", ".htaccess", ".feedhub-a1b2", "stories/.feedhub-c3d4", "stories/1.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    with Files(tmp_path):
        left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"feed.atom", ".htaccess", "stories/1.json"}


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    """On a full disk, too, where the system itself names no file."""
    (tmp_path / "feed.atom").mkdir()
    with Files(tmp_path) as files, pytest.raises(OSError, match=r"feed\.atom") as raised:
        files.put("feed.atom", b"first")
    assert raised.value.filename == str(tmp_path / "feed.atom")
    assert [path.name for path in tmp_path.iterdir()] == ["feed.atom"]


def test_on_a_full_disk_the_file_is_named(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with Files(tmp_path) as files, pytest.raises(OSError, match="too large") as raised:
            files.put("feed.atom", b"more than there is room for")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert raised.value.filename == str(tmp_path / "feed.atom")
    assert list(tmp_path.iterdir()) == []


def test_a_second_writer_waits(tmp_path: Path) -> None:
    """And so never takes away what the first one is about to put in its place."""
    entered, done = threading.Event(), threading.Event()

    def second() -> None:
        with Files(tmp_path):
            entered.set()
        done.set()

    thread = threading.Thread(target=second)
    with Files(tmp_path) as files:
        thread.start()
        files.put("feed.atom", b"first")
        assert not entered.wait(0.2)
    assert done.wait(10)
    thread.join()


def test_a_page_that_is_taken_away_takes_its_folder_along(tmp_path: Path) -> None:
    with Files(tmp_path) as files:
        for name in ("stories/1/index.html", "stories/1.json", "stories/2.json"):
            files.put(name, b"text")
        assert [files.remove(name) for name in ("stories/1/index.html", "stories/1.json", "stories/3.json")] == [
            True, True, False,
        ]  # fmt: skip
    assert [path.name for path in (tmp_path / "stories").iterdir()] == ["2.json"]
