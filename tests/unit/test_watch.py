"""feeds.yaml under a running service: which of its states count (R46)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from feedhub.config import ConfigError
from feedhub.config.watch import ConfigFile
from support.mistakes import BROKEN

ONE = "feeds: [https://a.example/feed]\n"
TWO = "feeds: [https://a.example/feed, https://b.example/feed]\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(ONE)
    return path


def feeds(file: ConfigFile) -> list[str]:
    return [feed.url for feed in file.config.feeds]


def settle(file: ConfigFile) -> bool:
    """Look until two looks have agreed."""
    return any([file.look(), file.look()])


def replaced(path: Path, text: str) -> None:
    """As an editor does it."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.replace(path)


def relinked(path: Path, text: str) -> None:
    """As a ConfigMap does it: the file is a link into a folder that is a link to the folder of this state."""
    state = path.parent / f"..{abs(hash(text))}"
    state.mkdir()
    (state / path.name).write_text(text)
    data, fresh = path.parent / "..data", path.parent / "..fresh"
    fresh.symlink_to(state.name)
    fresh.replace(data)
    if not path.is_symlink():
        path.unlink()
        path.symlink_to("..data/feeds.yaml")


@pytest.mark.parametrize("change", [Path.write_text, replaced, relinked])
def test_a_change_counts_however_the_file_is_exchanged(path: Path, change: Callable[[Path, str], object]) -> None:
    """Bind mounts, editors, ConfigMaps: the content decides."""
    file = ConfigFile(path, {})
    assert not settle(file)
    change(path, TWO)
    assert settle(file)
    assert len(feeds(file)) == 2
    assert not settle(file)
    change(path, ONE + "# back again\n")
    assert settle(file)
    assert len(feeds(file)) == 1


def test_a_file_that_is_being_written_is_not_taken_for_a_short_one(path: Path) -> None:
    """The first half would do as a configuration; two looks must agree."""
    path.write_text("feeds:\n- https://a.example/feed\n- https://b.example/feed\n")
    file = ConfigFile(path, {})
    path.write_text("feeds:\n- https://a.example/feed\n")
    assert not file.look()
    path.write_text("feeds:\n- https://a.example/feed\n- https://b.example/feed\n- https://c.example/feed\n")
    assert not file.look()
    assert len(feeds(file)) == 2
    assert file.look()
    assert len(feeds(file)) == 3


def test_what_changes_nothing_is_no_change(path: Path) -> None:
    """A comment, a touched file."""
    file = ConfigFile(path, {})
    before = file.config
    os.utime(path, (0, 0))
    assert not settle(file)
    path.write_text(f"{ONE}# a comment\n")
    assert not settle(file)
    assert file.config == before


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_r46_a_mistake_is_told_once_and_the_last_good_configuration_stays(
    path: Path, text: str | bytes, message: str
) -> None:
    """R46: the same message as of `check`, for each wrong file there is; what mends it is taken."""
    file = ConfigFile(path, {})
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert settle(file)
    assert [str(problem) for problem in file.mistakes] == [f"{path}:{message}"]
    assert feeds(file) == ["https://a.example/feed"]
    assert not settle(file)
    path.write_text(TWO)
    assert settle(file)
    assert not file.mistakes
    assert len(feeds(file)) == 2


def test_a_file_that_goes_away_is_a_mistake_and_its_return_none(path: Path) -> None:
    file = ConfigFile(path, {})
    path.unlink()
    assert settle(file)
    assert [problem.message for problem in file.mistakes] == ["no such file; create it, or name another with --config"]
    path.write_text(ONE)
    assert settle(file)
    assert (len(file.mistakes), len(feeds(file))) == (0, 1)


def test_one_that_is_wrong_to_begin_with_is_refused(path: Path) -> None:
    path.write_text("feeds: 5\n")
    with pytest.raises(ConfigError):
        ConfigFile(path, {})
