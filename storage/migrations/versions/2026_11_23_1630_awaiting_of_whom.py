"""What waits without a ticket is found by who has it: what colleagues have does not stand before what nobody has."""

import sqlalchemy as sa
from alembic import op

revision = "4fd2b86c19e0"
down_revision = "e91c47a05d38"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_conversation_awaiting_of",
        "conversation",
        ["assignee_id", "awaiting_since"],
        unique=False,
        postgresql_where=sa.text("awaiting_since IS NOT NULL AND state = 'open'"),
    )
