"""How far the AI goes with a type, and what it is measured by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a41f0b7c93d6"
down_revision = "03a97f24cdb6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "autonomy_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("over", sa.Integer(), nullable=False),
        sa.Column("precision", sa.Float(), nullable=False),
        sa.Column("cases", postgresql.JSONB(), nullable=False),
        sa.Column("undone", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_autonomy_move_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_autonomy_move")),
        sa.UniqueConstraint("type", "place", name=op.f("uq_autonomy_move_type_place")),
    )
    op.create_table(
        "autonomy_case",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_autonomy_case_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_autonomy_case")),
    )
    op.create_index("ix_autonomy_case_newest", "autonomy_case", ["type", "place", "level", "at"], unique=False)
