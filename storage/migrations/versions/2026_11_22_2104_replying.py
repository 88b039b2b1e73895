"""Who is writing a reply just now."""

import sqlalchemy as sa
from alembic import op

revision = "c41f7d20b8e5"
down_revision = "e2b84c6f9a17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replying",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_replying_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_replying_person_id_person")),
        sa.PrimaryKeyConstraint("conversation_id", "person_id", name=op.f("pk_replying")),
    )
    op.create_index("ix_replying_since", "replying", ["since"], unique=False)
