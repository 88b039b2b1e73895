"""A run as people name it on the command line."""

from uuid import UUID

from core.errors import NotFound
from storage.database import Session
from storage.queries.run_lists import newest_of


async def run_called(said: str, session: Session) -> UUID:
    """`said`: as `runs list` prints it; or "12" or "#12", the newest run over that ticket. Raises NotFound."""
    if (number := said.removeprefix("#")).isdecimal() and len(number) < 10:
        return await newest_of(session, int(number))
    try:
        return UUID(said)
    except ValueError:
        raise NotFound(f"“{said[:60]}” is neither a run nor a ticket's number: see `threadline runs list`.") from None
