"""Files of messages and comments. Their bytes are in the file store, under the hash of what they are."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from storage.tables.metadata import instant, key, metadata, word

attachment = Table(
    "attachment",
    metadata,
    key(),
    Column("message_id", ForeignKey("message.id")),
    Column("comment_id", ForeignKey("comment.id")),
    Column("position", Integer, nullable=False),
    word("name"),
    word("state"),
    word("channel", nullable=True),
    word("source", nullable=True),
    word("claimed_type", nullable=True),
    word("content_type", nullable=True),
    Column("size", BigInteger),
    word("sha256", nullable=True),
    Column("width", Integer),
    Column("height", Integer),
    Column("has_thumbnail", Boolean, nullable=False),
    word("why", nullable=True),
    instant("created_at"),
    instant("attached_at", nullable=True),
    word("request", nullable=True),
    UniqueConstraint("message_id", "position"),
    UniqueConstraint("comment_id", "position"),
    UniqueConstraint("request"),
    Index("ix_attachment_sha256", "sha256", postgresql_where=text("sha256 IS NOT NULL")),
    # Holds what was given to us and never used: a handful.
    Index("ix_attachment_unused", "created_at", postgresql_where=text("attached_at IS NULL")),
    # Holds what could not be fetched.
    Index("ix_attachment_gone", "created_at", postgresql_where=text("state = 'gone'")),
)

# What all processes must agree on and nobody needs to choose.
secret = Table("secret", metadata, Column("name", word("name").type, primary_key=True), word("value"))
