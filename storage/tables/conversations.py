"""Customers, their addresses, their conversations and messages."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import WORDS_WAITING, instant, key, metadata, word

customer = Table(
    "customer",
    metadata,
    key(),
    word("name"),
    word("tier", nullable=True),
    instant("created_at"),
    word("language", nullable=True),  # BCP 47
    word("time_zone", nullable=True),  # IANA
    Column("custom", JSONB, nullable=False, server_default=text("'{}'")),
    Column("merged_into", ForeignKey("customer.id")),  # they are this customer now
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index("ix_customer_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    # Found by any of the words of their name, or the beginning of one.
    Index("ix_customer_name", text("to_tsvector('simple'::regconfig, name)"), postgresql_using="gin"),
)

identity = Table(
    "identity",
    metadata,
    key(),
    Column("customer_id", ForeignKey("customer.id"), nullable=False, index=True),
    word("channel"),
    word("address"),
    instant("blocked_at", nullable=True),
    word("blocked_by", nullable=True),  # their name
    word("phone", nullable=True),  # E.164; the channel vouches for it, as for the e-mail address
    word("email", nullable=True),
    instant("verified_at", nullable=True),
    UniqueConstraint("channel", "address"),
    Index("ix_identity_blocked", "blocked_at", postgresql_where=text("blocked_at IS NOT NULL")),
    # Found by the beginning of the address.
    Index("ix_identity_address", "address", postgresql_ops={"address": "text_pattern_ops"}),
    # Who else has proven to have this number or address.
    Index("ix_identity_phone", "phone", postgresql_where=text("phone IS NOT NULL")),
    Index("ix_identity_email", "email", postgresql_where=text("email IS NOT NULL")),
)

conversation = Table(
    "conversation",
    metadata,
    key(),
    Column("customer_id", ForeignKey("customer.id"), nullable=False, index=True),
    word("channel"),
    word("account"),
    word("address"),
    word("state"),
    instant("snoozed_until", nullable=True),
    word("state_by", nullable=True),
    instant("awaiting_since", nullable=True),
    instant("acknowledged_until", nullable=True),
    instant("last_inbound_at", nullable=True),
    instant("window_closed_at", nullable=True),
    instant("prompt_at", nullable=True),
    instant("prompted_at", nullable=True),
    instant("unreachable_since", nullable=True),
    instant("reach_told_at", nullable=True),
    word("moved_to", nullable=True),
    word("came_from", nullable=True),
    # Tells a customer's conversations on one account apart; "": there is one.
    Column("thread", Text, nullable=False, server_default=text("''")),
    word("subject", nullable=True),  # of a mail's
    word("no_machine", nullable=True),  # why no machine may answer what was written last
    Column("is_group", Boolean, nullable=False, server_default=text("false")),
    Column("assignee_id", ForeignKey("person.id")),
    Column("version", Integer, nullable=False),
    instant("created_at"),
    # SPEC 1.2: one conversation per account, customer address and thread, which the next message opens again.
    UniqueConstraint("channel", "account", "address", "thread"),
    # Holds what is asleep, whatever the table has grown to.
    Index("ix_conversation_snoozed", "snoozed_until", postgresql_where=text("state = 'snoozed'")),
    # Holds what people are to be told of before its window closes.
    Index("ix_conversation_prompt", "prompt_at", postgresql_where=text("prompt_at IS NOT NULL")),
    # Holds what people are to answer without a ticket.
    Index("ix_conversation_awaiting", "awaiting_since", postgresql_where=text("awaiting_since IS NOT NULL")),
    # … and by who has it, or nobody.
    Index(
        "ix_conversation_awaiting_of",
        "assignee_id",
        "awaiting_since",
        postgresql_where=text("awaiting_since IS NOT NULL AND state = 'open'"),
    ),
)

message = Table(
    "message",
    metadata,
    key(),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    word("direction"),
    word("text"),
    instant("at"),
    word("delivery"),
    word("key", nullable=True),
    word("request", nullable=True),
    Column("author_id", ForeignKey("person.id")),
    word("author_name", nullable=True),
    word("error", nullable=True),
    Column("triaged", Boolean, nullable=False),
    instant("send_after", nullable=True),
    word("next_status", nullable=True),
    word("sending_job", nullable=True),
    instant("sending_since", nullable=True),
    word("note", nullable=True),
    Column("resendable", Boolean, nullable=False, server_default=text("false")),
    Column("file_id", ForeignKey("attachment.id", use_alter=True)),
    Column("template", JSONB(none_as_null=True)),  # the provider's id, name and variables
    Column("part_of", ForeignKey("message.id")),
    Column("buttons", JSONB, nullable=False, server_default=text("'[]'")),  # of [label, data]
    instant("edited_at", nullable=True),
    Column("edited_after_answer", Boolean, nullable=False, server_default=text("false")),
    word("replies_to", nullable=True),  # a `key`; no foreign key: we may not have that message, or not yet
    Column("cc", JSONB(none_as_null=True)),  # of [address, name]
    word("author_address", nullable=True),  # of a group's member, who is no customer of their own
    Column("is_automatic", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("key"),
    UniqueConstraint("request"),
    Index("ix_message_part_of", "part_of", postgresql_where=text("part_of IS NOT NULL")),
    Index("ix_message_conversation", "conversation_id", "at"),
    # The newest reply of a conversation, however much its customer has written since.
    Index("ix_message_outbound", "conversation_id", "at", postgresql_where=text("direction = 'out'")),
    # Holds only what is still to be understood, whatever the table has grown to.
    Index("ix_message_waiting", "conversation_id", "at", postgresql_where=text("NOT triaged")),
    # Holds the replies that are still to leave: who comes after them asks here.
    Index(
        "ix_message_outbox",
        "conversation_id",
        "at",
        postgresql_where=text("direction = 'out' AND delivery IN ('pending', 'sending')"),
    ),
    # Holds the replies that carry a file: a file that nothing carries may be forgotten.
    Index("ix_message_file", "file_id", postgresql_where=text("file_id IS NOT NULL")),
    # Holds the replies of which nobody knows whether they arrived: a handful.
    Index("ix_message_unknown", "at", postgresql_where=text("delivery = 'unknown'")),
    Index("ix_message_words", text("searchable(text, at)"), postgresql_using="gin", postgresql_with=WORDS_WAITING),
)

# What messages said before their customers changed them.
message_revision = Table(
    "message_revision",
    metadata,
    key(),
    Column("message_id", ForeignKey("message.id"), nullable=False, index=True),
    instant("at"),
    word("text"),
    word("answered_by", nullable=True),
)

# Who has a form for a reply open. Its rows live for minutes.
replying = Table(
    "replying",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    instant("since"),
    Index("ix_replying_since", "since"),
)
