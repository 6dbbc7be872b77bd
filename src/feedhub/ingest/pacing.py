"""What a poll teaches about a feed, and when it is asked next: between what is remembered and the cadence (R27)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from feedhub.config import FeedConfig
from feedhub.ingest.cadence import Answered, Bounds, History, Offline, Outcome, Refused, next_poll
from feedhub.ingest.health import has_gap, standing
from feedhub.ingest.hints import Hints, fresh_for, hints
from feedhub.ingest.learning import learn
from feedhub.ingest.rhythm import Rhythm, demand
from feedhub.models import Cadence, Failed, FeedMemory, Freshness, News, NextPoll


@dataclass(frozen=True, slots=True)
class Paced:
    """What an answer comes to: the feed's state with a sentence, what is remembered from now on, and the next poll."""

    state: str
    sentence: str
    cadence: Cadence
    next: NextPoll


def after_answer(feed: FeedConfig, memory: FeedMemory, news: News | None, freshness: Freshness, now: datetime) -> Paced:
    """After a document, or after the word that it is unchanged (`news` is None): silence is information too.

    What a hub delivered since the last answer came in its time as well, though no poll found it.
    """
    before = Rhythm.from_dict(memory.cadence.rhythm)
    dates = [arrival.published for arrival in news.arrivals] if news else []
    gap = news is not None and has_gap(dates, news.known, before.at)
    rhythm = learn(before, [*memory.delivered, *dates], now, gap=gap)
    cadence = Cadence(
        rhythm=rhythm.to_dict(),
        hints=hints(news.received.hints).to_dict() if news else memory.cadence.hints,
        window=len(news.received.entries) if news else memory.cadence.window,
        gap_at=now if gap else memory.cadence.gap_at,
        demand=demand(rhythm),
    )
    answer = Answered(len(dates), gap, fresh_for(now, freshness))
    state, sentence = standing(rhythm, cadence.gap_at, now)
    return Paced(state, sentence, cadence, _next_poll(feed, memory, cadence, rhythm, answer, now))


def after_failure(feed: FeedConfig, memory: FeedMemory, failure: Failed, failures: int, now: datetime) -> NextPoll:
    """The failure is the how many-th in a row; a failure teaches nothing."""
    return _as_before(feed, memory, Refused(failure.kind, failures, failure.retry_after), now)


def after_offline(feed: FeedConfig, memory: FeedMemory, now: datetime) -> NextPoll:
    """After a pass without a network (R25)."""
    return _as_before(feed, memory, Offline(), now)


def jitter(feed: str, now: datetime) -> float:
    """From 0 to 1, the same for the same feed and time, so that every way of running polls at the same times (R49)."""
    return hashlib.sha256(f"{feed}\n{now.isoformat()}".encode()).digest()[0] / 255


def _as_before(feed: FeedConfig, memory: FeedMemory, outcome: Outcome, now: datetime) -> NextPoll:
    return _next_poll(feed, memory, memory.cadence, Rhythm.from_dict(memory.cadence.rhythm), outcome, now)


def _next_poll(
    feed: FeedConfig, memory: FeedMemory, cadence: Cadence, rhythm: Rhythm, outcome: Outcome, now: datetime
) -> NextPoll:
    history = History(
        interval=memory.interval,
        rhythm=rhythm,
        hints=Hints.from_dict(cadence.hints),
        window=cadence.window,
        typical=memory.typical,
        together=_was_away(memory, now),
        pushed=memory.pushed,
    )
    bounds = Bounds(feed.interval, feed.min_interval, feed.max_interval)
    return next_poll(bounds, history, outcome, now, jitter(feed.id, now))


def _was_away(memory: FeedMemory, now: datetime) -> bool:
    """Whether the network was, or the hub itself: the feed is overdue by more than its whole wait."""
    overdue = memory.due is not None and memory.interval is not None and now - memory.due > memory.interval
    return overdue or memory.state == "offline"
