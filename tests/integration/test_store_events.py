"""Events are told once: whoever noticed them, however often, before or after a restart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub.models import Event, EventKind
from feedhub.store import events
from feedhub.store.database import Store
from feedhub.store.events import Recorded
from support.ledger import Ledger
from support.polls import NOON, a_poll, at, failing_poll

BLOCKED = Event(EventKind.BLOCKED, NOON, "it wants a browser; ask the outlet", "tigris")
BACK = replace(BLOCKED, kind=EventKind.RECOVERED, at=at(15), sentence="it answers again")
REFUSED = Event(EventKind.CONFIGURATION_REFUSED, NOON, "feeds.yaml, line 3: unknown key")


def tell(store: Store, *told: Event) -> list[bool]:
    """Each in a transaction of its own."""
    stored = []
    for event in told:
        with store.writing() as session:
            stored.append(events.record(session, event))
    return stored


def newest(store: Store, limit: int = 2_000) -> list[Recorded]:
    with store.reading() as session:
        return list(events.newest(session, limit))


def test_events_come_back_as_they_were_the_latest_first(store: Store) -> None:
    """With an id each, which is theirs for ever."""
    assert tell(store, BLOCKED, BACK, REFUSED) == [True] * 3
    found = newest(store)
    assert [it.event for it in found] == [REFUSED, BACK, BLOCKED]
    assert len({it.urn for it in found}) == 3
    assert newest(store, 1) == found[:1]
    tell(store, replace(BLOCKED, at=at(30)))
    assert newest(store)[1:] == found


def test_what_two_processes_notice_is_told_once(store: Store) -> None:
    """Also where one of them notices it later, and where the same event is stored again after a crash."""
    assert tell(store, REFUSED, replace(REFUSED, at=at(1)), REFUSED) == [True, False, False]
    assert tell(store, BLOCKED, BACK, BLOCKED) == [True, True, False]


def test_another_sentence_another_feed_and_another_day_are_news(store: Store) -> None:
    others = replace(REFUSED, sentence="feeds.yaml, line 4"), replace(REFUSED, feed="zagros")
    assert tell(store, REFUSED, *others, replace(others[0], at=at(days=1))) == [True] * 4


def test_old_ones_go_and_there_are_never_too_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """By age and by number."""
    monkeypatch.setattr(events, "MOST", 3)
    tell(store, *(replace(REFUSED, sentence=str(n), at=at(n)) for n in range(6)))
    assert [it.event.sentence for it in newest(store)] == ["5", "4", "3"]
    tell(store, replace(REFUSED, at=NOON + events.KEPT + timedelta(minutes=5)))
    assert [it.event.sentence for it in newest(store)] == [REFUSED.sentence, "5"]


def test_r51_a_polls_events_are_stored_with_its_outcome_or_not_at_all(store: Store, tmp_path: Path) -> None:
    """R51: and the trouble is remembered with them, so that the next poll does not tell of it again."""
    ledger = Ledger(store, tmp_path)
    poll = failing_poll(ledger.number("tigris"), events=(BLOCKED,), trouble="blocked")
    ledger.record(poll)
    assert ledger.memory("tigris").trouble == "blocked"
    assert [it.event for it in newest(store)] == [BLOCKED]
    ledger.record(a_poll(ledger.number("tigris"), at(15), events=(BACK,)))
    assert ledger.memory("tigris").trouble == ""
    assert [it.event.kind for it in newest(store)] == [EventKind.RECOVERED, EventKind.BLOCKED]
