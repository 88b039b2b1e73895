"""The message templates that providers know."""

from sqlalchemy import Boolean, Column, Index, Table, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, key, metadata, word

template = Table(
    "template",
    metadata,
    key(),
    word("channel"),
    word("provider_id"),
    word("name"),
    word("language"),
    word("body"),
    Column("variables", JSONB, nullable=False),  # their names, in the order of the body
    word("status"),
    word("category", nullable=True),
    word("why", nullable=True),
    Column("is_fallback", Boolean, nullable=False, server_default=text("false")),
    instant("synced_at"),
    UniqueConstraint("channel", "provider_id"),
    # One a channel.
    Index("ix_template_fallback", "channel", unique=True, postgresql_where=text("is_fallback")),
)
