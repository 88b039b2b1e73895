"""A reply may go out as several messages, and have buttons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d90b3c5af218"
down_revision = "c41e9a7720d5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("part_of", sa.Uuid(), nullable=True))
    op.add_column(
        "message",
        sa.Column("buttons", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.create_foreign_key(op.f("fk_message_part_of"), "message", "message", ["part_of"], ["id"])
    op.create_index(
        "ix_message_part_of", "message", ["part_of"], unique=False, postgresql_where=sa.text("part_of IS NOT NULL")
    )
