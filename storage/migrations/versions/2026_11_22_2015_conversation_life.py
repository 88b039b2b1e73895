"""Conversations are open, snoozed or resolved, one for each customer address; and some wait for people."""

import sqlalchemy as sa
from alembic import op

revision = "5d0c7a31f2be"
down_revision = "c7a9e15d3b80"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("state_by", sa.Text(), nullable=True))
    op.add_column("conversation", sa.Column("awaiting_since", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("uq_conversation_open", table_name="conversation")
    # Until now every conversation was open, and the index above kept them apart.
    op.create_unique_constraint(
        op.f("uq_conversation_channel_account_address"), "conversation", ["channel", "account", "address"]
    )
    op.create_index(
        "ix_conversation_snoozed",
        "conversation",
        ["snoozed_until"],
        unique=False,
        postgresql_where=sa.text("state = 'snoozed'"),
    )
    op.create_index(
        "ix_conversation_awaiting",
        "conversation",
        ["awaiting_since"],
        unique=False,
        postgresql_where=sa.text("awaiting_since IS NOT NULL"),
    )
    op.add_column("team", sa.Column("intake_channel", sa.Text(), nullable=True))
    op.create_table(
        "conversation_card",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("posting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_card_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversation_card")),
        sa.UniqueConstraint("channel", "ts", name=op.f("uq_conversation_card_channel_ts")),
    )
