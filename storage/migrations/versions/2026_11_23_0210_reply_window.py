"""Until when a customer can be answered freely, and what is sent as a template."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c41e9a7720d5"
down_revision = "a7d3f0c16e92"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("window_closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("template", postgresql.JSONB(none_as_null=True), nullable=True))
    op.execute("""
        UPDATE conversation SET last_inbound_at = newest.at
        FROM (SELECT conversation_id, max(at) AS at FROM message WHERE direction = 'in' GROUP BY 1) AS newest
        WHERE newest.conversation_id = conversation.id
    """)
