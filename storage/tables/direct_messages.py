"""What people are told by themselves, once."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint, Uuid, text

from storage.tables.metadata import instant, key, metadata, word

direct_message = Table(
    "direct_message",
    metadata,
    key(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    word("kind"),
    word("key"),
    Column("ticket_id", ForeignKey("ticket.id")),
    Column("about_id", Uuid),
    instant("since"),
    instant("due_at", nullable=True),  # what waits for the clock: null once that has come to it
    word("state"),  # owed | told | dropped | over: told, and shows what became of it
    word("why", nullable=True),  # dropped
    Column("run", Uuid),  # the last one that began to tell it
    instant("posting_since", nullable=True),
    word("channel", nullable=True),
    word("ts", nullable=True),
    instant("settled_at", nullable=True),
    word("mail", nullable=True),  # sending | sent | unknown | failed | dropped; null: none was begun
    word("mail_why", nullable=True),  # failed, dropped
    word("mail_job", nullable=True),  # the last one that began to send it
    UniqueConstraint("person_id", "key"),
    # News of a ticket that wait for the clock: whatever comes until it has come to them is told with them.
    Index(
        "uq_direct_message_news",
        "ticket_id",
        "person_id",
        unique=True,
        postgresql_where=text("kind = 'watched' AND state = 'owed' AND due_at IS NOT NULL"),
    ),
    # When somebody was last told news of a ticket, or is just being told.
    Index(
        "ix_direct_message_told",
        "ticket_id",
        "person_id",
        "settled_at",
        postgresql_where=text("state IN ('told', 'owed')"),
    ),
    Index("ix_direct_message_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    # Whom nobody found in Slack.
    Index("ix_direct_message_missed", "settled_at", postgresql_where=text("why = 'not in Slack'")),
    # What is forgotten one day.
    Index("ix_direct_message_settled", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
)
