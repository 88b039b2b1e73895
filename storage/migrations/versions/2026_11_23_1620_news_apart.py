"""News of a watched ticket that come while others are being told are told after those."""

import sqlalchemy as sa
from alembic import op

revision = "e91c47a05d38"
down_revision = "b6e20d97f35a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("uq_direct_message_news", table_name="direct_message")
    op.create_index(
        "uq_direct_message_news",
        "direct_message",
        ["ticket_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'watched' AND state = 'owed' AND due_at IS NOT NULL"),
    )
    op.drop_index("ix_direct_message_told", table_name="direct_message")
    op.create_index(
        "ix_direct_message_told",
        "direct_message",
        ["ticket_id", "person_id", "settled_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('told', 'owed')"),
    )
