"""Hosts that are left alone, and feeds that have moved"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", AutoString(), nullable=False),
        sa.Column("free_at", UTCDateTime(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("host"),
    )
    op.add_column("hub", sa.Column("polling_since", UTCDateTime(), nullable=True))
    op.add_column("feeds", sa.Column("document_url", sa.Text(), nullable=True))
    op.add_column("feeds", sa.Column("permanent_since", UTCDateTime(), nullable=True))
    op.add_column("feeds", sa.Column("permanent_polls", sa.Integer(), nullable=True))
    op.add_column("feeds", sa.Column("adopted_at", UTCDateTime(), nullable=True))
