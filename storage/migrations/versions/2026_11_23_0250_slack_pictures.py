"""Pictures that Slack has a preview of."""

import sqlalchemy as sa
from alembic import op

revision = "e90b35d27f14"
down_revision = "f3c05d9b7e12"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slack_picture",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("slack_file", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachment.id"],
            name=op.f("fk_slack_picture_attachment_id_attachment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_slack_picture")),
        sa.UniqueConstraint("slack_file", name=op.f("uq_slack_picture_slack_file")),
    )
