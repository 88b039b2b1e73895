"""The statements of `storage/pictures.py`, and of what cards ask about pictures."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Text, Uuid

_FILE = bindparam("file", type_=Uuid)

# A picture without a thumbnail was too large to be looked at, so nobody is shown it in place.
DUE = text("""
    SELECT attachment.name, attachment.sha256, slack_picture.slack_file
    FROM attachment LEFT JOIN slack_picture ON slack_picture.attachment_id = attachment.id
    WHERE attachment.id = :file AND attachment.state = 'stored' AND attachment.has_thumbnail
        AND (slack_picture.state IS NULL OR slack_picture.state = 'sent')
""").bindparams(_FILE)

SENT = text("""
    INSERT INTO slack_picture (attachment_id, slack_file, state, refusals, sent_at)
    SELECT id, :slack_file, 'sent', 0, :now FROM attachment WHERE id = :file
    ON CONFLICT (attachment_id) DO UPDATE SET slack_file = EXCLUDED.slack_file, sent_at = EXCLUDED.sent_at
    WHERE slack_picture.state = 'sent'
""").bindparams(_FILE, bindparam("slack_file", type_=Text), bindparam("now", type_=DateTime(timezone=True)))

READY = text("""
    UPDATE slack_picture SET state = 'ready'
    WHERE attachment_id = :file AND slack_file = :slack_file AND state = 'sent'
""").bindparams(_FILE, bindparam("slack_file", type_=Text))

LOST = text("""
    DELETE FROM slack_picture WHERE attachment_id = :file AND slack_file = :slack_file AND state = 'sent'
""").bindparams(_FILE, bindparam("slack_file", type_=Text))

IS_READY = text("""
    SELECT EXISTS (SELECT FROM slack_picture WHERE attachment_id = :file AND state = 'ready')
""").bindparams(_FILE)

REFUSED = text("""
    UPDATE slack_picture
    SET refusals = refusals + 1, state = CASE WHEN refusals + 1 < :most THEN state ELSE 'refused' END
    WHERE slack_file = ANY(:slack_files)
    RETURNING state
""").bindparams(bindparam("slack_files", type_=ARRAY(Text)))
