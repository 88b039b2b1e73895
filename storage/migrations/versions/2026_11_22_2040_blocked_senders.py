"""Senders can be blocked, and what they send is kept apart."""

import sqlalchemy as sa
from alembic import op

revision = "71c2d94be0a6"
down_revision = "5d0c7a31f2be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("identity", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("identity", sa.Column("blocked_by", sa.Text(), nullable=True))
    op.create_index(
        "ix_identity_blocked",
        "identity",
        ["blocked_at"],
        unique=False,
        postgresql_where=sa.text("blocked_at IS NOT NULL"),
    )
    op.create_index(
        "ix_inbox_blocked",
        "inbox",
        ["channel", "note"],
        unique=False,
        postgresql_where=sa.text("outcome = 'blocked'"),
    )
