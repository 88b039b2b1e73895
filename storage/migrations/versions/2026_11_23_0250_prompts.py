"""People are told before a window closes on an answer that they owe."""

import sqlalchemy as sa
from alembic import op

revision = "f3c05d9b7e12"
down_revision = "e93b7a4c1d06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("prompt_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("prompted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_conversation_prompt",
        "conversation",
        ["prompt_at"],
        unique=False,
        postgresql_where=sa.text("prompt_at IS NOT NULL"),
    )
