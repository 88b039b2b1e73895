"""People and teams of the desk."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, Time, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from storage.tables.metadata import instant, key, metadata, word

person = Table(
    "person",
    metadata,
    key(),
    word("name"),
    word("email"),
    word("role"),
    instant("left_at", nullable=True),  # the row stays: their name is on what they did
    UniqueConstraint("email"),
)

team = Table(
    "team",
    metadata,
    key(),
    word("name"),
    word("slack_channel", nullable=True),
    word("intake_channel", nullable=True),  # of the default team: where light cards stand, if not in its channel
    Column("is_default", Boolean, nullable=False),
    UniqueConstraint("name"),
    Index("uq_team_default", "is_default", unique=True, postgresql_where=text("is_default")),
)

team_member = Table(
    "team_member",
    metadata,
    Column("team_id", ForeignKey("team.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
)

# What somebody wants to be told of. One row a person.
preference = Table(
    "preference",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("silenced", ARRAY(Text), nullable=False),  # of what they are not told
    Column("digest", Boolean, nullable=False),
    Column("digest_at", Time, nullable=False),  # by the clock on their wall
    word("zone", nullable=True),
    word("by_mail"),
    instant("next_digest_at", nullable=True),
    # Holds who wants digests: the clock reads what is due.
    Index("ix_preference_next_digest", "next_digest_at", postgresql_where=text("next_digest_at IS NOT NULL")),
)
