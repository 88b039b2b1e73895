"""Which conversations are groups, and who of one wrote what. Telegram numbers its groups below zero."""

import sqlalchemy as sa
from alembic import op

revision = "c7f20e91a4d8"
down_revision = "b4d17e60a9c3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("author_address", sa.Text(), nullable=True))
    op.add_column("conversation", sa.Column("is_group", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute("UPDATE conversation SET is_group = true WHERE channel = 'telegram' AND address LIKE '-%'")
