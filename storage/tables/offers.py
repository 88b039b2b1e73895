"""Solutions that customers were offered, and what they answered."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint, text

from storage.tables.metadata import instant, key, metadata, word

offer = Table(
    "offer",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    word("status"),  # where the ticket was when it was made
    instant("entered_at"),  # and since when
    word("accepted"),  # the statuses that the answers lead to
    word("declined"),
    Column("message_id", ForeignKey("message.id"), nullable=False),
    instant("made_at"),
    word("answer", nullable=True),
    instant("answered_at", nullable=True),
    UniqueConstraint("ticket_id", "entered_at"),  # one for each time that a ticket comes there
    # What a plain "yes" may answer.
    Index("ix_offer_unanswered", "conversation_id", "made_at", postgresql_where=text("answer IS NULL")),
)
