"""Signed checkpoints over the heads of the activity streams."""

import sqlalchemy as sa
from alembic import op

revision = "9c51d7e2ab40"
down_revision = "c7f20e91a4d8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activity_head", sa.Column("pending", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.create_index(
        "ix_activity_head_pending",
        "activity_head",
        ["stream_kind", "stream_id"],
        unique=False,
        postgresql_where=sa.text("pending"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("streams", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "checkpoint_head",
        sa.Column("stream_kind", sa.Text(), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("stream_kind", "stream_id", "number", name=op.f("pk_checkpoint_head")),
        sa.UniqueConstraint("number", "place", name=op.f("uq_checkpoint_head_number_place")),
    )
