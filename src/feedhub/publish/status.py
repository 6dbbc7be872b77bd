"""How the hub and its feeds are, for its operator: one report, which `status`, the page and the metrics show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from feedhub import __version__
from feedhub.config import MOST_STORIES, Config, FeedConfig, OutputConfig
from feedhub.observe import concealer
from feedhub.publish.select import output_path
from feedhub.store import hub, recipients, status
from feedhub.store.recipients import Following
from feedhub.store.status import FeedStatus, HubActivity, HubStatus, PushStatus

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_IDLE = ("ok", "new", "paused")  # states in which nothing is the matter
_PUSH_TROUBLE = ("silent", "failing")


@dataclass(frozen=True, slots=True)
class Health:
    """A feed as it is listed and as it is found."""

    feed: FeedConfig
    found: FeedStatus

    @property
    def title(self) -> str:
        return self.feed.title or self.found.title

    @property
    def state(self) -> str:
        return "paused" if self.feed.paused else self.found.state

    @property
    def message(self) -> str:
        """What happened and what to mend, in feeds.yaml too (R26)."""
        moved_to = self.found.moved_to
        change = f"it has moved for good: change its url on line {self.feed.line} of feeds.yaml to {moved_to}"
        return "; ".join(filter(None, (self.found.message, change if moved_to else "")))

    @property
    def next_poll(self) -> datetime | None:
        return None if self.feed.paused else self.found.next_poll

    @property
    def reason(self) -> str:
        return "paused in feeds.yaml" if self.feed.paused else self.found.reason

    @property
    def identity_note(self) -> str:
        """Worth saying where guids alone do not do (R6)."""
        return self.found.identity_reason if self.found.identity not in ("", "guid") else ""

    @property
    def needs_hand(self) -> bool:
        """Whether an operator should look at it: by its state, or since it has moved."""
        return self.state not in _IDLE or (self.found.moved_to is not None and not self.feed.paused)


@dataclass(frozen=True, slots=True)
class Report:
    """The hub at a moment. `feeds` are in the order of feeds.yaml, `entered` are each output's stories of a day.

    `followed` says who has subscribed to an output at our hub, where anybody has. `mistakes` are in feeds.yaml as it is
    now: while there are any, `config` is the last good one.
    """

    at: datetime
    config: Config
    hub: HubStatus
    activity: HubActivity
    feeds: tuple[Health, ...]
    entered: Mapping[str, int]
    followed: Mapping[str, Following] = field(default_factory=dict)
    mistakes: int = 0

    @property
    def states(self) -> Mapping[str, int]:
        """How many feeds are in each state, the most frequent first."""
        return dict(Counter(health.state for health in self.feeds).most_common())

    @property
    def subscriptions(self) -> Mapping[str, int]:
        """How many feeds that name a hub stand how with it."""
        return dict(Counter(health.found.push.state for health in self.feeds if health.found.push).most_common())

    @property
    def audiences(self) -> tuple[str, ...]:
        """Who has subscribed to which output at our hub."""
        return tuple(filter(None, (audience(output, self.followed.get(output.id)) for output in self.config.outputs)))

    @property
    def refusal(self) -> str:
        """What there is to say of a configuration file that is not in force as it is; empty where it is."""
        return refusal(self.mistakes) if self.mistakes else ""

    @property
    def crowded(self) -> tuple[str, ...]:
        """What to do about outputs whose documents are too short for a day."""
        sentences = (crowding(output, self.entered.get(output.id, 0)) for output in self.config.outputs)
        return tuple(filter(None, sentences))


def refusal(mistakes: int) -> str:
    """That the configuration file is not in force as it is; nothing of what it holds, which may be secret."""
    count = "1 mistake" if mistakes == 1 else f"{mistakes} mistakes"
    return f"feeds.yaml has {count}, which `feedhub check` names; the last good configuration stays in force"


def load_report(session: Session, config: Config, now: datetime, mistakes: int = 0) -> Report:
    """The report as of `now`, fit to be shown: without the configuration's secrets."""
    conceal = concealer(config.secrets)
    stored = status.feed_statuses(session, now)
    found = (stored.get(feed.id, status.UNKNOWN) for feed in config.feeds)
    # A new address may have taken over the secret of the old one.
    shown = [replace(one, moved_to=one.moved_to and conceal(one.moved_to)) for one in found]
    return Report(
        at=now,
        config=config,
        hub=status.hub_status(session),
        activity=status.hub_activity(session, now),
        feeds=tuple(Health(feed, one) for feed, one in zip(config.feeds, shown, strict=True)),
        entered=status.entered(session, config.outputs, now - _DAY),
        followed=_by_output(config, hub.site_url(session), recipients.followings(session)),
        mistakes=mistakes,
    )


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


def audience(output: OutputConfig, it: Following | None) -> str:
    """Who has subscribed to the output at our hub; empty where nobody has."""
    if it is None:
        return ""
    failing = f", {it.failing} of them not reached; they are tried again" if it.failing else ""
    subscribers = "1 subscriber" if it.subscribers == 1 else f"{it.subscribers} subscribers"
    return f"{output.id}: pushed to {subscribers}{failing}"


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


def quantile(ascending: Sequence[timedelta], share: float) -> timedelta | None:
    """The least of the values that at least this share of them does not exceed; None of none."""
    if not ascending:
        return None
    rank = -int(-share * len(ascending) // 1)  # rounded up
    return ascending[max(rank, 1) - 1]


def percent_text(share: float | None) -> str:
    """`87 %`; empty where it is not known."""
    return "" if share is None else f"{share:.0%}".replace("%", " %")


def span_text(span: timedelta) -> str:
    """`4 min`, `2.5 h`, `3.0 d`: how long something took, roughly."""
    for unit, size in (("d", _DAY), ("h", _DAY / 24)):
        if span >= size:
            return f"{span / size:.1f} {unit}"
    return f"{span / timedelta(minutes=1):.0f} min"


def answer_text(span: timedelta | None) -> str:
    """A response time: `80 ms`, `2.4 s`; empty where it is not known."""
    if span is None:
        return ""
    return f"{span.total_seconds():.1f} s" if span >= _SECOND else f"{span / _SECOND * 1_000:.0f} ms"


# --- as data ----------------------------------------------------------------------------------------------------------


def as_data(report: Report) -> dict[str, object]:
    """The shape of `status --json` and `/status.json`."""
    return {
        "hub": _hub_data(report),
        "feeds": [_feed_data(health) for health in report.feeds],
        "outputs": [_output_data(output, report) for output in report.config.outputs],
    }


def _hub_data(report: Report) -> dict[str, object]:
    activity = report.activity
    return {
        "version": __version__,
        **asdict(report.hub),
        "mistakes": report.mistakes,
        "states": report.states,
        "stories_per_day": [{"day": day.isoformat(), "stories": count} for day, count in activity.days],
        "merges": activity.merges,
        "delay_median": _seconds(quantile(activity.delays, 0.5)),
        "delay_95": _seconds(quantile(activity.delays, 0.95)),
        "subscriptions": report.subscriptions,
    }


def _output_data(output: OutputConfig, report: Report) -> dict[str, object]:
    entered = report.entered.get(output.id, 0)
    return {
        "id": output.id,
        "title": output.title,
        "limit": output.limit,
        "entered": entered,
        "message": crowding(output, entered),
        **asdict(report.followed.get(output.id, Following(0, 0))),
    }


def _feed_data(health: Health) -> dict[str, object]:
    found = health.found
    return {
        "id": health.feed.id,
        "url": health.feed.public_url,
        "title": health.title,
        "state": health.state,
        "message": health.message,
        "last_poll": _moment(found.last_poll),
        "next_poll": _moment(health.next_poll),
        "reason": health.reason,
        "new_per_day": round(found.new_per_day, 1),
        "entries": found.entries,
        "format": found.format,
        "identity": found.identity,
        "identity_reason": found.identity_reason,
        "moved_to": found.moved_to,
        "failures": found.failures,
        "gap_at": _moment(found.gap_at),
        "response_seconds": _seconds(found.response),
        "unchanged_share": None if found.unchanged_share is None else round(found.unchanged_share, 3),
        "push": _push_data(found.push) if found.push else None,
    }


def _push_data(push: PushStatus) -> dict[str, object]:
    times = {"lease_until": _moment(push.lease_until), "last_delivery": _moment(push.last_delivery)}
    return {**asdict(push), **times}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 3)
