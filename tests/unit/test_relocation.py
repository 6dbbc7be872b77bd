"""When a new address is adopted, and when it is given up (R26)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedhub.ingest.relocation import STABLE_FOR, STABLE_POLLS, asked_at, relocated
from feedhub.models import Fetched, Held, Move, NotModified, Validators

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, NEW, OTHER = "https://a.example/feed", "https://b.example/feed", "https://c.example/feed"


def answer(url: str, *, permanent: bool = False, changed: bool = True) -> Fetched | NotModified:
    """A document or a 304, found here."""
    target = url if permanent else None
    if changed:
        return Fetched(url, b"<rss/>", "", Validators(), timedelta(0), target)
    return NotModified(timedelta(0), url=url, permanent_url=target)


MOVED = answer(NEW, permanent=True)


def after(*answers: tuple[float, Fetched | NotModified | Held | None], move: Move | None = None) -> Move | None:
    """What is known after these answers, each so many days after noon."""
    for days, given in answers:
        move = relocated(move, given, NOON + days * DAY)
    return move


ADOPTED = Move(NEW, NOON, STABLE_POLLS, NOON + STABLE_FOR)


@pytest.mark.parametrize("changed", [True, False], ids=["200", "304"])
def test_r26_a_new_address_is_adopted_after_days_and_several_polls(changed: bool) -> None:
    """Neither many polls in a short time nor two far apart are enough; a document and a 304 say it alike."""
    moved = answer(NEW, permanent=True, changed=changed)
    hurried = after(*((n / 100, moved) for n in range(200)))
    assert hurried == Move(NEW, NOON, 200)
    assert after((0, moved), (30, moved)) == Move(NEW, NOON, 2)
    assert after((0, moved), (1, moved), (2.9, moved)) == Move(NEW, NOON, 3)
    assert after((0, moved), (1, moved), (3, moved)) == ADOPTED


@pytest.mark.parametrize(
    "between",
    [answer(OLD), answer(OLD, changed=False), answer(OTHER), answer(OTHER, permanent=True)],
    ids=["no redirect", "no redirect, unchanged", "temporary", "elsewhere"],
)
def test_r26_one_other_answer_and_the_days_begin_anew(between: Fetched | NotModified) -> None:
    """A 301 that flaps is never adopted."""
    move = after((0, MOVED), (2, MOVED), (2.9, between), (3, MOVED), (4, MOVED), (5.9, MOVED))
    assert move == Move(NEW, NOON + 3 * DAY, 3)


def test_r26_a_failure_or_a_wait_meanwhile_says_nothing_about_it() -> None:
    """Neither for it nor against it."""
    held = Held("b.example", NOON + DAY)
    assert after((0, MOVED), (1, None), (1.5, held), (4, None)) == Move(NEW, NOON)
    assert after((0, MOVED), (1, None), (2, MOVED), (2.5, held), (3, MOVED)) == ADOPTED


def test_r24_while_an_adopted_address_fails_both_are_asked_in_turn() -> None:
    """R24, R26: an old domain that has ended meanwhile does not end the feed."""
    failing = after((9, None), (10, None), move=ADOPTED)
    assert failing == ADOPTED
    assert [asked_at(failing, failures) for failures in range(4)] == [NEW, None, NEW, None]
    assert after((11, answer(NEW, permanent=True)), move=failing) == ADOPTED
    assert asked_at(after((0, MOVED)), 0) is None
    assert asked_at(None, 0) is None


@pytest.mark.parametrize(
    "given",
    [answer(OTHER), answer(OTHER, permanent=True), answer(OLD, changed=False)],
    ids=["it redirects", "it moves itself", "it leads back"],
)
def test_r26_an_adopted_address_is_given_up(given: Fetched | NotModified) -> None:
    """The configured one is asked from then on."""
    assert after((9, given), move=ADOPTED) is None


@pytest.mark.parametrize("changed", [True, False], ids=["200", "304"])
def test_r26_an_adopted_address_that_answers_stays(changed: bool) -> None:
    """As it was adopted, and while its host wants to be left alone too."""
    assert after((9, answer(NEW, changed=changed)), (10, Held("b.example", NOON + 11 * DAY)), move=ADOPTED) == ADOPTED
