"""What the brain understood, and what came of it."""

from sqlalchemy import Column, Float, ForeignKey, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Uuid

from storage.tables.metadata import instant, key, metadata, word

triage = Table(
    "triage",
    metadata,
    key(),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("message_ids", ARRAY(Uuid), nullable=False),
    Column("suggestion", JSONB, nullable=False),
    word("verdict"),
    Column("took_ms", Float, nullable=False),
    instant("at"),
)

ai_context = Table(
    "ai_context",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("triage_id", ForeignKey("triage.id"), nullable=False),
    word("trigger"),
    word("intent"),
    Column("confidence", Float, nullable=False),
    word("sentiment"),
    word("summary"),
    word("why"),
    Column("entities", JSONB, nullable=False),
    instant("at"),
)
