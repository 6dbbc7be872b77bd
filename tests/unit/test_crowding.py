"""What `status` says of a document that is too short for a day."""

from __future__ import annotations

import pytest

from feedhub.config import OutputConfig
from feedhub.publish.status import crowding


@pytest.mark.parametrize(
    ("entered", "advice"),
    [(201, "limit: 201 would do"), (1000, "limit: 1000 would do"), (1001, "limit: 1000 is the most there is")],
)
def test_the_limit_that_would_do_is_named(entered: int, advice: str) -> None:
    assert crowding(OutputConfig("all", "News", 200), entered) == (
        f"all: {entered} stories came in the last 24 hours and its document holds 200; "
        f"a reader app that asks once a day and follows no archive misses some; {advice}"
    )


@pytest.mark.parametrize("entered", [0, 1, 200])
def test_what_the_document_holds_is_not_worth_a_word(entered: int) -> None:
    assert crowding(OutputConfig("all", "News", 200), entered) == ""
