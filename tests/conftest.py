"""What every room of the tests shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real feeds; not part of the project, so a fresh clone runs without it."""
    path = os.environ.get("FEEDHUB_TEST_DATA")
    if not path:
        pytest.skip("FEEDHUB_TEST_DATA names no folder of real feeds")
    return Path(path)
