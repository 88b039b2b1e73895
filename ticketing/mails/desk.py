"""The part of the desk about what is particular to mails. `ticketing/desk.py` is the whole of it."""

from dataclasses import dataclass
from uuid import UUID

from ticketing.mails.match import join, keep_apart
from ticketing.part import Part
from ticketing.people.person import Person


@dataclass(frozen=True, slots=True)
class Mailroom(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def join_match(self, conversation_id: UUID, *, by: Person, seen: int | None = None) -> None:
        """It goes on with the conversation that it may belong to. Raises MatchDecided, ChangedMeanwhile, NotFound."""
        await join(conversation_id, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def keep_apart(self, conversation_id: UUID, *, by: Person, seen: int | None = None) -> None:
        """It is a conversation of its own. Raises MatchDecided, ChangedMeanwhile, NotFound."""
        await keep_apart(conversation_id, by=by, seen=seen, uow=self.start(), now=self.clock())
