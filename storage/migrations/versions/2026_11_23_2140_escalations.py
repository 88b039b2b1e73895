"""Tickets that are handed to people by a rule: what rules ask, when they are looked at again, and what they brought."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8e41c7d2b05a"
down_revision = "e91b46c07d35"
branch_labels = None
depends_on = None

_LIVE = "status_category IN ('open', 'active', 'pending') AND discarded_at IS NULL AND merged_into IS NULL"


def upgrade() -> None:
    for name in ("exchanges", "reopenings", "hand_offs"):  # of older tickets counted from now on
        op.add_column("ticket", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("ticket", sa.Column("sentiment", sa.Text(), nullable=True))
    op.add_column("ticket", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ticket_escalated",
        "ticket",
        ["escalated_at", "number"],
        unique=False,
        postgresql_where=sa.text(f"escalated_at IS NOT NULL AND {_LIVE}"),
    )
    op.create_table(
        "escalation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("because", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("notify", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sentiment_then", sa.Text(), nullable=True),
        sa.Column("sentiment", sa.Text(), nullable=True),
        sa.Column("brief", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_escalation_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    op.create_index("ix_escalation_ticket_id_at", "escalation", ["ticket_id", "at"], unique=False)
    op.create_table(
        "escalation_rule",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_escalation_rule_escalation_id_escalation")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_escalation_rule_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "rule", name=op.f("pk_escalation_rule")),
    )
    op.create_table(
        "escalation_watch",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_escalation_watch_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_escalation_watch")),
    )
    op.create_index("ix_escalation_watch_look_at", "escalation_watch", ["look_at"], unique=False)
    # What customers sound like now is known of live tickets from what was understood of them last.
    op.execute(
        f"""
        UPDATE ticket SET sentiment = (
            SELECT sentiment FROM ai_context WHERE ai_context.ticket_id = ticket.id ORDER BY at DESC LIMIT 1
        )
        WHERE {_LIVE}
        """
    )
