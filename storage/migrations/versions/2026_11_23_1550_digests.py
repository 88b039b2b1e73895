"""What a digest counts is read by the day on which it happened."""

import sqlalchemy as sa
from alembic import op

revision = "5b0c83f6e1d7"
down_revision = "6be20f97c1d3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ticket_resolved",
        "ticket",
        ["resolved_at"],
        unique=False,
        postgresql_include=["assignee_id", "team_id"],
        postgresql_where=sa.text("resolved_at IS NOT NULL AND discarded_at IS NULL AND merged_into IS NULL"),
    )
    for name in ("first_response_breached_at", "resolution_breached_at"):
        op.create_index(
            f"ix_service_level_{name}",
            "service_level",
            [name],
            unique=False,
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    op.create_index(
        "ix_survey_answered", "survey", ["answered_at"], unique=False, postgresql_where=sa.text("score IS NOT NULL")
    )
    op.drop_column("preference", "digested_on")
