"""Tickets merged into others; a comment can stand in several rooms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c8e25a90f417"
down_revision = "5a0c7b93d1ef"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("absorbed_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("messages", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("comments", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("watchers", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["absorbed_id"], ["ticket.id"], name=op.f("fk_ticket_merge_absorbed_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_ticket_merge_by_id")),
        sa.ForeignKeyConstraint(["survivor_id"], ["ticket.id"], name=op.f("fk_ticket_merge_survivor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_merge")),
    )
    op.create_index(
        "uq_ticket_merge_standing",
        "ticket_merge",
        ["absorbed_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_merge_survivor",
        "ticket_merge",
        ["survivor_id"],
        unique=False,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_merged",
        "ticket",
        ["conversation_id", "number"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_constraint("uq_room_entry_comment_id", "room_entry", type_="unique")
    op.create_unique_constraint("uq_room_entry_comment_id_ticket_id", "room_entry", ["comment_id", "ticket_id"])
