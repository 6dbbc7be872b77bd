"""What some tests need beyond Python: programs of the system."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip for want of something that is not part of Python; a failure where all of it should have been installed."""
    if os.environ.get("FEEDHUB_TEST_REQUIRE") == "all":
        pytest.fail(f"{what} is missing, and FEEDHUB_TEST_REQUIRE=all")
    pytest.skip(f"{what} is missing")
