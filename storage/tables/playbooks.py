"""Versions of the playbook, and how far tickets have followed each. The one with the highest number is in force."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, metadata, word

playbook_version = Table(
    "playbook_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    word("name"),
    word("text"),  # the document as it was written
    Column("mapping", JSONB, nullable=False),  # what became of statuses, types and categories of all earlier versions
    word("digest"),  # of version, text and mapping: the same digest is the same playbook, in whatever database
    instant("applied_at"),
    word("actor_kind"),
    Column("actor_id", Uuid),
    word("applied_by"),  # the actor's name at that time
)

playbook_migration = Table(
    "playbook_migration",
    metadata,
    Column("version", ForeignKey("playbook_version.version"), primary_key=True, autoincrement=False),
    Column("tickets", Integer, nullable=False),  # that stood elsewhere when it was applied
    Column("retimed", JSONB, nullable=False),  # [type, status] whose tickets may leave them at another time than before
    Column("moved", Integer, nullable=False),
    instant("ended_at", nullable=True),
)
