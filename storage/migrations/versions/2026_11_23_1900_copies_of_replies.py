"""Who has a copy of a reply by mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e5b80f3c6d21"
down_revision = "c94e07b1f6a8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("cc", postgresql.JSONB(), nullable=True))
