"""An approval of an action is one of what it is called with."""

import sqlalchemy as sa
from alembic import op

revision = "e91b46c07d35"
down_revision = "7d20c3f5a9e1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approval", sa.Column("called_with", sa.Text(), nullable=True))
