"""The tables brought up to date at every start, by Alembic where they are not."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from feedhub.store.database import StoreError

HEAD = "0012"  # the newest revision; a test holds it to the files
_LOCK = 0x66656564687562  # PostgreSQL advisory lock: one process migrates, the others wait and find it done


def migrate(engine: Engine) -> None:
    """Apply the migrations that are missing, all in one transaction."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            _require_utf8(connection)
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if current(connection) != HEAD:
            _upgrade(connection)


def _require_utf8(connection: Connection) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise StoreError(f"its encoding is {encoding}, which cannot hold every text; create one with ENCODING 'UTF8'")


def current(connection: Connection) -> str | None:
    """The revision the database is at, None for a new one; asked without Alembic, whose import costs most of a poll."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"a newer feedhub has changed its tables ({error})") from error
