"""What the newsroom has published by a given time: a pure function of its start, its pace and now.

The outlets take turns. The first `BACKLOG` rounds are out when the newsroom opens, spread over the hours before; from
then on one outlet publishes its next item at every pace, until the texts are used up (:func:`duration`) and the
newsroom goes quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import zip_longest

from feedhub.demo.outlets import Item, outlets

BACKLOG = 4  # rounds
BACKLOG_STEP = timedelta(minutes=10)
REWRITE_AFTER = 6  # paces between an item and its second headline
AHEAD = timedelta(days=2)  # how far a careless outlet dates an item into the future


@dataclass(frozen=True, slots=True)
class Published:
    """An item that is out. `at` is when it came out, `modified` when its headline last changed."""

    item: Item
    title: str
    at: datetime
    modified: datetime

    @property
    def date(self) -> datetime | None:
        """The date that the feed declares: none where the outlet forgets it, a wrong one where it errs."""
        match self.item.quirk:
            case "undated":
                return None
            case "ahead":
                return self.at + AHEAD
            case _:
                return self.at


def edition(start: datetime, now: datetime, pace: timedelta) -> tuple[Published, ...]:
    """Everything that is out at `now`, newest first."""
    times = (_time(turn, start, pace) for turn in range(len(_turns())))
    out = [_published(item, at, now, pace) for item, at in zip(_turns(), times, strict=True) if at <= now]
    return tuple(reversed(out))


def duration(pace: timedelta) -> timedelta:
    """From the start to the last publication."""
    return (len(_turns()) - _backlog()) * pace


def _published(item: Item, at: datetime, now: datetime, pace: timedelta) -> Published:
    rewritten_at = at + REWRITE_AFTER * pace
    if item.rewritten and rewritten_at <= now:
        return Published(item, item.rewritten, at, rewritten_at)
    return Published(item, item.title, at, at)


def _time(turn: int, start: datetime, pace: timedelta) -> datetime:
    waiting = turn - _backlog() + 1
    return start + waiting * (pace if waiting > 0 else BACKLOG_STEP)


@cache
def _turns() -> tuple[Item, ...]:
    rounds = zip_longest(*(outlet.items for outlet in outlets()))
    return tuple(item for items in rounds for item in items if item)


def _backlog() -> int:
    return sum(len(outlet.items[:BACKLOG]) for outlet in outlets())
