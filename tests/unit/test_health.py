"""How a feed stands (R27, R29), what an operator is told, and whose fault a pass without answers is (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feedhub.ingest.health import has_gap, is_offline, sentence, standing
from feedhub.ingest.rhythm import Rhythm
from feedhub.models import OFFLINE_KINDS, FailureKind
from support.entries import NOON

Outcomes = dict[str, list[FailureKind | None]]
DNS = FailureKind.DNS
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOURLY = Rhythm(at=NOON, newest=NOON, silence=HOUR)


def hosts(unreachable: int, answering: int, kind: FailureKind = DNS) -> Outcomes:
    """One feed a host."""
    down: Outcomes = {f"down-{n}.example": [kind] for n in range(unreachable)}
    return down | {f"up-{n}.example": [None] for n in range(answering)}


@pytest.mark.parametrize(
    ("unreachable", "answering", "offline"),
    [
        (5, 0, True),
        (4, 1, True),
        (8, 2, True),
        (7, 2, False),
        (7, 3, False),
        (4, 0, False),
        (1, 0, False),
        (0, 9, False),
    ],
)
def test_r25_four_of_five_over_five_hosts_is_our_own_fault(unreachable: int, answering: int, offline: bool) -> None:
    """At least 80 % of a pass over at least 5 hosts; fewer hosts may be down together."""
    assert is_offline(hosts(unreachable, answering)) is offline


def test_r25_feeds_are_counted_and_hosts_are_needed() -> None:
    """Twenty feeds of one host that is down say nothing about our network, nor with four other hosts down."""
    assert not is_offline({"down.example": [DNS] * 20})
    assert not is_offline({"down.example": [DNS] * 20, **hosts(3, 0)})
    assert is_offline({"down.example": [DNS] * 20, **hosts(0, 4)})
    assert not is_offline({"up.example": [None] * 20, **hosts(4, 0)})


@pytest.mark.parametrize("kind", FailureKind)
def test_r25_only_what_a_missing_network_causes_counts(kind: FailureKind) -> None:
    """No name, no connection, no answer. A 500 came from somewhere."""
    assert is_offline(hosts(10, 0, kind)) is (kind in {"dns", "refused", "timeout"})
    assert (kind in OFFLINE_KINDS) is (kind in {"dns", "refused", "timeout"})


def test_an_empty_pass_is_not_offline() -> None:
    """Nothing was due."""
    assert not is_offline({})


@pytest.mark.parametrize("kind", FailureKind)
def test_every_failure_comes_with_what_to_do(kind: FailureKind) -> None:
    """One sentence without a full stop: what happened; what to do."""
    told = sentence(kind, "a.example answered 500.")
    assert told.startswith("a.example answered 500; ")
    assert len(told) > len("a.example answered 500; ") + 10
    assert told[-1] not in ".;"
    assert "\n" not in told


# --- answers ---------------------------------------------------------------------------------------------------------


def test_r27_a_document_with_nothing_known_and_all_newer_than_the_last_poll_has_a_gap() -> None:
    """More came than it holds, so some may have come and gone."""
    newer = [NOON + n * MINUTE for n in range(1, 11)]
    assert has_gap(newer, 0, NOON)
    assert not has_gap(newer, 1, NOON), "one item was known"
    assert not has_gap([NOON - MINUTE, *newer], 0, NOON), "one is older than the last poll"
    assert not has_gap(newer, 0, None), "a first document"
    assert not has_gap(newer[:2], 0, NOON), "too short to say"
    assert not has_gap([], 0, NOON)


def test_r27_a_gap_is_shown_for_a_day() -> None:
    """The next poll alone would take it off the operator's table within minutes."""
    assert standing(HOURLY, NOON - 23 * HOUR, NOON)[0] == "gap"
    assert standing(HOURLY, NOON - 25 * HOUR, NOON) == ("ok", "")


@pytest.mark.parametrize(
    ("usual", "silence", "state"),
    [
        (HOUR, 47 * HOUR, "ok"),  # an hourly feed over a weekend that nobody expected
        (HOUR, 3 * DAY, "stale"),
        (7 * DAY, 20 * DAY, "ok"),
        (7 * DAY, 22 * DAY, "stale"),
    ],
)
def test_r29_stale_is_three_times_the_longest_usual_silence(usual: timedelta, silence: timedelta, state: str) -> None:
    """By the feed's own rhythm, and after two days at least."""
    silent = replace(HOURLY, silence=usual, newest=NOON - silence)
    found, sentence = standing(silent, None, NOON)
    assert found == state
    assert bool(sentence) == (state == "stale")


@pytest.mark.parametrize("newest", [None, NOON - 400 * DAY])
def test_r29_a_feed_without_two_items_apart_is_not_stale(newest: datetime | None) -> None:
    """It has no rhythm to fall behind."""
    assert standing(Rhythm(newest=newest), None, NOON) == ("ok", "")


def test_r29_the_sentence_says_since_when_and_what_to_do() -> None:
    """As `status` shows it."""
    silent = replace(HOURLY, newest=NOON - 5 * DAY, silence=6 * HOUR)
    assert standing(silent, None, NOON)[1] == (
        "nothing new for 5 d, usually it is 6 h at most; see on the outlet's site whether its feed has moved"
    )
