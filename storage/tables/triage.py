"""What the brain understood, and what came of it."""

from sqlalchemy import Column, Float, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Uuid

from storage.tables.metadata import instant, key, metadata, word

triage = Table(
    "triage",
    metadata,
    key(),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("message_ids", ARRAY(Uuid), nullable=False),
    Column("suggestion", JSONB, nullable=False),
    word("verdict"),
    Column("took_ms", Float, nullable=False),
    instant("at"),
    Index("ix_triage_conversation_id_at", "conversation_id", "at"),  # the newest of a conversation
)

ai_context = Table(
    "ai_context",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("triage_id", ForeignKey("triage.id"), nullable=False, index=True),
    word("trigger"),
    word("intent"),
    Column("confidence", Float, nullable=False),
    word("sentiment"),
    word("summary"),
    word("why"),
    Column("entities", JSONB, nullable=False),
    instant("at"),
)

# What people put right. Ids and fixed names: a customer's words stay in the messages.
correction = Table(
    "correction",
    metadata,
    key(),
    word("kind"),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("triage_id", ForeignKey("triage.id")),
    Column("message_ids", ARRAY(Uuid), nullable=False),
    Column("said", JSONB, nullable=False),
    Column("right", JSONB, nullable=False),
    Column("by_id", ForeignKey("person.id"), nullable=False),
    word("by_name"),
    instant("at"),
    Index("ix_correction_at", "at"),
)
