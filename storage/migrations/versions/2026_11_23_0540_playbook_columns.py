"""What a playbook says of tickets: the category of their status, custom fields, tags, due date, owner."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7d3a91c5e2b8"
down_revision = "9c51d7e2ab40"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("status_category", sa.Text(), nullable=True))
    op.add_column("ticket", sa.Column("status_since", sa.DateTime(timezone=True), nullable=True))
    # The statuses that there were before.
    op.execute(
        """
        UPDATE ticket SET
            status_category = CASE status
                WHEN 'open' THEN 'open' WHEN 'in_progress' THEN 'active' WHEN 'waiting_on_customer' THEN 'pending'
                WHEN 'resolved' THEN 'resolved' ELSE 'closed' END,
            status_since = coalesce(resolved_at, updated_at)
        """
    )
    op.alter_column("ticket", "status_category", nullable=False)
    op.alter_column("ticket", "status_since", nullable=False)
    op.add_column("ticket", sa.Column("fields", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column(
        "ticket", sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column("ticket", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column("ticket", sa.Column("owner_team_id", sa.Uuid(), nullable=True))
    op.add_column("ticket", sa.Column("moves_on_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_ticket_owner_id"), "ticket", "person", ["owner_id"], ["id"])
    op.create_foreign_key(op.f("fk_ticket_owner_team_id"), "ticket", "team", ["owner_team_id"], ["id"])
    op.create_foreign_key(op.f("fk_ticket_merged_into"), "ticket", "ticket", ["merged_into"], ["id"])
