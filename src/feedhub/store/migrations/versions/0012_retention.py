"""What retention leaves behind: tombstones, the ids of stories that are gone, when what was taken away"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("gone", sa.Column("id", ROW_ID, nullable=False), sa.PrimaryKeyConstraint("id"))
    op.add_column("hub", sa.Column("configuration", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("hub", sa.Column("pruned_at", UTCDateTime(), nullable=True))
    op.add_column("feeds", sa.Column("removed_at", UTCDateTime(), nullable=True))
    op.add_column("feeds", sa.Column("document_days", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("document_day", sa.SmallInteger(), nullable=True))
    op.add_column("outputs", sa.Column("expired_number", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("outputs", sa.Column("expired_at", UTCDateTime(), nullable=True))
    op.add_column("entries", sa.Column("last_listed", sa.Integer(), nullable=True))
    op.create_index(
        "ix_entries_tombstones",
        "entries",
        ["feed_id", "last_listed"],
        sqlite_where=sa.text("last_listed IS NOT NULL"),
        postgresql_where=sa.text("last_listed IS NOT NULL"),
    )
    # What was withheld when its feed was new is known and never published: a tombstone from the first.
    op.execute(
        "UPDATE entries SET last_listed = 0, link = '', summary = '', content = '', author = '', categories = '[]', "
        "picture = NULL, enclosures = '[]' WHERE rule = 'withheld'"
    )
