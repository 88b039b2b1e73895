"""The record of changes: append-only streams, each a hash chain with its head beside it."""

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint, Uuid
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
)
