"""Mails are found by who wrote them: whoever only writes in other people's conversations can be blocked, too."""

import sqlalchemy as sa
from alembic import op

revision = "d41c7e92b6f5"
down_revision = "d2c84f6b0a17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_mail_sender", "mail", [sa.text("lower(sender)")])
