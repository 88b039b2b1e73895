"""How far each feed has been read, and whether its provider answers."""

from sqlalchemy import PrimaryKeyConstraint, Table

from storage.tables.metadata import instant, metadata, word

# A handful of rows: one for each account whose events we fetch.
feed = Table(
    "feed",
    metadata,
    word("channel"),
    word("account"),
    word("cursor", nullable=True),  # the provider's own; everything before it is in the inbox
    instant("looked_at"),  # the last time that we asked, with or without success
    word("error", nullable=True),  # why the last look failed
    instant("error_since", nullable=True),
    PrimaryKeyConstraint("channel", "account"),
)
