"""Replies that a brain is asked to suggest. Rows live for a day: they hold words of customers and colleagues."""

from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, key, metadata, word

reply_draft = Table(
    "reply_draft",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    instant("asked_at"),
    Column("form", JSONB, nullable=False),
    word("text", nullable=True),
    word("why", nullable=True),
    Index("ix_reply_draft_asked_at", "asked_at"),
)
