"""Replies that waited to be sent under the job's earlier name are sent under its new one."""

import sqlalchemy as sa
from alembic import op

revision = "f06b9d3a7e51"
down_revision = "c41f7d20b8e5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody takes a job whose name is not known any more, and later replies would wait behind it for a day.
    op.execute(
        sa.text("""
            UPDATE pgqueuer
            SET entrypoint = 'ReplyDue.deliver_reply',
                payload = convert_to(
                    (convert_from(payload, 'UTF8')::jsonb
                     || jsonb_build_object('due', convert_from(payload, 'UTF8')::jsonb -> 'at'))::text, 'UTF8'
                )
            WHERE entrypoint = 'ReplyWritten.deliver_reply'
        """)
    )
