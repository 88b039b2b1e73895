"""The outbox: a reply can be undone for a while, leaves after those before it, and a person can settle its fate."""

import sqlalchemy as sa
from alembic import op

revision = "8e41b0d7c2f5"
down_revision = "5d0b7c3e9a14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("send_after", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("next_status", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("sending_job", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("sending_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("note", sa.Text(), nullable=True))
    op.create_index(
        "ix_message_outbox",
        "message",
        ["conversation_id", "at"],
        unique=False,
        postgresql_where=sa.text("direction = 'out' AND delivery IN ('pending', 'sending')"),
    )
