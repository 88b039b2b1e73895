"""Caps count what people had done by hand, too: kept for as long as they look back, without a word of anybody's."""

import sqlalchemy as sa
from alembic import op

revision = "03a97f24cdb6"
down_revision = "4f0b9d27c6e1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_act",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_hand_act_ticket_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_hand_act_customer_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_hand_act")),
    )
    op.create_index(op.f("ix_hand_act_ticket_id"), "hand_act", ["ticket_id"], unique=False)
    op.create_index(
        "ix_hand_act_made",
        "hand_act",
        ["customer_id", "action", "begun_at"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL OR outcome IN ('done', 'unknown')"),
    )
