"""What customers were asked about resolved tickets, and what they answered."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, false, text

from storage.tables.metadata import instant, key, metadata, word

survey = Table(
    "survey",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("customer_id", ForeignKey("customer.id"), nullable=False),
    word("channel"),
    Column("agent_id", ForeignKey("person.id")),  # who had the ticket when it was resolved
    Column("team_id", ForeignKey("team.id")),
    instant("resolved_at"),
    instant("due_at"),
    word("state"),
    word("why", nullable=True),
    Column("message_id", ForeignKey("message.id")),
    instant("asked_at", nullable=True),
    Column("score", Integer),
    word("comment", nullable=True),
    instant("answered_at", nullable=True),
    Column("always", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("ticket_id", "resolved_at"),  # one for each time that a ticket is resolved
    # When a customer was asked last.
    Index("ix_survey_customer", "customer_id", "asked_at"),
    Index("ix_survey_answered", "answered_at", postgresql_where=text("score IS NOT NULL")),
    # Holds what waits for an answer: each number that a customer writes is looked up here.
    Index("ix_survey_asked", "conversation_id", "asked_at", postgresql_where=text("state = 'asked'")),
)
