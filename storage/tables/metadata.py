"""One metadata for all tables, with names for constraints so that migrations can refer to them."""

from sqlalchemy import Column, DateTime, MetaData, Text, Uuid

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Words still to be entered into an index of words: every search looks through them, so there are not to be many (kB).
WORDS_WAITING = {"gin_pending_list_limit": "512"}


def key() -> "Column[object]":
    """A primary key that the program makes (core.ids.new_id)."""
    return Column("id", Uuid, primary_key=True)


def instant(name: str, *, nullable: bool = False) -> "Column[object]":
    """An aware instant."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def word(name: str, *, nullable: bool = False) -> "Column[object]":
    """Text of any length; PostgreSQL gains nothing from a limit."""
    return Column(name, Text, nullable=nullable)
