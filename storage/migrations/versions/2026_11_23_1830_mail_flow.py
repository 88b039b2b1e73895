"""Which message of ours an address refused, and how many mails go to and fro: who gets too many is a machine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c94e07b1f6a8"
down_revision = "7a1d3c9be502"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suppression", sa.Column("message_id", sa.Uuid(), nullable=False))
    op.create_foreign_key("fk_suppression_message_id", "suppression", "message", ["message_id"], ["id"])
    op.create_index("ix_suppression_channel_since", "suppression", ["channel", "since"])
    op.create_table(
        "mail_flow",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("heard", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("answered", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name="pk_mail_flow"),
    )
    op.create_index("ix_mail_flow_at", "mail_flow", ["at"])
