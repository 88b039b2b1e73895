"""Who watches a ticket, how tickets are linked, and of which due dates people are still to be reminded."""

import sqlalchemy as sa
from alembic import op

revision = "b61f07d93ac5"
down_revision = "c8e1b54a07d3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_watcher",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(person_id, team_id) = 1", name="ck_ticket_watcher_one"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ticket_watcher_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_ticket_watcher_team_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_watcher_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_watcher")),
        sa.UniqueConstraint("ticket_id", "person_id", name="uq_ticket_watcher_person"),
        sa.UniqueConstraint("ticket_id", "team_id", name="uq_ticket_watcher_team"),
    )
    op.create_index(op.f("ix_ticket_watcher_person_id"), "ticket_watcher", ["person_id"], unique=False)
    op.create_index(op.f("ix_ticket_watcher_team_id"), "ticket_watcher", ["team_id"], unique=False)
    op.create_table(
        "ticket_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["origin_id"], ["ticket.id"], name=op.f("fk_ticket_link_origin_id")),
        sa.ForeignKeyConstraint(["target_id"], ["ticket.id"], name=op.f("fk_ticket_link_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_link")),
        sa.UniqueConstraint("origin_id", "kind", "target_id", name="uq_ticket_link_both"),
    )
    op.create_index("ix_ticket_link_target", "ticket_link", ["target_id", "kind"], unique=False)
    op.create_index(
        "uq_ticket_link_parent",
        "ticket_link",
        ["target_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'parent_of'"),
    )
    op.add_column("ticket", sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ticket_remind", "ticket", ["remind_at"], unique=False, postgresql_where=sa.text("remind_at IS NOT NULL")
    )
