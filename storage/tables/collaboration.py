"""Working on tickets together: who watches them, how they are linked, which are merged."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from storage.tables.metadata import instant, key, metadata, word

ticket_watcher = Table(
    "ticket_watcher",
    metadata,
    key(),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("team_id", ForeignKey("team.id"), index=True),
    word("because"),
    instant("since"),
    UniqueConstraint("ticket_id", "person_id", name="uq_ticket_watcher_person"),
    UniqueConstraint("ticket_id", "team_id", name="uq_ticket_watcher_team"),
    CheckConstraint("num_nonnulls(person_id, team_id) = 1", name="ck_ticket_watcher_one"),
)

ticket_link = Table(
    "ticket_link",
    metadata,
    key(),
    word("kind"),
    Column("origin_id", ForeignKey("ticket.id"), nullable=False),
    Column("target_id", ForeignKey("ticket.id"), nullable=False),
    word("by_name"),
    instant("at"),
    UniqueConstraint("origin_id", "kind", "target_id", name="uq_ticket_link_both"),
    Index("ix_ticket_link_target", "target_id", "kind"),
    # A child has one parent.
    Index("uq_ticket_link_parent", "target_id", unique=True, postgresql_where=text("kind = 'parent_of'")),
)

ticket_merge = Table(
    "ticket_merge",
    metadata,
    key(),
    Column("survivor_id", ForeignKey("ticket.id"), nullable=False),
    Column("absorbed_id", ForeignKey("ticket.id"), nullable=False),
    Column("by_id", ForeignKey("person.id"), nullable=False),
    word("by_name"),
    instant("at"),
    # What the survivor did not have before.
    Column("messages", ARRAY(Uuid), nullable=False),
    Column("comments", ARRAY(Uuid), nullable=False),
    Column("watchers", ARRAY(Uuid), nullable=False),  # people and teams
    Column("tags", ARRAY(Text), nullable=False),
    instant("undone_at", nullable=True),
    word("undone_by", nullable=True),
    # A ticket is in one other at most.
    Index("uq_ticket_merge_standing", "absorbed_id", unique=True, postgresql_where=text("undone_at IS NULL")),
    Index("ix_ticket_merge_survivor", "survivor_id", postgresql_where=text("undone_at IS NULL")),
)
