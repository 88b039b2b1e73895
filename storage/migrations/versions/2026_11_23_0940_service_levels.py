"""The clocks of tickets, and the calendars that they go by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e4b1d7a0962c"
down_revision = "c1f08b6d93e5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_level",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("playbook", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("ai_responds", sa.Boolean(), nullable=False),
        sa.Column("clocks", postgresql.JSONB(), nullable=False),
        sa.Column("next_event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_risk_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_response_breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_service_level_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_service_level")),
    )
    op.create_index(
        "ix_service_level_next_event",
        "service_level",
        ["next_event_at"],
        unique=False,
        postgresql_where=sa.text("next_event_at IS NOT NULL"),
    )
    op.create_index(
        "ix_service_level_at_risk",
        "service_level",
        ["at_risk_at"],
        unique=False,
        postgresql_include=["due_at", "ticket_id"],
        postgresql_where=sa.text("at_risk_at IS NOT NULL"),
    )
    op.create_table(
        "sla_calendar",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sla_calendar")),
    )
