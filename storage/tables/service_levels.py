"""The clocks of tickets, one row for each ticket that has any, and the calendars that they go by."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, metadata, word

service_level = Table(
    "service_level",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    word("policy", nullable=True),
    Column("playbook", Integer, nullable=False),  # the version that the policy is of
    word("priority"),
    word("tier", nullable=True),
    Column("ai_responds", Boolean, nullable=False),
    Column("clocks", JSONB, nullable=False),  # storage/work/clock_json.py; what follows is taken from them, to be asked
    instant("next_event_at", nullable=True),
    instant("at_risk_at", nullable=True),  # the earliest of the clocks that have not stopped
    instant("due_at", nullable=True),  # likewise
    instant("first_response_at", nullable=True),
    instant("first_response_breached_at", nullable=True),
    instant("resolution_breached_at", nullable=True),
    # Holds only clocks that will have something to tell: the tick reads what is due, whatever else exists.
    Index("ix_service_level_next_event", "next_event_at", postgresql_where=text("next_event_at IS NOT NULL")),
    # What is at risk by now is read in the first one; of what may be, what is due soonest in the second.
    Index(
        "ix_service_level_at_risk",
        "at_risk_at",
        postgresql_include=["due_at", "ticket_id"],
        postgresql_where=text("at_risk_at IS NOT NULL"),
    ),
    Index(
        "ix_service_level_due",
        text("(coalesce(due_at, 'infinity'::timestamptz))"),
        "ticket_id",
        postgresql_include=["at_risk_at", "due_at"],
        postgresql_where=text("at_risk_at IS NOT NULL"),
    ),
    *(
        Index(f"ix_service_level_{name}", name, postgresql_where=text(f"{name} IS NOT NULL"))
        for name in ("first_response_breached_at", "resolution_breached_at")
    ),
)

# For good: what a clock was reckoned by, whatever the playbook says since.
sla_calendar = Table(
    "sla_calendar",
    metadata,
    Column("key", Text, primary_key=True),
    Column("definition", JSONB, nullable=False),
)
