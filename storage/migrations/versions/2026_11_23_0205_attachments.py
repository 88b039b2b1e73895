"""Files of messages and comments, and the key that signs the links to them."""

import sqlalchemy as sa
from alembic import op

revision = "a7d3f0c16e92"
down_revision = "b7d2f40c9e63"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("claimed_type", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("has_thumbnail", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("request", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attachment_message_id_message")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_attachment_comment_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("message_id", "position", name=op.f("uq_attachment_message_id_position")),
        sa.UniqueConstraint("comment_id", "position", name=op.f("uq_attachment_comment_id_position")),
        sa.UniqueConstraint("request", name=op.f("uq_attachment_request")),
    )
    sha256, unused, gone = sa.text("sha256 IS NOT NULL"), sa.text("attached_at IS NULL"), sa.text("state = 'gone'")
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"], unique=False, postgresql_where=sha256)
    op.create_index("ix_attachment_unused", "attachment", ["created_at"], unique=False, postgresql_where=unused)
    op.create_index("ix_attachment_gone", "attachment", ["created_at"], unique=False, postgresql_where=gone)
    op.create_table(
        "secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.add_column("message", sa.Column("file_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_message_file_id_attachment"), "message", "attachment", ["file_id"], ["id"])
    carried = sa.text("file_id IS NOT NULL")
    op.create_index("ix_message_file", "message", ["file_id"], unique=False, postgresql_where=carried)
