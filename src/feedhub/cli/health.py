"""`status`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import typer

from feedhub import __version__
from feedhub.cli.reading import read_config
from feedhub.cli.show import OFFLINE_HINT, ago, console, folding, plural
from feedhub.config import MOST_STORIES, Config, FeedConfig, OutputConfig
from feedhub.hub import open_store
from feedhub.observe import concealer
from feedhub.publish.select import output_path
from feedhub.settings import Settings
from feedhub.store import hub as stored_hub
from feedhub.store import recipients, status
from feedhub.store.recipients import Following
from feedhub.store.status import FeedStatus, HubStatus, PushStatus

_DAY = timedelta(days=1)
_NOBODY = Following(0, 0)


def show_status(settings: Settings, now: datetime, *, as_json: bool) -> None:
    """Print the hub's and the feeds' health."""
    config = read_config(settings.config)
    store = open_store(settings)
    try:
        with store.reading() as session:
            hub = status.hub_status(session)
            stored = status.feed_statuses(session, now)
            entered = status.entered(session, config.outputs, now - _DAY)
            followed = _by_output(config, stored_hub.site_url(session), recipients.followings(session))
    finally:
        store.close()
    conceal = concealer(config.secrets)
    feeds = {feed.id: _shown(stored.get(feed.id, status.UNKNOWN), conceal) for feed in config.feeds}
    if as_json:
        text = json.dumps(as_data(config, hub, feeds, entered, followed), ensure_ascii=False, indent=2)
        typer.echo(text.encode())  # UTF-8 whatever the locale: RFC 8259, 8.1
    else:
        _print_tables(config, hub, feeds, now)
        for output in config.outputs:
            for sentence in filter(None, (crowding(output, entered.get(output.id, 0)), audience(output, followed))):
                console().print(sentence, markup=False)


def audience(output: OutputConfig, followed: Mapping[str, Following]) -> str:
    """Who has subscribed to the output at our hub; empty where nobody has."""
    it = followed.get(output.id)
    failing = f", {it.failing} of them not reached; they are tried again" if it and it.failing else ""
    return f"{output.id}: pushed to {plural(it.subscribers, 'subscriber')}{failing}" if it else ""


def _by_output(config: Config, site_url: str | None, by_topic: Mapping[str, Following]) -> dict[str, Following]:
    """Who follows each output, in whatever format."""
    below = config.site.url or site_url or ""
    found: dict[str, Following] = {}
    for output in config.outputs:
        stem = below + output_path(output.id)
        its = [it for topic, it in by_topic.items() if topic.rpartition(".")[0] == stem]
        if its:
            found[output.id] = Following(sum(it.subscribers for it in its), sum(it.failing for it in its))
    return found


def crowding(output: OutputConfig, entered: int) -> str:
    """What to do where more stories came in a day than the output's document holds; empty where it holds them."""
    if entered <= output.limit:
        return ""
    advice = f"limit: {entered} would do" if entered <= MOST_STORIES else f"limit: {MOST_STORIES} is the most there is"
    if shorter := [key for key in ("max_age", "max_per_source") if getattr(output, key)]:
        advice += f" without {' and '.join(shorter)}"
    holds = f"at most {output.limit}" if shorter else output.limit
    return (
        f"{output.id}: {entered} stories came in the last 24 hours and its document holds {holds}; "
        f"a reader app that asks once a day and follows no archive misses some; {advice}"
    )


def _shown(health: FeedStatus, conceal: Callable[[str], str]) -> FeedStatus:
    """Fit to be shown: a new address may have taken over the secret of the old one."""
    return replace(health, moved_to=health.moved_to and conceal(health.moved_to))


def as_data(
    config: Config,
    hub: HubStatus,
    feeds: Mapping[str, FeedStatus],
    entered: Mapping[str, int],
    followed: Mapping[str, Following],
) -> dict[str, object]:
    """The shape of `status --json`. `entered` counts each output's stories of the last day."""
    return {
        "hub": {"version": __version__, **asdict(hub)},
        "feeds": [_feed_data(feed, feeds[feed.id]) for feed in config.feeds],
        "outputs": [
            _output_data(output, entered.get(output.id, 0), followed.get(output.id, _NOBODY))
            for output in config.outputs
        ],
    }


def _output_data(output: OutputConfig, entered: int, followed: Following) -> dict[str, object]:
    return {
        "id": output.id,
        "title": output.title,
        "limit": output.limit,
        "entered": entered,
        "message": crowding(output, entered),
        **asdict(followed),
    }


def _feed_data(feed: FeedConfig, health: FeedStatus) -> dict[str, object]:
    return {
        "id": feed.id,
        "url": feed.public_url,
        "title": feed.title or health.title,
        "state": _state(feed, health),
        "message": _message(feed, health),
        "last_poll": _moment(health.last_poll),
        "next_poll": None if feed.paused else _moment(health.next_poll),
        "reason": _reason(feed, health),
        "new_per_day": round(health.new_per_day, 1),
        "entries": health.entries,
        "format": health.format,
        "identity": health.identity,
        "identity_reason": health.identity_reason,
        "moved_to": health.moved_to,
        "push": _push_data(health.push) if health.push else None,
    }


def _push_data(push: PushStatus) -> dict[str, object]:
    times = {"lease_until": _moment(push.lease_until), "last_delivery": _moment(push.last_delivery)}
    return {**asdict(push), **times}


def _print_tables(config: Config, hub: HubStatus, feeds: Mapping[str, FeedStatus], now: datetime) -> None:
    screen = console()
    columns = ("feed", "state", "last poll", "next poll", "new/day", "why then", "what to mend")
    table = folding(*columns)
    for feed in config.feeds:
        health = feeds[feed.id]
        table.add_row(
            feed.id,
            _state(feed, health),
            ago(health.last_poll, now),
            _next_poll(feed, health, now),
            f"{health.new_per_day:.1f}",
            "; ".join(filter(None, (_reason(feed, health), health.push.message if health.push else ""))),
            _message(feed, health) or _identity_note(health),
        )
    screen.print(table, markup=False)
    listed = plural(len(config.feeds), "feed")
    screen.print(f"{listed}, {plural(hub.stories, 'story')} from {plural(hub.entries, 'entry')}", markup=False)
    if hub.unreachable:
        screen.print(OFFLINE_HINT, markup=False)


def _why(health: FeedStatus) -> str:
    return health.message or _identity_note(health) or health.reason


def _next_poll(feed: FeedConfig, health: FeedStatus, now: datetime) -> str:
    if feed.paused:
        return "paused"
    return ago(health.next_poll, now) if health.next_poll and health.next_poll > now else "due"


def _reason(feed: FeedConfig, health: FeedStatus) -> str:
    return "paused in feeds.yaml" if feed.paused else health.reason


def _state(feed: FeedConfig, health: FeedStatus) -> str:
    return "paused" if feed.paused else health.state


def _message(feed: FeedConfig, health: FeedStatus) -> str:
    """What happened and what to mend, in feeds.yaml too (R26)."""
    change = f"it has moved for good: change its url on line {feed.line} of feeds.yaml to {health.moved_to}"
    return "; ".join(filter(None, (health.message, change if health.moved_to else "")))


def _identity_note(health: FeedStatus) -> str:
    """Worth saying where guids alone do not do (R6)."""
    return health.identity_reason if health.identity not in ("", "guid") else ""


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
