"""What the operator is told: the feeds' health and the hub's size."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from sqlmodel import Session, col, func, select

from feedhub.config import DedupMode, OutputConfig
from feedhub.models import HubOffer
from feedhub.store import activity, hub, subscriptions
from feedhub.store.stories import part
from feedhub.store.tables import EntryRow, FeedRow, HubRow, OutputRow, SequenceRow, StoryRow
from feedhub.websub.subscription import State, Subscription, standing, words

WINDOW = timedelta(days=14)
_RATE_WINDOW = timedelta(days=7)
_DAY = timedelta(days=1)
_FOUNDING = frozenset(("founded", "split", "never_merge"))
_MERGING = frozenset(("address", "guid", "text", "headline"))
_HAS_TEXT = col(EntryRow.last_listed).is_(None)


@dataclass(frozen=True, slots=True)
class PushStatus:
    """What has come of the hub that a feed names (WebSub). `state` is its standing, or `offered`.

    `hub` is its address without what may be secret. `dropped` counts deliveries that were not believed or not readable.
    """

    state: str
    message: str
    hub: str
    lease_until: datetime | None = None
    last_delivery: datetime | None = None
    delivered: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What a feed's polls came to since its first one. `received` is in bytes; `arrivals` are new entries."""

    polls: int = 0
    failed: int = 0
    unchanged: int = 0
    received: int = 0
    arrivals: int = 0


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed's health. `new_per_day` is the mean of the last seven days, or of its life where that is shorter.

    `moved_to` is the address that it is asked at in place of the configured one (R26), None for that one. `push` is
    None where no hub is named. `failures` are those in a row; `gap_at` is when items were last missed. `last_ok` and
    `last_new` are the last answer and the last that brought something. `unchanged_share`, from 0 to 1, and `response`
    are means over about the last hundred answers.
    """

    title: str
    state: str
    message: str
    last_poll: datetime | None
    next_poll: datetime | None
    reason: str
    new_per_day: float
    entries: int
    format: str
    identity: str
    identity_reason: str
    moved_to: str | None = None
    push: PushStatus | None = None
    failures: int = 0
    gap_at: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    unchanged_share: float | None = None
    response: timedelta | None = None
    counts: Counts = Counts()


@dataclass(frozen=True, slots=True)
class HubStatus:
    """The hub's size. `unreachable`: no feed could be reached when last tried."""

    stories: int
    entries: int
    revision: int
    unreachable: bool


@dataclass(frozen=True, slots=True)
class HubActivity:
    """What came of late. `days` are the stories founded on each day (UTC), oldest first, days without any too.

    `merges` are the entries that joined a story in these days, by rule, the most frequent rule first. `delays` are as
    in :func:`feedhub.store.activity.delays`.
    """

    days: tuple[tuple[date, int], ...]
    merges: Mapping[str, int]
    delays: Sequence[timedelta]


UNKNOWN = FeedStatus("", "new", "", None, None, "not polled yet", 0.0, 0, "", "", "")
"""A feed that is listed and was never met."""


def feed_statuses(session: Session, now: datetime) -> dict[str, FeedStatus]:
    """The health of every feed there is, by its id."""
    totals = _counts(session)
    recent = _counts(session, since=now - _RATE_WINDOW)
    followed = {it.feed: it for it in subscriptions.every(session) if it.state is not State.LEAVING}
    offered = subscriptions.offers(session)
    pushes = {feed: _push(offer, followed.get(feed)) for feed, offer in offered.items()}
    return {
        row.key: _status(row, pushes.get(row.id or 0), totals.get(row.id or 0, 0), recent.get(row.id or 0, 0), now)
        for row in session.exec(select(FeedRow))
    }


def hub_status(session: Session) -> HubStatus:
    row = session.get(HubRow, 1)
    return HubStatus(
        stories=session.exec(select(func.count()).where(col(StoryRow.entry_id).is_(None))).one(),
        entries=session.exec(select(func.count()).select_from(EntryRow).where(_HAS_TEXT)).one(),
        revision=row.revision if row else 0,
        unreachable=bool(row and row.unreachable),
    )


def as_of(session: Session) -> datetime:
    """When the database last heard of the world, by a poll or an entry; before the first, when the hub was made.

    What is reckoned from it instead of the time stays the same until something happens (R39).
    """
    moments = (
        hub.created_at(session),
        session.exec(select(func.max(FeedRow.last_poll_at))).one(),
        session.exec(select(func.max(EntryRow.first_seen))).one(),
    )
    return max(moment for moment in moments if moment)


def hub_activity(session: Session, now: datetime) -> HubActivity:
    """What came in the two weeks before, and how quickly in the last of them."""
    since = midnight(now) - (WINDOW - _DAY)
    counts = activity.by_day_and_rule(session, since)
    days = {(since + n * _DAY).date(): 0 for n in range(WINDOW // _DAY)}
    merges: Counter[str] = Counter()
    for (day, rule), entries in counts.items():
        if rule in _FOUNDING and day in days:
            days[day] += entries
        elif rule in _MERGING:
            merges[rule] += entries
    return HubActivity(tuple(days.items()), dict(merges.most_common()), activity.delays(session, now - _RATE_WINDOW))


def new_by_hour(session: Session, now: datetime) -> dict[str, tuple[int, ...]]:
    """Each feed's new entries in every hour of the two weeks that end with this one, oldest first, by the feed's id.

    What a feed had already when it was new counts in none. Feeds to which nothing came are left out.
    """
    last = activity.hour_number(now)
    first = last - WINDOW // activity.HOUR + 1
    since = now - WINDOW
    counts = activity.hourly(session, since)
    found = {}
    for number, key, created_at in session.exec(select(FeedRow.id, FeedRow.key, FeedRow.created_at)):
        hours = counts.get(number or 0, {})
        if hours and created_at >= since:
            hours = {hour: count for hour, count in hours.items() if hour != min(hours)}
        series = tuple(hours.get(hour, 0) for hour in range(first, last + 1))
        if any(series):
            found[key] = series
    return found


def midnight(moment: datetime) -> datetime:
    """The beginning of its day, in UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def entered(session: Session, outputs: Iterable[OutputConfig], since: datetime) -> dict[str, int]:
    """How many of the stories, or of what it shows as one (R9), that came after a time each output holds, by name."""
    named: defaultdict[DedupMode, list[str]] = defaultdict(list)
    for output in outputs:
        named[output.dedup].append(output.id)
    counts: dict[str, int] = {}
    for mode, names in named.items():
        recent = select(part(mode)).where(EntryRow.first_seen > since).distinct()
        earlier = select(EntryRow.id).where(part(mode) == SequenceRow.story_id, EntryRow.first_seen <= since)
        query = (
            select(OutputRow.name, func.count())
            .join(SequenceRow, col(SequenceRow.output_id) == OutputRow.id)
            .where(col(OutputRow.name).in_(names), col(SequenceRow.story_id).in_(recent), ~earlier.exists())
            .group_by(OutputRow.name)
        )
        counts |= dict(session.exec(query).all())
    return counts


def _counts(session: Session, since: datetime | None = None) -> dict[int, int]:
    """How many entries with a text each feed has, or has had since a time."""
    query = select(EntryRow.feed_id, func.count()).where(_HAS_TEXT).group_by(col(EntryRow.feed_id))
    if since:
        query = query.where(EntryRow.first_seen > since)
    return dict(session.exec(query).all())


def _status(row: FeedRow, push: PushStatus | None, entries: int, recent: int, now: datetime) -> FeedStatus:
    days = min(max((now - row.created_at) / timedelta(days=1), 1.0), _RATE_WINDOW / timedelta(days=1))
    return FeedStatus(
        title=row.title,
        state=row.state,
        message=row.message,
        last_poll=row.last_poll_at,
        next_poll=row.next_poll_at,
        reason=row.next_reason,
        new_per_day=recent / days,
        entries=entries,
        format=row.format,
        identity=row.identity,
        identity_reason=row.identity_reason,
        moved_to=row.permanent_url if row.adopted_at else None,
        push=push,
        failures=row.failures,
        gap_at=row.gap_at,
        last_ok=row.last_ok_at,
        last_new=row.last_new_at,
        unchanged_share=row.unchanged_share,
        response=None if row.response_ms is None else timedelta(milliseconds=row.response_ms),
        counts=Counts(row.polls, row.failed, row.unchanged, row.received, row.arrivals),
    )


def _push(offer: HubOffer, subscription: Subscription | None) -> PushStatus:
    if subscription is None:
        message = "a hub is named and not asked: `feedhub serve` asks it where site.url is public"
        return PushStatus("offered", message, _shown(offer.hubs[0]))
    return PushStatus(
        state=standing(subscription),
        message=words(subscription),
        hub=_shown(subscription.hub),
        lease_until=subscription.lease_until,
        last_delivery=subscription.delivered_at,
        delivered=subscription.delivered,
        dropped=subscription.dropped,
    )


def _shown(url: str) -> str:
    """Without user, password and query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
