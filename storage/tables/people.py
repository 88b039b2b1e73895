"""People and teams of the desk."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, UniqueConstraint, text

from storage.tables.metadata import key, metadata, word

person = Table("person", metadata, key(), word("name"), word("email"), word("role"), UniqueConstraint("email"))

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
