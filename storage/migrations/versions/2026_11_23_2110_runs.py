"""Runs of the AI over tickets, their steps, what they spend; they stand in their ticket's room."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7d20c3f5a9e1"
down_revision = "c4e19d7b20af"
branch_labels = None
depends_on = None

_OPEN = "state IN ('working', 'waiting_for_approval', 'waiting_for_customer', 'suggested')"


def upgrade() -> None:
    _make_runs()
    _make_steps()
    op.create_table(
        "run_spending",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.PrimaryKeyConstraint("type", "month", name=op.f("pk_run_spending")),
        postgresql_with={"fillfactor": "50"},
    )
    op.add_column("model_call", sa.Column("run_id", sa.Uuid(), nullable=True))
    op.create_index("ix_model_call_run", "model_call", ["run_id"], postgresql_where=sa.text("run_id IS NOT NULL"))
    op.add_column("room_entry", sa.Column("run_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_room_entry_run_id"), "room_entry", "run", ["run_id"], ["id"])
    op.create_unique_constraint(op.f("uq_room_entry_run_id"), "room_entry", ["run_id"])


def _make_runs() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("playbook", sa.Integer(), nullable=False),
        sa.Column("autonomy", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("arguments", postgresql.JSONB(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("approval_id", sa.Uuid(), nullable=True),
        sa.Column("asked_for", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.Text(), nullable=True),
        sa.Column("agreed", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("trying_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_run_ticket_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_run_conversation_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_run_customer_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_run_approval_id")),
        sa.ForeignKeyConstraint(["agreed"], ["person.id"], name=op.f("fk_run_agreed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("uq_run_open", "run", ["ticket_id"], unique=True, postgresql_where=sa.text(_OPEN))
    op.create_index("ix_run_ticket", "run", ["ticket_id", "begun_at"])
    op.create_index("ix_run_begun", "run", ["begun_at", "id"])
    op.create_index("ix_run_type", "run", ["type", "begun_at", "id"])
    op.create_index("ix_run_open", "run", ["state", "begun_at"], postgresql_where=sa.text(_OPEN))
    op.create_index(
        "ix_run_waiting", "run", ["approval_id"], postgresql_where=sa.text("state = 'waiting_for_approval'")
    )


def _make_steps() -> None:
    op.create_table(
        "run_step",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), nullable=False),
        sa.Column("outputs", postgresql.JSONB(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_step_run_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_run_step_customer_id")),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_run_step")),
    )
    op.create_index(
        "ix_run_step_acts",
        "run_step",
        ["customer_id", "name", "begun_at"],
        postgresql_where=sa.text("kind = 'act' AND (state = 'begun' OR outcome IN ('done', 'unknown'))"),
    )
    op.create_index("uq_run_step_key", "run_step", ["key"], unique=True, postgresql_where=sa.text("key IS NOT NULL"))
