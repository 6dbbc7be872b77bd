"""What feedhub stands on (`check --system`): each look a line, well or not, with what to do."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from feedhub.cli.faults import Fault
from feedhub.cli.serving import listen
from feedhub.cli.show import plural
from feedhub.config import Config
from feedhub.net.guard import Address, Resolve, SystemResolver, is_public
from feedhub.net.urls import host_of
from feedhub.settings import Settings
from feedhub.store.checkup import Checkup, check_up
from feedhub.store.database import StoreError, sqlite_url

_LEAST_FREE = 500_000_000  # bytes
_WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)  # this code: a clock before that is wrong
_PATIENCE = 10.0  # seconds for the names of all hosts
_LOOKUPS = 16
_SHOWN = 3  # hosts named in a line


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: what it was about, whether all is well, and a sentence, which says what to do where it is not."""

    about: str
    ok: bool
    message: str


def look_at_system(config: Config, settings: Settings, now: datetime) -> list[Finding]:
    """Look at everything; nothing is changed."""
    try:
        groups = (*config.dedup.merge, *config.dedup.never_merge)
        checkup: Checkup | str = check_up(settings.database or sqlite_url(settings.data), groups)
    except StoreError as error:
        checkup = str(error)
    return [
        data_folder(settings.data),
        disk(shutil.disk_usage(_existing(settings.data)).free),
        Finding("database", not isinstance(checkup, str), checkup if isinstance(checkup, str) else _written(checkup)),
        *overrides(checkup.unknown if isinstance(checkup, Checkup) else ()),
        clock(now, checkup.last_poll if isinstance(checkup, Checkup) else None),
        port(settings),
        asyncio.run(network(config, SystemResolver(_LOOKUPS), allow_private=settings.allow_private)),
    ]


def print_system(found: Sequence[Finding], screen: Console) -> None:
    """A table on a terminal, else a line for each look."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in found:
        verdict = "ok" if finding.ok else "bad"
        table.add_row(finding.about, verdict, finding.message)
        if not screen.is_terminal:
            print(f"{finding.about}: {verdict}: {finding.message}")
    if screen.is_terminal:
        screen.print(table, markup=False)


def system_data(found: Sequence[Finding]) -> list[dict[str, object]]:
    """The shape of `system` in `check --json`."""
    return [{"check": finding.about, "ok": finding.ok, "message": finding.message} for finding in found]


def _written(checkup: Checkup) -> str:
    return f"{checkup.name}{' can be written' if checkup.revision else ''}; {checkup.outlook}"


def overrides(unknown: Sequence[str]) -> Iterator[Finding]:
    """What `merge` and `never_merge` name and nobody has is no fault: it may be an article that is still to come."""
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        named = ", ".join(unknown[:_SHOWN])
        yield Finding("overrides", True, f"no entry has {named}{more}; what dedup says of it waits until one comes")


def data_folder(folder: Path) -> Finding:
    """It can be written by this user, and by no other."""
    about, existing = "data folder", _existing(folder)
    if not existing.is_dir():
        return Finding(about, False, f"{existing} is no folder; name another with --data")
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding(about, False, f"{existing} cannot be written by this user; change its owner, or use --data")
    if existing == folder and existing.stat().st_mode & stat.S_IWOTH:
        return Finding(about, False, f"{folder} can be written by every user; run: chmod o-w {folder}")
    return Finding(about, True, f"{folder} can be written" if existing == folder else f"{folder} can be made")


def disk(free: int) -> Finding:
    """There is room for a while; `free` in bytes."""
    spoken = f"{free / 1e9:.1f} GB free"
    if free < _LEAST_FREE:
        return Finding("disk", False, f"{spoken}, less than {_LEAST_FREE / 1e9:g}; make room, or move the data folder")
    return Finding("disk", True, spoken)


def clock(now: datetime, last_poll: datetime | None) -> Finding:
    """It is not behind this program, nor behind what was done with it: next polls would be far off."""
    spoken = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now < _WRITTEN:
        return Finding("clock", False, f"{spoken}, before feedhub was written; set the clock")
    if last_poll and now < last_poll - timedelta(minutes=1):
        return Finding("clock", False, f"{spoken}, before the last poll, {last_poll:%Y-%m-%d %H:%M:%S}; set the clock")
    return Finding("clock", True, spoken)


def port(settings: Settings) -> Finding:
    """It is free, or feedhub itself is there."""
    try:
        listen(settings).close()
    except Fault as fault:
        if _answers(settings):
            return Finding("address", True, f"{settings.address} is taken, by a feedhub that answers")
        return Finding("address", False, str(fault))
    return Finding("address", True, f"{settings.address} is free")


def _answers(settings: Settings) -> bool:
    try:
        with socket.create_connection((settings.host, settings.port), timeout=2) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


async def network(config: Config, resolve: Resolve, *, allow_private: bool) -> Finding:
    """The names of the listed hosts have addresses, and such as may be asked."""
    hosts = sorted({host_of(feed.url) for feed in config.feeds if not feed.paused})
    if not hosts:
        return Finding("network", True, "no feed is listed: nothing to look up")
    found = dict(zip(hosts, await asyncio.gather(*(_addresses(resolve, host) for host in hosts)), strict=True))
    unknown = [host for host, addresses in found.items() if not addresses]
    private = [host for host, addresses in found.items() if not all(map(is_public, addresses))]
    if len(unknown) == len(hosts):
        return Finding("network", False, "no host has a known name: no network, or no name server that answers")
    faults = [f"not known: {_named(unknown)}"] if unknown else []
    faults += [f"private: {_named(private)}; --allow-private permits it"] if private and not allow_private else []
    known = f"{len(hosts) - len(unknown)} of {plural(len(hosts), 'host')} known by name"
    return Finding("network", not faults, "; ".join([known, *faults]))


async def _addresses(resolve: Resolve, host: str) -> Sequence[Address]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await resolve(host, 443)
    except (OSError, UnicodeError):  # TimeoutError is an OSError
        return ()


def _named(hosts: Sequence[str]) -> str:
    more = [f"and {len(hosts) - _SHOWN} more"] if len(hosts) > _SHOWN else []
    return ", ".join([*hosts[:_SHOWN], *more])


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one around it that is there."""
    return next(path for path in _upward(folder) if path.exists())


def _upward(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.absolute().parents
