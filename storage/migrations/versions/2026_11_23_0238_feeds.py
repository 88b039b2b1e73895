"""How far the feeds of provider events have been read."""

import sqlalchemy as sa
from alembic import op

revision = "f4a81d6b9e37"
down_revision = "f08a6d31c9b7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_feed")),
    )
