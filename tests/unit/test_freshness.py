"""R39: for how long a copy may be used unasked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedhub.web.freshness import max_age
from support.entries import NOON


@pytest.mark.parametrize(
    ("wait", "pushed", "seconds"),
    [
        (40, False, 40),
        (40.9, False, 40),
        (40, True, 30),
        (3, False, 5),
        (0, True, 5),
        (-600, False, 5),
        (3_600, False, 300),
        (3_600, True, 30),
    ],
)
def test_r39_a_copy_is_fresh_until_the_next_poll(wait: float, pushed: bool, seconds: int) -> None:
    """No longer, but for a few seconds while one is due; and never so long that a push or a take-down would wait."""
    assert max_age(NOON + timedelta(seconds=wait), NOON, pushed=pushed) == seconds


def test_r39_what_was_never_polled_may_change_any_moment() -> None:
    assert max_age(None, NOON, pushed=False) == 5
