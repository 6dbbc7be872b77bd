"""What the cadence learnt"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rhythm", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("hints", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("window", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("gap_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("demand", sa.Float(), nullable=True))
