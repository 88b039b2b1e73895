"""A customer's tickets and addresses are read off indexes, however many there are."""

import sqlalchemy as sa
from alembic import op

revision = "e93b7a4c1d06"
down_revision = "b81c5f0e27d4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ticket_customer", "ticket", ["customer_id", "number"], unique=False)
    op.drop_index("ix_ticket_customer_id", table_name="ticket")
    op.create_index(
        "ix_ticket_customer_open",
        "ticket",
        ["customer_id", "number"],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL AND discarded_at IS NULL"),
    )
    op.create_index(
        "ix_identity_address", "identity", ["address"], unique=False, postgresql_ops={"address": "text_pattern_ops"}
    )
