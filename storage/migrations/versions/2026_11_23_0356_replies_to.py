"""Which message a customer's message answers."""

import sqlalchemy as sa
from alembic import op

revision = "b4d17e60a9c3"
down_revision = "2b9e4d70a1f6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("replies_to", sa.Text(), nullable=True))
