"""Mails that were set aside, and those of blocked senders, are found by when: to be listed, and put away in time."""

import sqlalchemy as sa
from alembic import op

revision = "c4e19d7b20af"
down_revision = "d41c7e92b6f5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_inbox_apart",
        "inbox",
        ["channel", "outcome", "settled_at"],
        postgresql_where=sa.text("outcome IN ('set_aside', 'blocked')"),
    )
