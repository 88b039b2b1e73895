"""Who has opened the app's home tab, what they see there, and when it is to be looked at again."""

import sqlalchemy as sa
from alembic import op

revision = "c61f0d8e3b27"
down_revision = "0d7e51b3a9f4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slack_home",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("slack_user", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_slack_home_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_slack_home")),
    )
    op.create_index("ix_slack_home_look", "slack_home", ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL"))
    op.create_index("ix_slack_home_user", "slack_home", ["slack_user"])
