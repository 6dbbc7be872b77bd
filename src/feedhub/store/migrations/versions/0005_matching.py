"""Matching by text: where entries are found, how common words were, scores, related stories, overrides"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("entries", sa.Column("score", sa.Float(), nullable=True))
    op.add_column("entries", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("entries", sa.Column("home_id", ROW_ID, nullable=True))
    op.add_column("stories", sa.Column("merged_into", ROW_ID, nullable=True))
    op.create_index(
        "ix_stories_merged",
        "stories",
        ["merged_into"],
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "keys",
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("entry_id", ROW_ID, nullable=False),
        sa.PrimaryKeyConstraint("day", "key", "entry_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tallies",
        sa.Column("day", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "related",
        sa.Column("story_id", ROW_ID, nullable=False),
        sa.Column("other_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["stories.id"]),
        sa.PrimaryKeyConstraint("story_id", "other_id"),
    )
    op.create_index("ix_related_other_id", "related", ["other_id"])
