"""The part of the desk about what is particular to mails. `ticketing/desk.py` is the whole of it."""

from dataclasses import dataclass
from uuid import UUID

from ticketing.mails.allow import allow_address
from ticketing.mails.by_hand import file_by_hand
from ticketing.mails.envelope import Envelope, envelope
from ticketing.mails.match import join, keep_apart
from ticketing.mails.suppressed import Suppressed
from ticketing.part import Part
from ticketing.people.actor import acting
from ticketing.people.person import Person


@dataclass(frozen=True, slots=True)
class Mailroom(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def join_match(self, conversation_id: UUID, *, by: Person, seen: int | None = None) -> None:
        """It goes on with the conversation that it may belong to. Raises MatchDecided, ChangedMeanwhile, NotFound."""
        await join(conversation_id, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def envelope(self, conversation_id: UUID) -> Envelope:
        """Whom an answer by mail goes to. Raises NotFound."""
        return await envelope(conversation_id, uow=self.start())

    async def keep_apart(self, conversation_id: UUID, *, by: Person, seen: int | None = None) -> None:
        """It is a conversation of its own. Raises MatchDecided, ChangedMeanwhile, NotFound."""
        await keep_apart(conversation_id, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def file_by_hand(self, event: int, *, by: Person | None = None) -> bool:
        """File as a person's what was set aside; `by` None: at the command line. False: nothing of that number is.

        Raises PermissionRefused.
        """
        return await file_by_hand(event, by=acting(by), uow=self.start(), now=self.clock())

    async def allow_address(self, channel: str, address: str, *, by: Person | None = None) -> Suppressed | None:
        """Send mail there again, though it came back; `by` None: at the command line. None: nothing stood against it.

        Raises PermissionRefused.
        """
        return await allow_address(channel, address, by=acting(by), uow=self.start(), now=self.clock())
