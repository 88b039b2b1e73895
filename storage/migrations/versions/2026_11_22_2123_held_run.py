"""A card is held by one run of one job: a job that seems dead runs again while its first run may go on."""

import sqlalchemy as sa
from alembic import op

revision = "b7d2f40c9e63"
down_revision = "d58b06e3a917"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket_card", sa.Column("held_run", sa.Uuid(), nullable=True))
    op.add_column("conversation_card", sa.Column("held_run", sa.Uuid(), nullable=True))
