"""A run knows what it has heard by the order in which that reached its ticket, not by when it was sent."""

import sqlalchemy as sa
from alembic import op

revision = "f28d6e13bca5"
down_revision = "e17c5d02ab94"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("heard", sa.Uuid(), nullable=True))
    # Those that are under way go on as they are where they had heard everything; the others read it once more.
    op.execute("""
        UPDATE run SET heard = (
            SELECT greatest(room_entry.id, CASE WHEN message.edited_at IS NOT NULL THEN (
                SELECT message_revision.id FROM message_revision
                WHERE message_revision.message_id = message.id ORDER BY message_revision.id DESC LIMIT 1
            ) END)
            FROM room_entry JOIN message ON message.id = room_entry.message_id
            WHERE room_entry.ticket_id = run.ticket_id AND room_entry.moved_to IS NULL AND message.direction = 'in'
                AND NOT EXISTS (
                    SELECT FROM room_entry AS other JOIN message AS later ON later.id = other.message_id
                    WHERE other.ticket_id = run.ticket_id AND other.moved_to IS NULL AND later.direction = 'in'
                        AND greatest(later.at, later.edited_at) > run.read_until
                )
            ORDER BY 1 DESC LIMIT 1
        )
        WHERE state IN ('working', 'waiting_for_approval', 'waiting_for_customer', 'suggested')
    """)
    op.drop_column("run", "read_until")
