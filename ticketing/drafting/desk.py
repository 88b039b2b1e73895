"""The part of the desk that suggests replies. `ticketing/desk.py` is the whole of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ticketing.drafting.ports import AskedDraft
from ticketing.drafting.suggest import ask_for_draft, asked_draft, begin_draft, drop_draft
from ticketing.part import Part
from ticketing.people.person import Person


@dataclass(frozen=True, slots=True)
class Drafting(Part):
    """Every method is one transaction and raises leaves of Refused. Who writes is `suggest.py: write_draft`."""

    async def ask_for_draft(self, ticket_id: UUID, form: Mapping[str, str], *, by: Person) -> AskedDraft:
        """Note it; nobody writes before `begin_draft`. Raises AiOff, BeingWritten."""
        return await ask_for_draft(ticket_id, form, by=by, uow=self.start(), now=self.clock())

    async def begin_draft(self, draft_id: UUID, form: Mapping[str, str], *, by: Person) -> None:
        """Write, for the form that waits now."""
        await begin_draft(draft_id, form, by=by, uow=self.start(), now=self.clock())

    async def drop_draft(self, draft_id: UUID, *, by: Person) -> None:
        """Instead of `begin_draft`: no form waits for it."""
        await drop_draft(draft_id, by=by, uow=self.start())

    async def asked_draft(self, draft_id: UUID, *, by: Person) -> AskedDraft:
        """What they asked for."""
        return await asked_draft(draft_id, by=by, uow=self.start())
