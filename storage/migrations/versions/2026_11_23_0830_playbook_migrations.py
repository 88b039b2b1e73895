"""How far tickets have followed each version of the playbook."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7d94e1b83a26"
down_revision = "c8e25a90f417"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "playbook_migration",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("retimed", postgresql.JSONB(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["playbook_version.version"], name=op.f("fk_playbook_migration_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_playbook_migration")),
    )
