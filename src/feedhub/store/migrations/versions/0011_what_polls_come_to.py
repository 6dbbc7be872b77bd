"""What polls of a feed come to, and events for the operator"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name in ("polls", "failed", "unchanged", "received", "arrivals"):
        op.add_column("feeds", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("unchanged_share", "response_ms"):
        op.add_column("feeds", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("feeds", sa.Column("trouble", AutoString(), nullable=True))

    op.create_table(
        "events",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("urn", AutoString(), nullable=False),
        sa.Column("feed", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("urn"),
    )
    op.create_index("ix_events_feed", "events", ["feed"])
