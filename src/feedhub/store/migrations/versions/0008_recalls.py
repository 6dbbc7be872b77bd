"""What the last reading of each feed's document left"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recalls",
        sa.Column("feed_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("context", sa.String(), nullable=False),
        sa.Column("frame", sa.String(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"]),
        sa.PrimaryKeyConstraint("feed_id"),
    )
