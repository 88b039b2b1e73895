"""How far the AI goes with a type, every move of it, and the cases that it is measured by."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.metadata import instant, key, metadata, word

# Append-only; of each type the newest is in force. Each run reads it: one look into the index of its unique constraint.
autonomy_move = Table(
    "autonomy_move",
    metadata,
    key(),
    word("type"),
    Column("place", Integer, nullable=False),
    instant("at"),
    word("was"),
    word("level"),
    word("how"),
    word("why"),
    Column("by", ForeignKey("person.id")),
    word("name", nullable=True),
    Column("right", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("over", Integer, nullable=False),
    Column("precision", Float, nullable=False),
    Column("cases", JSONB, nullable=False),
    Column("undone", Uuid),
    UniqueConstraint("type", "place"),
)

# What people have said of a run by what they did.
autonomy_case = Table(
    "autonomy_case",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    word("type"),
    Column("place", Integer, nullable=False),
    word("level"),
    instant("at"),
    word("sign"),
    # The newest of one level, however many there were before.
    Index("ix_autonomy_case_newest", "type", "place", "level", "at"),
)
