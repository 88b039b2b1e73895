"""Merges of customers, with what is needed to undo each."""

from sqlalchemy import Column, ForeignKey, Index, Table, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from storage.tables.metadata import instant, key, metadata, word

customer_merge = Table(
    "customer_merge",
    metadata,
    key(),
    Column("survivor_id", ForeignKey("customer.id"), nullable=False, index=True),
    Column("absorbed_id", ForeignKey("customer.id"), nullable=False),
    word("reason"),
    Column("by_id", ForeignKey("person.id")),
    word("by_name"),
    instant("at"),
    Column("identities", ARRAY(Uuid), nullable=False),
    Column("conversations", ARRAY(Uuid), nullable=False),
    Column("tickets", ARRAY(Uuid), nullable=False),
    Column("before", JSONB, nullable=False),
    Column("filled", JSONB, nullable=False),
    instant("undone_at", nullable=True),
    word("undone_by", nullable=True),
    Index("ix_customer_merge_absorbed_id", "absorbed_id", "at"),
    # Nobody is absorbed twice at a time.
    Index("uq_customer_merge_standing", "absorbed_id", unique=True, postgresql_where=text("undone_at IS NULL")),
)
