"""Where tickets and conversations are shown in Slack, and who a Slack user is."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, Uuid, text

from storage.tables.metadata import instant, metadata, word

ticket_card = Table(
    "ticket_card",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    word("channel", nullable=True),
    word("ts", nullable=True),
    word("digest", nullable=True),
    instant("posting_since", nullable=True),
    instant("shown_at", nullable=True),
    word("held_by", nullable=True),  # the one job that is showing it now
    Column("held_run", Uuid),  # ... and which of its runs
    instant("held_until", nullable=True),
    Column("again", Boolean, nullable=False),  # another job came meanwhile: look once more
    UniqueConstraint("channel", "ts"),
)

conversation_card = Table(
    "conversation_card",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    word("channel", nullable=True),
    word("ts", nullable=True),
    word("digest", nullable=True),
    instant("posting_since", nullable=True),
    instant("shown_at", nullable=True),
    word("held_by", nullable=True),
    Column("held_run", Uuid),
    instant("held_until", nullable=True),
    Column("again", Boolean, nullable=False),
    UniqueConstraint("channel", "ts"),
)

slack_user = Table(
    "slack_user",
    metadata,
    Column("slack_user", Text, primary_key=True),
    word("email"),
    word("zone", nullable=True),  # of their profile
    word("direct", nullable=True),  # the channel of the app's conversation with them
    instant("seen_at"),
    Index("ix_slack_user_email", "email", "seen_at"),
)

# Pictures that Slack has a preview of. Goes with its attachment.
slack_picture = Table(
    "slack_picture",
    metadata,
    Column("attachment_id", ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True),
    word("slack_file"),
    word("state"),  # sent | ready | refused
    Column("refusals", Integer, nullable=False),  # of posts that showed it
    instant("sent_at"),
    UniqueConstraint("slack_file"),
)

# What people see on the app's home tab. A row for each who has ever opened it.
slack_home = Table(
    "slack_home",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    word("slack_user"),
    instant("opened_at"),
    instant("look_at", nullable=True),  # when it is to be looked at again; null: nobody has it open any more
    word("version", nullable=True),  # Slack's hash of what is shown
    word("digest", nullable=True),  # of what we drew
    instant("drawn_at", nullable=True),
    Index("ix_slack_home_look", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    Index("ix_slack_home_user", "slack_user"),
)
