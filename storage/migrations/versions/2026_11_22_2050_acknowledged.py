"""Out of hours, customers are told once when people are back."""

import sqlalchemy as sa
from alembic import op

revision = "b35e07d1c48f"
down_revision = "71c2d94be0a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("acknowledged_until", sa.DateTime(timezone=True), nullable=True))
