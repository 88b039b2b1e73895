"""Whoever leaves the desk stays in its record."""

import sqlalchemy as sa
from alembic import op

revision = "6be20f97c1d3"
down_revision = "c61f0d8e3b27"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "left_at")
