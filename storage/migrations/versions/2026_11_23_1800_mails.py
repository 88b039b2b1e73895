"""Mails: a customer may have several conversations on one account, told apart by their thread; what a mail says beyond
its words; who takes part; where a mail may belong; addresses that bounce.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7a1d3c9be502"
down_revision = "b83c5e10d7f2"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.add_column("conversation", sa.Column("thread", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("conversation", _text("subject", nullable=True))
    op.add_column("conversation", _text("no_machine", nullable=True))
    op.drop_constraint("uq_conversation_channel_account_address", "conversation", type_="unique")
    op.create_unique_constraint(
        "uq_conversation_channel_account_address_thread",
        "conversation",
        ["channel", "account", "address", "thread"],
    )
    op.create_table(
        "mail",
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("message.id", name="fk_mail_message_id"), nullable=False),
        _text("event"),
        _text("mail_id", nullable=True),
        sa.Column("refs", postgresql.ARRAY(sa.Text()), nullable=False),
        _text("subject"),
        _text("sender"),
        _text("sender_name", nullable=True),
        sa.Column("recipients", postgresql.JSONB(), nullable=False),
        sa.Column("copies", postgresql.JSONB(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        _text("proof"),
        _text("automatic", nullable=True),
        _text("whole", nullable=True),
        sa.PrimaryKeyConstraint("message_id", name="pk_mail"),
    )
    op.create_index("ix_mail_mail_id", "mail", ["mail_id"], postgresql_where=sa.text("mail_id IS NOT NULL"))
    op.create_table(
        "participant",
        sa.Column(
            "conversation_id",
            sa.Uuid(),
            sa.ForeignKey("conversation.id", name="fk_participant_conversation_id"),
            nullable=False,
        ),
        _text("address"),
        _text("name", nullable=True),
        _instant("since"),
        sa.PrimaryKeyConstraint("conversation_id", "address", name="pk_participant"),
    )
    op.create_table(
        "possible_match",
        sa.Column(
            "conversation_id",
            sa.Uuid(),
            sa.ForeignKey("conversation.id", name="fk_possible_match_conversation_id"),
            nullable=False,
        ),
        sa.Column(
            "target_id",
            sa.Uuid(),
            sa.ForeignKey("conversation.id", name="fk_possible_match_target_id"),
            nullable=False,
        ),
        _text("why"),
        _instant("at"),
        sa.Column("same", sa.Boolean(), nullable=True),
        _text("decided_by", nullable=True),
        _instant("decided_at", nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_possible_match"),
    )
    op.create_index("ix_possible_match_target_id", "possible_match", ["target_id"])
    op.create_table(
        "suppression",
        _text("channel"),
        _text("address"),
        _text("why"),
        _instant("since"),
        sa.PrimaryKeyConstraint("channel", "address", name="pk_suppression"),
    )
