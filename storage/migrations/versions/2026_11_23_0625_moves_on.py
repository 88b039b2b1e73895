"""The clock finds the tickets that leave their status by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "a5c07f3e9d12"
down_revision = "e4b8d20c6f19"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ticket_moves_on",
        "ticket",
        ["moves_on_at"],
        postgresql_where=sa.text("moves_on_at IS NOT NULL AND discarded_at IS NULL"),
    )
