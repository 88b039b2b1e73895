"""Whether no person wrote a message: one without an author may have been written at the command line."""

import sqlalchemy as sa
from alembic import op

revision = "d2c84f6b0a17"
down_revision = "a7d3f1905c4e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("is_automatic", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    # Of what has left it is not asked any more.
    op.execute(
        "UPDATE message SET is_automatic = true"
        " WHERE direction = 'out' AND delivery IN ('pending', 'sending') AND author_id IS NULL"
    )
