"""`poll` and `export`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from feedhub.cli.faults import UNREACHABLE, Fault
from feedhub.cli.reading import read_config
from feedhub.cli.show import ago, console, pass_progress, plural, print_summary
from feedhub.config import Config
from feedhub.config.scalars import site_url
from feedhub.hub import Hub, adopt, open_hub, open_store
from feedhub.ingest.passes import PassReport
from feedhub.observe import configure_logging
from feedhub.publish.export import export
from feedhub.publish.select import Site
from feedhub.settings import Settings
from feedhub.store import feeds
from feedhub.store.database import Store
from feedhub.store.lock import hold

_PATIENCE = timedelta(seconds=30)  # with subscribers; whoever is not reached is asked at the next pass


@dataclass(frozen=True, slots=True)
class Target:
    """Where an export goes: the folder, and the address at which it will stand where that is not `site.url`."""

    folder: Path
    base_url: str | None = None

    @classmethod
    def of(cls, folder: Path, base_url: str | None) -> Target:
        """Raises Fault for a `base_url` that is none."""
        address = site_url(base_url) if base_url else None
        if base_url and not address:
            raise Fault(
                f"--base-url {base_url} is not an http or https URL without query, such as https://host.example/news/"
            )
        return cls(folder, address)


def run_poll(settings: Settings, *, every: bool, only: Sequence[str], target: Target | None) -> int:
    """One pass; returns the exit status."""
    config = read_config(settings.config)
    _known(config, only)
    configure_logging(settings.log_format, config.secrets)
    store = open_store(settings)
    try:
        with hold(store, datetime.now(UTC)):
            report = asyncio.run(_until_signal(_poll(store, config, settings, every=every, only=only, target=target)))
    finally:
        store.close()
    if isinstance(report, int):
        return report
    return UNREACHABLE if report.unreachable else 0


def run_export(settings: Settings, target: Target) -> None:
    """Write the documents of the stored stories."""
    config = read_config(settings.config)
    store = open_store(settings)
    try:
        with store.writing() as session:
            site = adopt(session, config, None, datetime.now(UTC))
        _export(store, site, target, console())
    finally:
        store.close()


async def _until_signal(work: Coroutine[None, None, PassReport]) -> PassReport | int:
    """What comes of the work, or the exit status of the Ctrl-C or SIGTERM that ended it.

    They end it where it waits: an exception just anywhere would be told on stderr.
    """
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # whoever started this has it ignored
            loop.add_signal_handler(number, end, number)
    try:
        return await task
    except asyncio.CancelledError:
        if received:
            return 128 + received[0]  # as shells have it
        raise


async def _poll(
    store: Store,
    config: Config,
    settings: Settings,
    *,
    every: bool,
    only: Sequence[str],
    target: Target | None,
) -> PassReport:
    screen = console()
    async with open_hub(store, config, settings, datetime.now(UTC)) as hub:
        now = datetime.now(UTC)  # once all is ready: what hosts are owed counts from here (R22, R23)
        chosen = await (hub.askable(now, only) if every or only else hub.due(now))
        with pass_progress(screen, len(chosen)) as on_poll:
            report = await hub.poll(chosen, now, on_poll)
        now = datetime.now(UTC)  # when readers can see it, not when the pass began (R39)
        matched = await hub.match(now)
        await hub.prune(now)
        if chosen:
            print_summary(screen, report, matched)
        else:
            screen.print(await _why_idle(hub, now, chosen_by_hand=every or bool(only)), markup=False)
        if target:  # first: what subscribers are sent stands at its address by then
            _export(store, hub.site, target, screen)
        if hub.distributor:
            await hub.distributor.finish(datetime.now(UTC), _PATIENCE)
    return report


async def _why_idle(hub: Hub, now: datetime, *, chosen_by_hand: bool) -> str:
    if chosen_by_hand:
        return "nothing may be asked now: paused, or told to wait by its publisher; `feedhub status` says which"
    next_due = await hub.tools.store.read(feeds.next_due, hub.polled)
    return f"nothing is due; the next poll is {ago(next_due, now)}" if next_due else "there is no feed to poll"


def _export(store: Store, site: Site, target: Target, screen: Console) -> None:
    with store.reading() as session:
        exported = export(session, site.at(target.base_url) if target.base_url else site, target.folder)
    written = plural(exported.written, "file")
    removed = f", {exported.removed} taken away" if exported.removed else ""
    screen.print(f"{written} written to {target.folder}, {exported.unchanged} unchanged{removed}", markup=False)


def _known(config: Config, only: Sequence[str]) -> None:
    known = {feed.id for feed in config.feeds}
    for name in only:
        if name not in known:
            raise Fault(f"there is no feed with the id {name}; `feedhub status` lists them")
