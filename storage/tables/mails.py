"""What mails say beyond their words: their ids and recipients, who takes part, where they may belong, who bounces."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import DateTime, Text

from storage.tables.metadata import instant, metadata, word

# One line a customer's mail; ours are known by the ids of their messages. The raw mail lies in the inbox: `event`.
mail = Table(
    "mail",
    metadata,
    Column("message_id", ForeignKey("message.id"), primary_key=True),
    word("event"),
    word("mail_id", nullable=True),
    Column("refs", ARRAY(Text), nullable=False),
    word("subject"),
    word("sender"),
    word("sender_name", nullable=True),
    Column("recipients", JSONB, nullable=False),  # of [address, name]: those who are not us
    Column("copies", JSONB, nullable=False),
    Column("verified", Boolean, nullable=False),
    word("proof"),
    word("automatic", nullable=True),
    word("whole", nullable=True),
    # Whether somebody has written at all: who writes in other people's conversations is nobody's customer.
    Index("ix_mail_sender", text("lower(sender)")),
    Index("ix_mail_mail_id", "mail_id", postgresql_where=text("mail_id IS NOT NULL")),
)

# Who has written in a conversation or was written to: the address in lower case.
participant = Table(
    "participant",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("address", Text, primary_key=True),
    word("name", nullable=True),
    instant("since"),
)

# A conversation that may go on with another one: a person says whether it does.
possible_match = Table(
    "possible_match",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("target_id", ForeignKey("conversation.id"), nullable=False, index=True),
    word("why"),
    instant("at"),
    Column("same", Boolean),  # null until somebody has decided
    word("decided_by", nullable=True),
    instant("decided_at", nullable=True),
)

# Addresses that take no mail any more: nothing is sent to them until a person says so, or they write.
suppression = Table(
    "suppression",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    word("why"),
    instant("since"),
    Column("message_id", ForeignKey("message.id"), nullable=False),  # of ours, which came back
    Index("ix_suppression_channel_since", "channel", "since"),
)

# When mails came from an address, and automatic ones of ours went there: the newest few instants of each. A line lives
# for as long as somebody counts.
mail_flow = Table(
    "mail_flow",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("heard", ARRAY(DateTime(timezone=True)), nullable=False),
    Column("answered", ARRAY(DateTime(timezone=True)), nullable=False),
    instant("at"),
    Index("ix_mail_flow_at", "at"),
)
