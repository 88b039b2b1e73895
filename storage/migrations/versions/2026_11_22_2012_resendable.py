"""Whether sending a failed reply again may help."""

import sqlalchemy as sa
from alembic import op

revision = "c7a9e15d3b80"
down_revision = "a8e41f60c7d2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("resendable", sa.Boolean(), nullable=False, server_default=sa.text("false")))
