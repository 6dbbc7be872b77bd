"""An output remembers the last number it gave, so that none is given twice"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With a default: SQLite would have to make the table anew for a column without, which its numbers' keys forbid.
    op.add_column("outputs", sa.Column("last_number", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE outputs SET last_number = "
        "COALESCE((SELECT MAX(number) FROM sequence WHERE sequence.output_id = outputs.id), 0)"
    )
