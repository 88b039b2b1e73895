"""Calls of actions that people ask for. Rows live for a day, as they hold words of customers: the record stays."""

from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, key, metadata, word

hand_call = Table(
    "hand_call",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    word("action"),
    Column("arguments", JSONB, nullable=False),
    instant("asked_at"),
    Column("form", JSONB, nullable=False),
    instant("begun_at", nullable=True),
    word("job", nullable=True),
    word("outcome", nullable=True),
    word("words"),
    Column("value", JSONB),
    Index("ix_hand_call_asked_at", "asked_at"),
)
