"""What menus ask while somebody types: how many open tickets people have, and which tags are in use."""

import sqlalchemy as sa
from alembic import op

revision = "c7d10e5b3a94"
down_revision = "f1c6a92d40e8"
branch_labels = None
depends_on = None

_OPEN = "status_category IN ('open', 'active', 'pending') AND discarded_at IS NULL AND merged_into IS NULL"


def upgrade() -> None:
    op.create_index("ix_ticket_workload", "ticket", ["assignee_id"], postgresql_where=sa.text(_OPEN))
    op.create_index("ix_ticket_tagged", "ticket", ["number"], postgresql_where=sa.text("tags <> '{}'"))
