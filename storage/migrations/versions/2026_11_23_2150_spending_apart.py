"""What the AI spends is counted in several rows a month, so that runs need not wait for one another; and calls of which
nobody knows whether they happened, and runs that ended lately, are found at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "b3f6a0d94c18"
down_revision = "8e41c7d2b05a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run_spending", sa.Column("slot", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.alter_column("run_spending", "slot", server_default=None)
    op.drop_constraint("pk_run_spending", "run_spending", type_="primary")
    op.create_primary_key("pk_run_spending", "run_spending", ["type", "month", "slot"])
    op.create_index(
        "ix_run_step_unknown",
        "run_step",
        ["begun_at"],
        postgresql_where=sa.text("kind = 'act' AND outcome = 'unknown'"),
    )
    op.create_index("ix_run_ended", "run", ["ended_at"], postgresql_where=sa.text("ended_at IS NOT NULL"))
