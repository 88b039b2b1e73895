"""Comments follow what becomes of them in Slack: changed, with what they said before, or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "2d7be40c91fa"
down_revision = "c7d10e5b3a94"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("comment", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("comment", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "comment_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_revision_comment_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_revision")),
        sa.UniqueConstraint("comment_id", "at", name=op.f("uq_comment_revision_comment_id_at")),
    )
