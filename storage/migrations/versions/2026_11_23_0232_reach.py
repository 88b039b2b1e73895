"""Customers block us, come back, move to another address and come by links."""

import sqlalchemy as sa
from alembic import op

revision = "f08a6d31c9b7"
down_revision = "e51c08d7b2a4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("unreachable_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("reach_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("moved_to", sa.Text(), nullable=True))
    op.add_column("conversation", sa.Column("came_from", sa.Text(), nullable=True))
