"""Those at risk are read in the order in which they are due; and dead clocks are vacuumed sooner, as tickets are."""

import sqlalchemy as sa
from alembic import op

revision = "a83c5de2714f"
down_revision = "e4b1d7a0962c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_service_level_due",
        "service_level",
        [sa.text("(coalesce(due_at, 'infinity'::timestamptz))"), "ticket_id"],
        unique=False,
        postgresql_include=["at_risk_at", "due_at"],
        postgresql_where=sa.text("at_risk_at IS NOT NULL"),
    )
    op.execute(
        "ALTER TABLE service_level SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)"
    )
