"""Calls of actions that people ask for, and what of them counts for caps."""

from sqlalchemy import Column, ForeignKey, Index, Numeric, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, key, metadata, word

# Rows live for a day, as they hold words of customers: the record stays.
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

# Writes that people had made: without a word of anybody's, so that caps find them for as long as they look back.
hand_act = Table(
    "hand_act",
    metadata,
    Column("call_id", Uuid, primary_key=True),  # its `hand_call` may be gone
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("customer_id", ForeignKey("customer.id"), nullable=False),  # the ticket's: it goes with it
    word("action"),
    instant("begun_at"),
    Column("amount", Numeric),
    word("currency"),  # "": none was named
    word("outcome", nullable=True),
    Index(
        "ix_hand_act_made",
        "customer_id",
        "action",
        "begun_at",
        postgresql_where=text("outcome IS NULL OR outcome IN ('done', 'unknown')"),
    ),
)
