"""The record of changes: append-only streams, each a hash chain with its head beside it, and signed checkpoints."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint, Uuid, text, true
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, key, metadata, word

activity = Table(
    "activity",
    metadata,
    key(),
    word("stream_kind"),
    Column("stream_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    word("kind"),
    word("actor_kind"),
    Column("actor_id", Uuid),
    word("actor_name"),
    instant("at"),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    word("previous"),
    word("hash"),
    UniqueConstraint("stream_kind", "stream_id", "seq"),
)

activity_head = Table(
    "activity_head",
    metadata,
    Column("stream_kind", Text, primary_key=True),
    Column("stream_id", Uuid, primary_key=True),
    Column("seq", Integer, nullable=False),
    word("hash"),
    # Changed since its last checkpoint. It changes once in an hour, so that most updates of a head touch no index.
    Column("pending", Boolean, nullable=False, server_default=true()),
    Index("ix_activity_head_pending", "stream_kind", "stream_id", postgresql_where=text("pending")),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    instant("at"),
    word("previous"),
    Column("size", Integer, nullable=False),
    word("root"),
    Column("streams", BigInteger, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("left_out", Integer, nullable=False),
    word("key"),
    word("digest"),
    word("signature"),
)

# The heads that each checkpoint covers, at their places among its leaves.
checkpoint_head = Table(
    "checkpoint_head",
    metadata,
    Column("stream_kind", Text, primary_key=True),
    Column("stream_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    word("hash"),
    UniqueConstraint("number", "place"),
)
