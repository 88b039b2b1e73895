"""The part of the desk by which approvals are asked for and decided. `ticketing/desk.py` is the whole of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.approvals.approval import Approval, Verdict
from ticketing.approvals.ask import ask_about
from ticketing.approvals.decide import decide_approval, require_may_decide
from ticketing.approvals.delegate import (
    StandIn,
    delegate,
    delegate_of,
    dismiss_delegate,
    end_delegation,
    name_delegate,
)
from ticketing.approvals.request import request_approval
from ticketing.fields.values import Raw
from ticketing.part import Part
from ticketing.people.actor import person_acting
from ticketing.people.person import Person
from ticketing.tickets.change_status import NOTHING


@dataclass(frozen=True, slots=True)
class Approving(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def request_approval(
        self,
        ticket_id: UUID,
        to: str,
        why: str,
        *,
        by: Person,
        note: str = "",
        given: Mapping[str, Raw] = NOTHING,
        action: str | None = None,
        seen: int | None = None,
    ) -> Approval:
        """Ask that the ticket may go to `to`, which it then does by itself, with this note. `given` is kept at once.

        Raises as `change_status` does, NothingToApprove, NobodyToAsk.
        """
        return await request_approval(
            ticket_id,
            to,
            why,
            by=person_acting(by),
            note=note,
            given=given,
            action=action,
            seen=seen,
            uow=self.start(),
            now=self.clock(),
        )

    async def approvals_of(self, ticket_id: UUID) -> Sequence[Approval]:
        """Every approval that was ever asked for on this ticket, oldest first."""
        async with self.start() as uow:
            return await uow.approvals.of_ticket(ticket_id)

    async def approval(self, approval_id: UUID) -> Approval:
        """Raises NotFound."""
        async with self.start() as uow:
            return await uow.approvals.get(approval_id)

    async def may_decide(self, approval_id: UUID, *, by: Person) -> Approval:
        """Before a form is opened. Raises as `decide` would."""
        return await require_may_decide(approval_id, by=by, uow=self.start(), now=self.clock())

    async def decide(self, approval_id: UUID, verdict: Verdict, *, by: Person, reason: str = "") -> Approval:
        """Raises AlreadyDecided, ApprovalVoid, ApprovalExpired, ReasonMissing, PermissionRefused, NotFound."""
        return await decide_approval(
            approval_id, verdict, by=person_acting(by), reason=reason, uow=self.start(), now=self.clock()
        )

    async def ask(self, approval_id: UUID, text: str, *, by: Person, source: str | None = None) -> None:
        """A question before deciding, as a comment on the ticket. `source` names the form it was typed into."""
        await ask_about(approval_id, text, by=by, source=source, uow=self.start(), now=self.clock())

    async def delegate(self, email: str, to: str, until: datetime) -> None:
        """Until then, `to` decides what this person may decide. Raises NotFound, DelegationRefused."""
        await delegate(email, to, until, uow=self.start(), now=self.clock())

    async def name_delegate(self, to: Person, until: datetime, *, by: Person) -> None:
        """Until then, `to` decides what `by` may decide. Raises DelegationRefused, PermissionRefused."""
        await name_delegate(to, until, by=by, uow=self.start(), now=self.clock())

    async def dismiss_delegate(self, *, by: Person) -> bool:
        """False: they had none. Raises PermissionRefused."""
        return await dismiss_delegate(by=by, uow=self.start(), now=self.clock())

    async def delegate_of(self, person: Person) -> StandIn | None:
        """Who decides for them now."""
        return await delegate_of(person, uow=self.start(), now=self.clock())

    async def end_delegation(self, email: str) -> bool:
        """False: they had no delegate."""
        return await end_delegation(email, uow=self.start(), now=self.clock())
