"""What `status` says of a document that is too short for a day."""

from __future__ import annotations

from datetime import timedelta

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


def test_no_limit_is_promised_to_do_where_another_key_makes_the_document_shorter() -> None:
    """R44: of one prolific source the document shows a few, whatever its limit."""
    output = OutputConfig("all", "News", 200, max_age=timedelta(days=1), max_per_source=5)
    assert crowding(output, 300) == (
        "all: 300 stories came in the last 24 hours and its document holds at most 200; a reader app that asks once a "
        "day and follows no archive misses some; limit: 300 would do without max_age and max_per_source"
    )


@pytest.mark.parametrize("entered", [0, 1, 200])
def test_what_the_document_holds_is_not_worth_a_word(entered: int) -> None:
    assert crowding(OutputConfig("all", "News", 200), entered) == ""
