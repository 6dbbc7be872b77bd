"""What commands print: the progress of a pass, its summary, and times for people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from feedhub.config import FeedConfig
from feedhub.ingest.cadence import spoken
from feedhub.models import Poll

if TYPE_CHECKING:  # a cold start counts under cron: these bring the database and the network along
    from feedhub.ingest.passes import PassReport
    from feedhub.store.matching import Matched

OFFLINE_HINT = (
    "No feed could be reached: this machine seems to be offline.\n"
    "To see feedhub at work without a network, run: make demo   (or: feedhub demo)"
)
_WIDE = 1_000  # columns


def console() -> Console:
    """Standard output; wide and plain where it is no terminal, so that nothing is cut for a script."""
    watched = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=not watched, width=None if watched else _WIDE)


def folding(*columns: str) -> Table:
    """A table that loses nothing in a narrow window: an address that is to be copied goes on in the next line."""
    return Table(*(Column(column, overflow="fold") for column in columns), box=None, pad_edge=False)


def plural(count: int, noun: str) -> str:
    """`1 feed`, `2 feeds`, `2 stories`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"


def polled_line(feed: FeedConfig, poll: Poll) -> str:
    """One feed's poll in one line."""
    if poll.held:
        return f"{feed.id}: not asked: {poll.next.reason}"
    if poll.failure:
        return f"{feed.id}: {poll.state}: {poll.message}"
    notes = "; ".join(filter(None, (poll.message, _moved(feed, poll))))
    note = f" ({notes})" if notes else ""
    if poll.news is None:
        return f"{feed.id}: unchanged{note}"
    edited = f", {len(poll.news.edits)} edited" if poll.news.edits else ""
    return f"{feed.id}: {len(poll.news.arrivals)} new{edited}{note}"


def _moved(feed: FeedConfig, poll: Poll) -> str:
    """Which line of feeds.yaml to change (R26), without the address, which may hold a secret."""
    adopted = poll.move and poll.move.adopted_at
    return f"moved for good: `feedhub status` has the new address for line {feed.line}" if adopted else ""


@contextmanager
def pass_progress(screen: Console, total: int) -> Iterator[Callable[[FeedConfig, Poll], None]]:
    """A progress bar on a terminal, a line for each feed elsewhere. Yields what is to be told of each poll."""
    if not screen.is_terminal:
        yield lambda feed, poll: screen.print(polled_line(feed, poll), markup=False)
        return
    columns = (
        TextColumn("polling"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=total)

        def advance(feed: FeedConfig, poll: Poll) -> None:
            bar.update(task, advance=1, description=feed.id)

        yield advance


def print_summary(screen: Console, report: PassReport, matched: Matched) -> None:
    """What a pass came to: numbers, then the feeds that failed and what to do about each."""
    polls = report.polls.values()
    failed = {key: poll for key, poll in sorted(report.polls.items()) if poll.failure}
    new = sum(len(poll.news.arrivals) for poll in polls if poll.news)
    edited = sum(len(poll.news.edits) for poll in polls if poll.news)
    unchanged = sum(poll.outcome == "unchanged" for poll in polls)
    held = sum(poll.held for poll in polls)
    parts = [
        f"{plural(len(report.polls) - held, 'feed')} polled",
        *([f"{held} not asked, as their hosts asked to wait"] if held else []),
        f"{unchanged} unchanged",
        f"{len(failed)} failed",
        f"{plural(new, 'new entry')}, {edited} edited",
        f"{plural(matched.founded, 'new story')}, {matched.joined} merged into one that was there",
        *([f"{matched.split} split off by an edit"] if matched.split else []),
    ]
    screen.print("; ".join(parts), markup=False)
    if report.unreachable:
        screen.print(OFFLINE_HINT, markup=False)
    elif failed and screen.is_terminal:
        table = folding("feed", "state", "what to do")
        for key, poll in failed.items():
            table.add_row(key, poll.state, poll.message)
        screen.print(table, markup=False)


def ago(moment: datetime | None, now: datetime) -> str:
    """`5 min ago`, `in 10 min`, `never`, in the largest unit."""
    if moment is None:
        return "never"
    apart = abs(moment - now)
    span = " ".join(spoken(apart).split()[:2]) if apart >= timedelta(minutes=1) else "moments"
    return f"in {span}" if moment > now else f"{span} ago"
