"""Customers edit messages: what they had said before is kept."""

import sqlalchemy as sa
from alembic import op

revision = "e51c08d7b2a4"
down_revision = "d90b3c5af218"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "message", sa.Column("edited_after_answer", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.create_table(
        "message_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_revision_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_revision")),
    )
    op.create_index(op.f("ix_message_revision_message_id"), "message_revision", ["message_id"], unique=False)
