"""What an operator is told, and whose fault a pass without answers is (R25)."""

from __future__ import annotations

import pytest

from feedhub.ingest.health import is_offline, sentence
from feedhub.models import OFFLINE_KINDS, FailureKind

Outcomes = dict[str, list[FailureKind | None]]
DNS = FailureKind.DNS


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
