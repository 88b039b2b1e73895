"""Providers' events as they came in, and the starts of jobs."""

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, LargeBinary, Table, UniqueConstraint, text

from storage.tables.metadata import instant, metadata, word

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    word("channel"),
    word("key"),
    word("url"),
    Column("body", LargeBinary, nullable=False),
    instant("received_at"),
    word("outcome", nullable=True),  # null until a worker has settled it
    word("note", nullable=True),
    instant("settled_at", nullable=True),
    UniqueConstraint("channel", "key"),
    Index("ix_inbox_settled_at", "settled_at", postgresql_where=text("outcome IN ('filed', 'ignored')")),
    # What blocked senders sent: `note` is their address.
    Index("ix_inbox_blocked", "channel", "note", postgresql_where=text("outcome = 'blocked'")),
    Index(
        "ix_inbox_apart",
        "channel",
        "outcome",
        "settled_at",
        postgresql_where=text("outcome IN ('set_aside', 'blocked')"),
    ),
    Index("ix_inbox_trouble", "received_at", postgresql_where=text("outcome IN ('unreadable', 'unmatched')")),
)

# PgQueuer does not count a run that died with its process. Unlogged: a crash of PostgreSQL may forget it.
job_start = Table(
    "job_start",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("starts", Integer, nullable=False),
    prefixes=["UNLOGGED"],
)
