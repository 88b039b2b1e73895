"""How files come out of a statement that is about something else: in one jsonb column, read by `storage/files.py`."""

from sqlalchemy import TextClause, text

_FILE = """jsonb_build_array(attachment.id, attachment.name, attachment.content_type, attachment.size,
            attachment.state, attachment.why, attachment.has_thumbnail,
            (SELECT slack_file FROM slack_picture
             WHERE slack_picture.attachment_id = attachment.id AND slack_picture.state = 'ready'))"""


def with_files(statement: str) -> TextClause:
    """A statement in which `:FILE` stands for what `shown_files` needs of a row of `attachment`."""
    return text(statement.replace(":FILE", _FILE))
