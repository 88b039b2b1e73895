"""Switches for the whole desk: the AI's, which is on."""

import sqlalchemy as sa
from alembic import op

revision = "e2b84c6f9a17"
down_revision = "a7c93e5d10b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "switch",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switch")),
    )
    op.execute("INSERT INTO switch (name, is_on, since) VALUES ('ai', true, now())")
