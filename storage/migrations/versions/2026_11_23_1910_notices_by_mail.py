"""Whom mail tells what Slack tells others, and what became of each such mail."""

import sqlalchemy as sa
from alembic import op

revision = "a7d3f1905c4e"
down_revision = "e5b80f3c6d21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("preference", sa.Column("by_mail", sa.Text(), nullable=False, server_default="outside_slack"))
    op.alter_column("preference", "by_mail", server_default=None)
    op.add_column("direct_message", sa.Column("mail", sa.Text(), nullable=True))
    op.add_column("direct_message", sa.Column("mail_why", sa.Text(), nullable=True))
    op.add_column("direct_message", sa.Column("mail_job", sa.Text(), nullable=True))
