"""Approvals: requests, decisions, delegates; they stand in their ticket's room."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5a8e0c71d394"
down_revision = "b61f07d93ac5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requester_kind", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("playbook", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("asked", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follows", sa.Uuid(), nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("used", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_approval_ticket_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_approval_requested_by")),
        sa.ForeignKeyConstraint(["follows"], ["approval.id"], name=op.f("fk_approval_follows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_ticket", "approval", ["ticket_id", "requested_at"], unique=False)
    op.create_index(
        "ix_approval_open",
        "approval",
        ["ticket_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'approved')"),
    )
    op.create_index(
        "uq_approval_waiting",
        "approval",
        ["ticket_id", "fingerprint"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_approval_expiring", "approval", ["expires_at"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "approval_decision",
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_approval_decision_approval_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approval_decision_person_id")),
        sa.ForeignKeyConstraint(["authority_id"], ["person.id"], name=op.f("fk_approval_decision_authority_id")),
        sa.PrimaryKeyConstraint("approval_id", "person_id", name=op.f("pk_approval_decision")),
        sa.UniqueConstraint("approval_id", "authority_id", name=op.f("uq_approval_decision_approval_id_authority_id")),
    )
    op.create_table(
        "delegation",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delegation_person_id")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_delegation_to_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_delegation")),
    )
    op.add_column("room_entry", sa.Column("approval_id", sa.Uuid(), nullable=True))
    op.add_column("room_entry", sa.Column("is_outcome", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_foreign_key(op.f("fk_room_entry_approval_id"), "room_entry", "approval", ["approval_id"], ["id"])
    op.create_unique_constraint(
        op.f("uq_room_entry_approval_id_is_outcome"), "room_entry", ["approval_id", "is_outcome"]
    )
