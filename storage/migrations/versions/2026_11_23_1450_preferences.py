"""What people want to be told of. Who is there already has the usual: the clock plans their first digest."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "f1c6a92d40e8"
down_revision = "a83c5de2714f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("silenced", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("next_digest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digested_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    op.create_index(
        "ix_preference_next_digest",
        "preference",
        ["next_digest_at"],
        unique=False,
        postgresql_where=sa.text("next_digest_at IS NOT NULL"),
    )
    op.execute(
        """
        INSERT INTO preference (person_id, silenced, digest, digest_at, next_digest_at)
        SELECT id, '{}', true, '09:00', now() FROM person
        """
    )
    op.add_column("slack_user", sa.Column("zone", sa.Text(), nullable=True))
    op.create_index("ix_slack_user_email", "slack_user", ["email", "seen_at"], unique=False)
