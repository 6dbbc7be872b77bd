"""Alembic's entry: works on the connection it is handed, so that a migration and its version commit together."""

from alembic import context
from sqlmodel import SQLModel

import feedhub.store.tables  # noqa: F401  (registers the tables)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
