"""What the AI spent in a month is read for all types at once."""

from alembic import op

revision = "d0c85a71f3be"
down_revision = "b3f6a0d94c18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_run_spending_month", "run_spending", ["month"])
