"""What the operator's addresses show, by address: the page, the data and the feed of events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from feedhub.publish import eventfeed, statuspage
from feedhub.publish.select import Site
from feedhub.publish.status import Report, as_data, load_report
from feedhub.store import events, hub, status
from feedhub.store.events import Recorded

ATOM, HTML, JSON = eventfeed.CONTENT_TYPE, "text/html; charset=utf-8", "application/json; charset=utf-8"
_EVENTS = 200  # in the feed


@dataclass(frozen=True, slots=True)
class Board:
    """All of it as of the database's last news: the same database gives the same (R39).

    `hours` are each feed's new entries by hour, by its id. `events` are the newest ones, `events_id` is their feed's
    public id. `born` is when the hub was first started.
    """

    report: Report
    hours: Mapping[str, Sequence[int]]
    events: Sequence[Recorded]
    events_id: str
    born: datetime


def load_current(session: Session, site: Site, mistakes: int = 0) -> Report:
    """The report as of the database's last news, without what only the page plots."""
    return load_report(session, site.config, status.as_of(session), mistakes)


def load_board(session: Session, site: Site, mistakes: int = 0) -> Board:
    """Everything with a few statements, however many feeds there are; `mistakes` are in the file as it is now."""
    report = load_current(session, site, mistakes)
    return Board(
        report=report,
        hours=status.new_by_hour(session, report.at),
        events=events.newest(session, _EVENTS),
        events_id=events.feed_urn(session),
        born=hub.created_at(session),
    )


def page(board: Board, site: Site, state: str | None = None) -> bytes:
    """The page for people, or of its feeds those in one state."""
    return statuspage.render(board.report, board.hours, board.events, site, state)


def data(board: Board) -> bytes:
    return json.dumps(as_data(board.report), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def event_feed(board: Board, site: Site) -> bytes:
    return eventfeed.render(board.events, board.events_id, site, board.born)
