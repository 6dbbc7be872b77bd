"""`check --fetch`: each feed tried, and what its operator should know of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from feedhub.cli.faults import UNREACHABLE
from feedhub.cli.listed import feed_key
from feedhub.cli.probing import open_probe
from feedhub.cli.show import OFFLINE_HINT, plural
from feedhub.config import Config, FeedConfig
from feedhub.ingest.tags import primary
from feedhub.ingest.trial import Trial, try_feed, twins
from feedhub.models import OFFLINE_KINDS
from feedhub.observe import concealer
from feedhub.settings import Settings


@dataclass(frozen=True, slots=True)
class Tried:
    """A feed's trial ready to be shown, without secrets: `note` is all that is to be known of it, in sentences."""

    trial: Trial
    note: str
    hub: str | None
    moved_to: str | None
    same_as: str | None


def try_all(config: Config, settings: Settings, screen: Console) -> list[Tried]:
    """Every feed in the order of the file; progress is shown where somebody watches."""
    trials = asyncio.run(_try_all(config, settings, screen))
    same = twins(trials, feed_key)
    conceal = concealer(config.secrets)
    return [_tried(trial, same.get(trial.feed.id), settings, conceal) for trial in trials]


def exit_status(tried: Sequence[Tried]) -> int:
    """0 where all feeds answered, 1 where one failed, 3 where none could be reached. Paused ones do not count."""
    asked = [each.trial for each in tried if each.trial.state != "paused"]
    if asked and all(trial.failure in OFFLINE_KINDS for trial in asked):
        return UNREACHABLE
    return int(any(trial.failure for trial in asked))


def print_trials(tried: Sequence[Tried], screen: Console) -> None:
    """A table on a terminal, else a line for each feed; then the sum."""
    if screen.is_terminal:
        screen.print(_table(tried), markup=False)
    else:
        for each in tried:
            print(_line(each))
    failed = sum(each.trial.failure is not None for each in tried)
    screen.print(f"{plural(len(tried), 'feed')} tried, {failed} failed", markup=False)
    if exit_status(tried) == UNREACHABLE:
        screen.print(OFFLINE_HINT, markup=False)


def trials_data(tried: Sequence[Tried]) -> list[dict[str, object]]:
    """The shape of `feeds` in `check --json`."""
    return [
        {
            "id": each.trial.feed.id,
            "url": each.trial.feed.public_url,
            "line": each.trial.feed.line,
            "state": each.trial.state,
            "message": each.note,
            "format": each.trial.format,
            "title": each.trial.title,
            "items": each.trial.items,
            "languages": list(each.trial.languages),
            "hub": each.hub,
            "moved_to": each.moved_to,
            "same_as": each.same_as,
        }
        for each in tried
    ]


async def _try_all(config: Config, settings: Settings, screen: Console) -> list[Trial]:
    now = datetime.now(UTC)
    columns = TextColumn("trying"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    async with open_probe(config, settings) as probe:
        with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
            task = bar.add_task("", total=len(config.feeds))

            async def one(feed: FeedConfig) -> Trial:
                trial = await try_feed(feed, now, probe)
                bar.update(task, advance=1, description=feed.id)
                return trial

            return list(await asyncio.gather(*map(one, config.feeds)))


def _tried(trial: Trial, twin: FeedConfig | None, settings: Settings, conceal: Callable[[str], str]) -> Tried:
    feed, moved_to = trial.feed, conceal(trial.moved_to or "") or None
    notes = [conceal(trial.message)]
    if moved_to:
        notes.append(f"moved for good: make line {feed.line} of {settings.config} {moved_to}")
    if twin:
        notes.append(f"the same feed as {twin.id} on line {twin.line}: keep one of them")
    if feed.language and trial.languages and primary(feed.language) not in trial.languages:
        notes.append(f"feeds.yaml says {feed.language}, and the texts seem to be {trial.languages[0]}")
    hub = conceal(trial.hub or "") or None
    return Tried(trial, "; ".join(filter(None, notes)), hub, moved_to, twin.id if twin else None)


def _table(tried: Sequence[Tried]) -> Table:
    table = Table("feed", "state", "format", "items", "language", "hub", "what to know", box=None, pad_edge=False)
    for each in tried:
        trial = each.trial
        items = str(trial.items) if trial.format else ""
        found = trial.format, items, " ".join(trial.languages), "yes" if each.hub else ""
        table.add_row(trial.feed.id, trial.state, *found, each.note)
    return table


def _line(each: Tried) -> str:
    trial = each.trial
    found = [trial.format, plural(trial.items, "item"), " ".join(trial.languages)] if trial.format else []
    found += [f"hub {each.hub}"] if each.hub else []
    return ": ".join(filter(None, (trial.feed.id, trial.state, ", ".join(filter(None, found)), each.note)))
