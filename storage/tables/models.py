"""The models that somebody else runs for us: what each call cost, and whether any brain is asked at all."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.types import Uuid

from storage.tables.metadata import instant, key, metadata, word

model_call = Table(
    "model_call",
    metadata,
    key(),
    Column("conversation_id", ForeignKey("conversation.id")),
    Column("triage_id", Uuid),  # no foreign key: the call comes before its triage, and may come to none
    word("purpose"),
    word("brain"),
    word("model"),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cache_write_tokens", Integer, nullable=False),
    Column("cache_read_tokens", Integer, nullable=False),
    Column("cost", BigInteger, nullable=False),  # micro-dollars
    Column("took_ms", Float, nullable=False),
    word("outcome"),
    word("request_id", nullable=True),
    instant("at"),
    Column("run_id", Uuid),  # no foreign key either: what it costs is kept whatever becomes of the run
    Index("ix_model_call_at", "at"),
    Index("ix_model_call_run", "run_id", postgresql_where=text("run_id IS NOT NULL")),
)

# Switches for the whole desk. A handful of rows, put in by migrations.
switch = Table(
    "switch",
    metadata,
    Column("name", Text, primary_key=True),
    Column("is_on", Boolean, nullable=False),
    instant("since"),
)
