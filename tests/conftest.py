"""What every room of the tests shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import HealthCheck, settings

from feedhub.store.database import Store, sqlite_url
from support import postgres
from support.requirements import missing

# A busy machine is no fault of the code: no example has a deadline, and none is given up because it is slow to make.
settings.register_profile(
    "patient",
    parent=settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("patient")


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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server for the whole run, started by the first test that wants one."""
    if not postgres.program("initdb"):
        missing("PostgreSQL (initdb)")
    with postgres.server() as maintenance:
        yield maintenance


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database whose tables are up to date, to be copied: making them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("migrated")
    Store.open(sqlite_url(folder)).close()
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_server: str) -> Iterator[str]:
    """The same on PostgreSQL: the name of a database to begin with."""
    with postgres.database(postgres_server) as url:
        Store.open(url).close()
        yield url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind, for every test of the store runs on both: empty, with tables where a store opens it."""
    has_tables, folder = "store" in request.fixturenames, tmp_path / "data"
    if request.param == "sqlite":
        if has_tables:
            folder.mkdir()
            copy(request.getfixturevalue("migrated_file"), folder)
        yield sqlite_url(folder)
        return
    template = f"TEMPLATE {request.getfixturevalue('migrated_database')}" if has_tables else ""
    with postgres.database(request.getfixturevalue("postgres_server"), template) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open, migrated store of each kind."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
