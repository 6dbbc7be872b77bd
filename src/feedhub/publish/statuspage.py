"""The operator's page: what needs a hand first, then every feed with its plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from feedhub.models import FailureKind
from feedhub.publish import eventfeed
from feedhub.publish.item import one_line
from feedhub.publish.pages import render_page
from feedhub.publish.plot import HEIGHT, Plot, bars
from feedhub.publish.reasons import RULES
from feedhub.publish.select import Site
from feedhub.publish.status import Health, Report, answer_text, percent_text, quantile, span_text
from feedhub.store.events import Recorded

EVENTS = 10  # on the page
_ORDER = (*FailureKind, "offline", "gap", "stale")  # what comes first among feeds that need a hand
_FRESH = ("ok", "new", "paused")


@dataclass(frozen=True, slots=True)
class Row:
    """A feed as the page shows it. `facts` are names and values; `plot` is None where nothing came in two weeks."""

    health: Health
    title: str
    link: str
    tone: str
    plot: Plot | None
    per_day: str
    facts: tuple[tuple[str, str], ...]


def render(
    report: Report, hours: Mapping[str, Sequence[int]], events: Sequence[Recorded], site: Site, state: str | None
) -> bytes:
    """The page; with a `state`, of the feeds those in it."""
    chosen = [health for health in report.feeds if state in (None, health.state)]
    rows = [_row(health, hours.get(health.feed.id)) for health in sorted(chosen, key=_urgency)]
    return render_page(
        "status.html",
        site_title=one_line(site.config.site.title) or site.url,
        root="",
        outputs=site.links,
        noindex=True,
        report=report,
        figures=figures(report),
        days=bars([count for _day, count in report.activity.days]),
        first_day=report.activity.days[0][0].isoformat(),
        last_day=report.activity.days[-1][0].isoformat(),
        states=report.states,
        state=state,
        hands=[row for row in rows if row.health.needs_hand],
        others=[row for row in rows if not row.health.needs_hand],
        events=[(it.event, eventfeed.title(it.event)) for it in events[:EVENTS]],
        height=HEIGHT,
    )


def figures(report: Report) -> list[tuple[str, str]]:
    """The hub's numbers: each with its name."""
    hub, activity = report.hub, report.activity
    median, slowest = (quantile(activity.delays, share) for share in (0.5, 0.95))
    merges = "; ".join(f"{RULES[rule].lower()} {count}" for rule, count in activity.merges.items())
    pushes = ", ".join(f"{count} {state}" for state, count in report.subscriptions.items())
    return [
        ("Feeds", str(len(report.feeds))),
        ("Stories", f"{hub.stories:,} from {hub.entries:,} entries"),
        ("From publication to here", _delay(median, slowest)),
        ("Merged in two weeks", merges or "nothing"),
        ("Publishers’ hubs", pushes or "no feed names one"),
        ("Our hub", "; ".join(report.audiences) or "nobody has subscribed"),
    ]


def _delay(median: timedelta | None, slowest: timedelta | None) -> str:
    if median is None or slowest is None:
        return "not known yet"
    return f"{span_text(median)} for half of the newest stories, {span_text(slowest)} for 95 %"


def _urgency(health: Health) -> tuple[bool, int]:
    rank = _ORDER.index(health.state) if health.state in _ORDER else len(_ORDER)
    return not health.needs_hand, rank


def _row(health: Health, hours: Sequence[int] | None) -> Row:
    address = health.feed.public_url
    return Row(
        health=health,
        title=one_line(health.title) or health.feed.id,
        link="" if "${" in address else address,  # an address without its secret leads nowhere
        tone=_tone(health),
        plot=bars(hours) if hours else None,
        per_day=f"{health.found.new_per_day:.1f}",
        facts=tuple((name, value) for name, value in _facts(health) if value),
    )


def _facts(health: Health) -> list[tuple[str, str]]:
    found = health.found
    return [
        ("Answers in", answer_text(found.response)),
        ("Unchanged", percent_text(found.unchanged_share)),
        ("Failed in a row", str(found.failures) if found.failures else ""),
        ("Told apart by", ": ".join(filter(None, (found.identity, health.identity_note)))),
        ("Its hub", f"{found.push.state}: {found.push.message}" if found.push else ""),
    ]


def _tone(health: Health) -> str:
    if health.state in _FRESH:
        return "well" if health.state == "ok" else "idle"
    return "odd" if health.state in ("stale", "gap", "offline") else "ill"
