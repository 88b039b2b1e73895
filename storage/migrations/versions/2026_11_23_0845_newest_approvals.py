"""The newest approvals are found without sorting all there ever were."""

from alembic import op

revision = "9b64c1e07f2d"
down_revision = "5d2e7f91b3a4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_approval_requested", "approval", ["requested_at", "id"], unique=False)
