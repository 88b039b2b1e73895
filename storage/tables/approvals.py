"""Requests for approval, what was decided about them, and who decides for whom."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from storage.tables.metadata import instant, key, metadata, word

approval = Table(
    "approval",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    word("rule"),
    word("label"),
    word("origin", nullable=True),  # of the transition: status,
    instant("since", nullable=True),  # … when the ticket came into it,
    word("target", nullable=True),  # … and status to go to
    word("action", nullable=True),
    word("called_with", nullable=True),
    Column("requested_by", ForeignKey("person.id")),
    word("requester_kind"),
    word("requester"),
    instant("requested_at"),
    word("why"),
    word("note"),
    word("amount", nullable=True),
    Column("evidence", JSONB, nullable=False),
    word("fingerprint"),
    Column("playbook", Integer, nullable=False),
    Column("quorum", Integer, nullable=False),
    Column("asked", ARRAY(Uuid), nullable=False),
    instant("expires_at", nullable=True),
    Column("follows", ForeignKey("approval.id")),
    Column("escalated", Boolean, nullable=False),
    word("state"),
    instant("settled_at", nullable=True),
    word("because", nullable=True),
    Column("used", ARRAY(Text), nullable=False),
    Index("ix_approval_ticket", "ticket_id", "requested_at"),
    Index("ix_approval_requested", "requested_at", "id"),  # the newest of all
    # Holds what may still come to something, however many there were.
    Index("ix_approval_open", "ticket_id", postgresql_where=text("state IN ('waiting', 'approved')")),
    # The same request cannot wait twice.
    Index("uq_approval_waiting", "ticket_id", "fingerprint", unique=True, postgresql_where=text("state = 'waiting'")),
    # The clock looks here.
    Index("ix_approval_expiring", "expires_at", postgresql_where=text("state = 'waiting'")),
)

approval_decision = Table(
    "approval_decision",
    metadata,
    Column("approval_id", ForeignKey("approval.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    word("name"),
    Column("authority_id", ForeignKey("person.id"), nullable=False),
    word("on_behalf_of", nullable=True),
    word("verdict"),
    word("reason"),
    instant("at"),
    UniqueConstraint("approval_id", "authority_id"),  # each say counts once
)

delegation = Table(
    "delegation",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("to_id", ForeignKey("person.id"), nullable=False),
    instant("until"),
)
