"""The newest triage and the newest reply of a conversation are read off an index."""

import sqlalchemy as sa
from alembic import op

revision = "d58b06e3a917"
down_revision = "f06b9d3a7e51"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_triage_conversation_id_at", "triage", ["conversation_id", "at"], unique=False)
    op.drop_index("ix_triage_conversation_id", table_name="triage")
    op.create_index(
        "ix_message_outbound",
        "message",
        ["conversation_id", "at"],
        unique=False,
        postgresql_where=sa.text("direction = 'out'"),
    )
