"""Outputs that merge less than stories: what each shows an entry under, and when that was last edited"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for part in ("linked", "own"):
        given = sa.text(f"{part}_id IS NOT NULL")
        op.add_column("entries", sa.Column(f"{part}_id", ROW_ID, nullable=True))
        op.create_index(f"ix_entries_{part}_id", "entries", [f"{part}_id"], sqlite_where=given, postgresql_where=given)
        op.add_column("stories", sa.Column(f"{part}_updated", UTCDateTime(), nullable=True))
    op.add_column("stories", sa.Column("entry_id", ROW_ID, nullable=True))
