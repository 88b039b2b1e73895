"""Lists of what was created in a period are read in their order, week by week, instead of whole."""

import sqlalchemy as sa
from alembic import op

revision = "b83c5e10d7f2"
down_revision = "4fd2b86c19e0"
branch_labels = None
depends_on = None

_WEEK = "least(greatest(floor(extract(epoch FROM created_at AT TIME ZONE 'UTC') / 604800), 2600), 3600)::int"
_RANK = "array_position('{urgent,high,normal,low}'::text[], priority)"
_DUE = "(coalesce(due_at, 'infinity'::timestamptz))"
_STANDING = "discarded_at IS NULL AND merged_into IS NULL"
_COVERED = [
    "created_at",
    "due_at",
    "type",
    "category",
    "status",
    "status_category",
    "priority",
    "team_id",
    "assignee_id",
]


def upgrade() -> None:
    op.drop_index("ix_ticket_created", "ticket")
    op.create_index(
        "ix_ticket_created",
        "ticket",
        ["created_at", "number"],
        unique=False,
        postgresql_include=["assignee_id", "team_id"],
        postgresql_where=sa.text(_STANDING),
    )
    words = [sa.text(each.replace(":", "\\:")) for each in (f"({_WEEK})", _RANK, _DUE)]
    op.create_index(
        "ix_ticket_period",
        "ticket",
        [*words, "number"],
        unique=False,
        postgresql_include=_COVERED,
        postgresql_where=sa.text(_STANDING),
    )
