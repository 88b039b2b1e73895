"""What people are told by themselves, and where: the app's conversation with each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0d7e51b3a9f4"
down_revision = "2d7be40c91fa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "direct_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("run", sa.Uuid(), nullable=True),
        sa.Column("posting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_direct_message_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_direct_message_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direct_message")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_direct_message_person_id_key")),
    )
    op.create_index(
        "uq_direct_message_news",
        "direct_message",
        ["ticket_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'watched' AND state = 'owed' AND run IS NULL"),
    )
    op.create_index(
        "ix_direct_message_told",
        "direct_message",
        ["ticket_id", "person_id", "settled_at"],
        unique=False,
        postgresql_where=sa.text("state = 'told'"),
    )
    op.create_index(
        "ix_direct_message_settled",
        "direct_message",
        ["settled_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_index(
        "ix_direct_message_missed",
        "direct_message",
        ["settled_at"],
        unique=False,
        postgresql_where=sa.text("why = 'not in Slack'"),
    )
    op.create_index(
        "ix_direct_message_due",
        "direct_message",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.add_column("slack_user", sa.Column("direct", sa.Text(), nullable=True))
