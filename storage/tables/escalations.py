"""Tickets that a rule handed to people: each time, with what a person needs to go on, and what rules stand."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from storage.tables.metadata import instant, key, metadata, word

escalation = Table(
    "escalation",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    instant("at"),
    word("trigger"),
    Column("because", ARRAY(Text), nullable=False),  # of each rule, as the playbook had it
    Column("notify", ARRAY(Text), nullable=False),
    word("sentiment_then", nullable=True),  # when the ticket was first understood
    word("sentiment", nullable=True),  # when it was escalated
    Column("brief", JSONB, nullable=False),  # kept fresh for as long as it stands
    Index("ix_escalation_ticket_id_at", "ticket_id", "at"),
)

# A rule that has escalated a ticket stands until it holds no more on a ticket that somebody handed back to the AI.
escalation_rule = Table(
    "escalation_rule",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("escalation_id", ForeignKey("escalation.id"), nullable=False),
)

# Holds only tickets whose rules may come to hold as time passes: the clock reads what is due.
escalation_watch = Table(
    "escalation_watch",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    instant("look_at"),
    Index("ix_escalation_watch_look_at", "look_at"),
)
