"""Tickets, and what stands in their rooms."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Sequence, Table, UniqueConstraint, text

from storage.tables.metadata import instant, key, metadata, word

ticket_number = Sequence("ticket_number", metadata=metadata)

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
    word("request", nullable=True),  # the submission of a form that opened it: the same one twice is one ticket
    UniqueConstraint("number"),
    UniqueConstraint("request"),
    Index("ix_ticket_conversation", "conversation_id", "number"),
    Index("ix_ticket_customer", "customer_id", "number"),
    # A customer's live tickets, however many they have had.
    Index(
        "ix_ticket_customer_open",
        "customer_id",
        "number",
        postgresql_where=text("resolved_at IS NULL AND discarded_at IS NULL"),
    ),
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
    UniqueConstraint("source"),
)

room_entry = Table(
    "room_entry",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("message_id", ForeignKey("message.id"), index=True),
    Column("comment_id", ForeignKey("comment.id")),
    Column("concerns", Boolean, nullable=False),
    instant("at"),
    Column("needs_showing", Boolean, nullable=False),
    instant("posting_since", nullable=True),
    word("slack_ts", nullable=True),
    Column("moved_to", ForeignKey("ticket.id")),  # the ticket that the message belongs to instead
    Column("moved_by", ForeignKey("person.id")),
    UniqueConstraint("ticket_id", "message_id"),
    UniqueConstraint("comment_id"),
    # Holds only what Slack does not show yet, whatever the table has grown to.
    Index(
        "ix_room_entry_unshown",
        "ticket_id",
        postgresql_where=text("needs_showing OR posting_since IS NOT NULL"),
    ),
)
