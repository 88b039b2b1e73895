"""Where a message went that was on the wrong ticket, and who moved it."""

import sqlalchemy as sa
from alembic import op

revision = "a8e41f60c7d2"
down_revision = "8e41b0d7c2f5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("room_entry", sa.Column("moved_to", sa.Uuid(), nullable=True))
    op.add_column("room_entry", sa.Column("moved_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_room_entry_moved_to"), "room_entry", "ticket", ["moved_to"], ["id"])
    op.create_foreign_key(op.f("fk_room_entry_moved_by"), "room_entry", "person", ["moved_by"], ["id"])
