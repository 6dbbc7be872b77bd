"""What the integration tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedhub.store.database import Store, sqlite_url
from support.desk import Desk, Engine
from support.publisher import Publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine.started() as engine:
        yield engine


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    """An open store on SQLite alone."""
    opened = Store.open(sqlite_url(tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def desk(sqlite: Store, tmp_path: Path, engine: Engine) -> Iterator[Desk]:
    """A hub of its own on SQLite."""
    with Desk(sqlite, tmp_path, engine) as desk:
        yield desk


@pytest.fixture
def both(store: Store, tmp_path: Path, engine: Engine) -> Iterator[Desk]:
    """A hub of its own on each kind of database."""
    with Desk(store, tmp_path, engine) as desk:
        yield desk
