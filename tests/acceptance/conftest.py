"""What the acceptance tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import browser as browsers
from support.browser import Browser
from support.program import Program
from support.publisher import Publisher
from support.requirements import missing


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not browsers.program():
        missing("Chromium")
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser
