"""Tickets, and what stands in their rooms."""

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from storage.tables.metadata import WORDS_WAITING, instant, key, metadata, word

ticket_number = Sequence("ticket_number", metadata=metadata)

_STANDING = "discarded_at IS NULL AND merged_into IS NULL"
_CURRENT = f"{_STANDING} AND status_category <> 'closed'"
_RANK = text("array_position('{urgent,high,normal,low}'::text[], priority)")
_DUE = text("(coalesce(due_at, 'infinity'::timestamptz))")
_FACETS = f"""
    ticket_facets(status, status_category, type, category, channel, priority, team_id, assignee_id,
        coalesce(owner_id, owner_team_id), tags, fields, due_at, created_at, updated_at, number, {_STANDING})
"""

# As PostgreSQL writes it, so that a comparison with the migrated schema holds.
_WEEK = text(
    "(LEAST(GREATEST(floor(EXTRACT(epoch FROM (created_at AT TIME ZONE 'UTC'::text)) / 604800::numeric),"
    " 2600::numeric), 3600::numeric)::integer)"
)
_COVERED = [
    "created_at",
    "due_at",
    "type",
    "category",
    "status",
    "status_category",
    "priority",
    "team_id",
    "assignee_id",
]

ticket = Table(
    "ticket",
    metadata,
    key(),
    Column("number", Integer, nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("customer_id", ForeignKey("customer.id"), nullable=False),
    word("type"),
    word("category"),
    word("subject"),
    word("description"),
    word("status"),
    word("priority"),
    Column("team_id", ForeignKey("team.id")),
    Column("assignee_id", ForeignKey("person.id"), index=True),
    word("reporter"),
    instant("created_at"),
    instant("updated_at"),
    instant("resolved_at", nullable=True),
    Column("version", Integer, nullable=False),
    instant("discarded_at", nullable=True),  # it was no ticket after all: it counts nowhere
    Column("discarded_by", ForeignKey("person.id")),
    word("status_category"),  # of its status, in its type's lifecycle: what the rules and the lists ask
    instant("status_since"),
    Column("fields", JSONB, nullable=False, server_default=text("'{}'")),  # the playbook's, by key
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    instant("due_at", nullable=True),  # a promise made by hand
    instant("remind_at", nullable=True),  # of it; null once it was done
    Column("owner_id", ForeignKey("person.id")),
    Column("owner_team_id", ForeignKey("team.id")),
    instant("moves_on_at", nullable=True),  # when it leaves its status by itself
    Column("merged_into", ForeignKey("ticket.id")),
    word("sentiment", nullable=True),  # how its customer sounds, as of what they wrote last
    Column("exchanges", Integer, nullable=False, server_default=text("0")),
    Column("reopenings", Integer, nullable=False, server_default=text("0")),
    Column("hand_offs", Integer, nullable=False, server_default=text("0")),
    instant("escalated_at", nullable=True),  # the AI leaves it to people since then
    word("channel", nullable=True),  # its conversation's: a trigger sees to it
    # What lists ask, kept by PostgreSQL itself (storage/lists/conditions.py).
    Column("facets", ARRAY(Text(collation="C")), Computed(_FACETS, persisted=True)),
    word("request", nullable=True),  # the submission of a form that opened it: the same one twice is one ticket
    UniqueConstraint("number"),
    UniqueConstraint("request"),
    Index("ix_ticket_conversation", "conversation_id", "number"),
    Index("ix_ticket_customer", "customer_id", "number"),
    # Holds only tickets that wait to leave their status by themselves: the clock reads what is due.
    Index(
        "ix_ticket_moves_on",
        "moves_on_at",
        postgresql_where=text("moves_on_at IS NOT NULL AND discarded_at IS NULL"),
    ),
    # A customer's live tickets, however many they have had.
    Index(
        "ix_ticket_customer_open",
        "customer_id",
        "number",
        postgresql_where=text("resolved_at IS NULL AND discarded_at IS NULL"),
    ),
    # Holds those that go on as another one: whose conversation it was is asked for every message.
    Index("ix_ticket_merged", "conversation_id", "number", postgresql_where=text("merged_into IS NOT NULL")),
    # Holds what people are still to be reminded of, whatever the table has grown to.
    Index("ix_ticket_remind", "remind_at", postgresql_where=text("remind_at IS NOT NULL")),
    # Holds what the AI has left to people and nobody has settled.
    Index(
        "ix_ticket_escalated",
        "escalated_at",
        "number",
        postgresql_where=text(
            f"escalated_at IS NOT NULL AND status_category IN ('open', 'active', 'pending') AND {_STANDING}"
        ),
    ),
    # Holds open tickets only: how many somebody has is shown wherever one is assigned.
    Index(
        "ix_ticket_workload",
        "assignee_id",
        postgresql_where=text(f"status_category IN ('open', 'active', 'pending') AND {_STANDING}"),
    ),
    # Tags in use are those of the newest tickets that have any.
    Index("ix_ticket_tagged", "number", postgresql_where=text("tags <> '{}'")),
    # Without a list of what is still to be entered: every list would have to look through it.
    Index("ix_ticket_facets", "facets", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    # The orders of lists: of all tickets that count, and of those in the views.
    Index("ix_ticket_priority", _RANK, _DUE, "number", postgresql_where=text(_STANDING)),
    Index("ix_ticket_due", _DUE, "number", postgresql_where=text(_STANDING)),
    # Those of a week in the order of lists. It covers what is asked of the tickets of a period, so that they need not
    # be read (storage/lists/periods.py).
    Index(
        "ix_ticket_period",
        _WEEK,
        _RANK,
        _DUE,
        "number",
        postgresql_include=_COVERED,
        postgresql_where=text(_STANDING),
    ),
    # What a day came to; the first is an order of lists, too.
    Index(
        "ix_ticket_created",
        "created_at",
        "number",
        postgresql_include=["assignee_id", "team_id"],
        postgresql_where=text(_STANDING),
    ),
    Index(
        "ix_ticket_resolved",
        "resolved_at",
        postgresql_include=["assignee_id", "team_id"],
        postgresql_where=text(f"resolved_at IS NOT NULL AND {_STANDING}"),
    ),
    Index("ix_ticket_updated", "updated_at", "number", postgresql_where=text(_STANDING)),
    Index("ix_ticket_current_priority", _RANK, _DUE, "number", postgresql_where=text(_CURRENT)),
    Index("ix_ticket_current_due", _DUE, "number", postgresql_where=text(_CURRENT)),
    Index("ix_ticket_current_created", "created_at", "number", postgresql_where=text(_CURRENT)),
    Index("ix_ticket_current_updated", "updated_at", "number", postgresql_where=text(_CURRENT)),
    # Nothing waits here either: each change of a ticket enters its subject again, and one would enter those of many.
    Index(
        "ix_ticket_words",
        text("searchable(subject, created_at)"),
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
)

# The values of custom fields, for lists by them; a trigger keeps them. A number has its amount, anything else its word.
ticket_value = Table(
    "ticket_value",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("field", Text(collation="C"), primary_key=True),
    Column("amount", Numeric, nullable=False),
    Column("word", Text(collation="C"), nullable=False),
    Index("ix_ticket_value_sorted", "field", "amount", "word", "number"),
)

comment = Table(
    "comment",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("author_id", ForeignKey("person.id"), nullable=False),
    word("text"),
    instant("at"),
    word("source", nullable=True),
    instant("edited_at", nullable=True),
    instant("deleted_at", nullable=True),  # by its author, in Slack: shown nowhere any more
    UniqueConstraint("source"),
    Index("ix_comment_words", text("searchable(text, at)"), postgresql_using="gin", postgresql_with=WORDS_WAITING),
)

# What a comment said before, each from that instant on.
comment_revision = Table(
    "comment_revision",
    metadata,
    key(),
    Column("comment_id", ForeignKey("comment.id"), nullable=False),
    instant("at"),
    word("text"),
    UniqueConstraint("comment_id", "at"),
)

room_entry = Table(
    "room_entry",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("message_id", ForeignKey("message.id"), index=True),
    Column("comment_id", ForeignKey("comment.id")),
    Column("approval_id", ForeignKey("approval.id")),
    Column("is_outcome", Boolean, nullable=False, server_default=text("false")),  # of the approval: what became of it
    Column("run_id", ForeignKey("run.id")),
    Column("concerns", Boolean, nullable=False),
    instant("at"),
    Column("needs_showing", Boolean, nullable=False),
    instant("posting_since", nullable=True),
    word("slack_ts", nullable=True),
    Column("moved_to", ForeignKey("ticket.id")),  # the ticket that the message belongs to instead
    Column("moved_by", ForeignKey("person.id")),
    UniqueConstraint("ticket_id", "message_id"),
    UniqueConstraint("approval_id", "is_outcome"),
    UniqueConstraint("run_id"),
    UniqueConstraint("comment_id", "ticket_id"),
    # Holds only what Slack does not show yet, whatever the table has grown to.
    Index(
        "ix_room_entry_unshown",
        "ticket_id",
        postgresql_where=text("needs_showing OR posting_since IS NOT NULL"),
    ),
)
