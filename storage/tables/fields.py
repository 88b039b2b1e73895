"""Where values of tickets' fields came from, and the words that records hold by their digests only."""

from sqlalchemy import Column, Float, ForeignKey, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, metadata, word

field_source = Table(
    "field_source",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("field", Text, primary_key=True),
    word("source"),
    word("name", nullable=True),
    Column("value", JSONB(none_as_null=True)),  # what was filled in by itself
    Column("message_id", ForeignKey("message.id")),
    word("words", nullable=True),
    Column("confidence", Float),
    instant("filled_at"),
    Column("confirmed_by", ForeignKey("person.id")),
    instant("confirmed_at", nullable=True),
    instant("stale_since", nullable=True),
    # Of values that were read in a message, to find those that its edit makes doubtful.
    Index("ix_field_source_message", "message_id", postgresql_where=text("message_id IS NOT NULL")),
)

# May be deleted at any time: the chains of records stay true, and their digests tell nothing without the salt.
field_words = Table(
    "field_words",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    word("field"),
    word("salt"),
    word("text"),
    instant("at"),
)
