"""`status`."""

from __future__ import annotations

import json
from datetime import datetime

import typer
from rich.table import Table

from feedhub.cli.reading import read_config
from feedhub.cli.show import OFFLINE_HINT, ago, console, folding, plural
from feedhub.config import ConfigError
from feedhub.hub import open_store
from feedhub.publish.status import Health, Report, answer_text, as_data, load_report, percent_text, quantile, span_text
from feedhub.settings import Settings

_NARROW, _WIDE = 100, 150  # columns of a terminal, below which and from which on the table has other columns


def show_status(settings: Settings, now: datetime, *, as_json: bool) -> None:
    """Print the hub's and the feeds' health."""
    try:
        config = read_config(settings.config)
    except ConfigError as error:
        error.add_note("a running service keeps the last good one, and its /status says how the feeds are")
        raise
    store = open_store(settings)
    try:
        with store.reading() as session:
            report = load_report(session, config, now)
    finally:
        store.close()
    if as_json:
        text = json.dumps(as_data(report), ensure_ascii=False, indent=2)
        typer.echo(text.encode())  # UTF-8 whatever the locale: RFC 8259, 8.1
    else:
        screen = console()
        screen.print(feed_table(report, screen.width), markup=False)
        for sentence in summary(report):
            screen.print(sentence, markup=False)


def feed_table(report: Report, width: int) -> Table:
    """As many columns as so many columns of text have room for; a narrow one says why only where nothing is to mend."""
    columns = ["feed", "state", "last poll", "next poll", "new/day"]
    if width >= _WIDE:
        columns += ["unchanged", "answers in"]
    if width >= _NARROW:
        columns += ["why then"]
    columns += ["what to mend" if width >= _NARROW else "what to mend, or why then"]
    table = folding(*columns)
    for health in report.feeds:
        cells = _cells(health, report.at)
        table.add_row(*(cells[column] for column in columns))
    return table


def _cells(health: Health, now: datetime) -> dict[str, str]:
    found = health.found
    why = "; ".join(filter(None, (health.reason, found.push.message if found.push else "")))
    mend = health.message or health.identity_note
    return {
        "feed": health.feed.id,
        "state": health.state,
        "last poll": ago(found.last_poll, now),
        "next poll": _next_poll(health, now),
        "new/day": f"{found.new_per_day:.1f}",
        "unchanged": percent_text(found.unchanged_share),
        "answers in": answer_text(found.response),
        "why then": why,
        "what to mend": mend,
        "what to mend, or why then": mend or why,
    }


def summary(report: Report) -> list[str]:
    """What there is to say of the hub as a whole."""
    hub = report.hub
    lines = [f"{plural(len(report.feeds), 'feed')}, {plural(hub.stories, 'story')} from {plural(hub.entries, 'entry')}"]
    median, slowest = (quantile(report.activity.delays, share) for share in (0.5, 0.95))
    if median is not None and slowest is not None:
        spans = f"{span_text(median)} for half of the newest stories, {span_text(slowest)} for 95 %"
        lines.append(f"from publication to here: {spans}")
    return [*lines, *([OFFLINE_HINT] if hub.unreachable else []), *report.crowded, *report.audiences]


def _next_poll(health: Health, now: datetime) -> str:
    if health.feed.paused:
        return "paused"
    return ago(health.next_poll, now) if health.next_poll and health.next_poll > now else "due"
