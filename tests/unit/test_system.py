"""What feedhub stands on: each look that needs no machine of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedhub.cli.system import Finding, clock, data_folder, disk, network
from feedhub.config import Config, load
from support.internet import Internet

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NAMES = {"a.example": ["5.1.1.1"], "b.example": ["5.1.1.2"], "inside.example": ["10.0.0.1"]}

pytestmark = pytest.mark.anyio


@pytest.fixture
def listed(tmp_path: Path) -> Callable[..., Config]:
    def listed(*hosts: str) -> Config:
        path = tmp_path / "feeds.yaml"
        path.write_text("feeds:\n" + "".join(f"  - https://{host}/f\n  - https://{host}/g\n" for host in hosts) or "[]")
        return load(path, {})

    return listed


async def look(config: Config, *, allow_private: bool = False) -> Finding:
    return await network(config, Internet(NAMES).resolve, allow_private=allow_private)


async def test_hosts_are_looked_up_once_each(listed: Callable[..., Config]) -> None:
    """Two feeds of a host are one name."""
    assert await look(listed("a.example", "b.example")) == Finding("network", True, "2 of 2 hosts known by name")


async def test_names_that_are_not_known_are_told(listed: Callable[..., Config]) -> None:
    """The first few of them; without any it is the network."""
    hosts = [f"gone{number}.example" for number in range(5)]
    found = await look(listed("a.example", *hosts))
    message = "1 of 6 hosts known by name; not known: gone0.example, gone1.example, gone2.example, and 2 more"
    assert found == Finding("network", False, message)
    found = await look(listed(*hosts))
    assert found == Finding("network", False, "no host has a known name: no network, or no name server that answers")


async def test_r31_a_private_host_is_told_unless_it_is_permitted(listed: Callable[..., Config]) -> None:
    """R31: polls would be refused."""
    config = listed("a.example", "inside.example")
    message = "2 of 2 hosts known by name; private: inside.example; --allow-private permits it"
    assert await look(config) == Finding("network", False, message)
    assert (await look(config, allow_private=True)).ok


def test_r51_a_clock_that_is_behind_is_told() -> None:
    """R51: behind the program itself, or behind the last poll by more than clocks of one machine are set right by."""
    assert clock(NOON, None).ok
    assert clock(NOON, NOON + timedelta(seconds=30)).ok
    assert clock(NOON, NOON + timedelta(hours=1)).message.endswith("the last poll, 2026-11-24 13:00:00; set the clock")
    assert clock(datetime(1970, 1, 2, tzinfo=UTC), None).message.endswith("before feedhub was written; set the clock")


def test_a_full_disk_is_told() -> None:
    """Before the database meets it."""
    message = "0.3 GB free, less than 0.5; make room, or move the data folder"
    assert disk(300_000_000) == Finding("disk", False, message)
    assert disk(600_000_000) == Finding("disk", True, "0.6 GB free")


def test_a_data_folder_that_is_none_is_told(tmp_path: Path) -> None:
    """A file in its place, or in the way to it."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "data"):
        assert data_folder(path).message == f"{tmp_path}/file is no folder; name another with --data"
    assert data_folder(tmp_path / "new").ok
