"""What a run stands on beside its ticket, and what takes that away: pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.conversations.conversation import Conversation
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.resolving import Autonomy
from ticketing.tickets.ticket import Ticket
from ticketing.triage.record import Trigger


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer wrote last in the ticket's room. `concerns`: it is about this ticket in particular.

    `at`: when it came in; `before`: when what they wrote there before that did. `replies_to`: the key of the message
    that they quote.
    """

    message_id: UUID
    text: str
    concerns: bool
    at: datetime
    before: datetime | None = None
    has_file: bool = False
    replies_to: str | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """As it is now. `trigger` and `confidence`: of the newest understanding of the ticket.

    `is_proven`: it is certain that the customer wrote all of what stands in its room as theirs. `is_being_read`: they
    have written something that is still to be understood. `heard_at`: when they wrote or edited something there last;
    `touched_at`: when a person of the desk did.
    """

    ai_is_on: bool
    trigger: Trigger | None
    confidence: float
    language: str | None  # the customer's, as "pt-BR", or what they wrote last
    is_proven: bool
    is_blocked: bool
    is_being_read: bool
    heard_at: datetime | None
    touched_at: datetime | None
    said: Said | None


class Grounds(Protocol):
    async def of(self, ticket_id: UUID) -> Ground:
        """One statement. Whoever has the conversation locked reads what stays so. Raises NotFound."""
        ...


def taken_away(
    ticket: Ticket,
    conversation: Conversation,
    ground: Ground,
    policy: AiPolicy,
    *,
    since: datetime | None = None,
    agreed: UUID | None = None,
) -> str | None:
    """Why the AI does nothing (more) with the ticket, in words; None: it may.

    `since`: what people did before that is no reason. `agreed`: who said that it may, whose ticket it may be.
    """
    holder = ticket.assignee_id or conversation.assignee_id
    touched = ground.touched_at is not None and (since is None or ground.touched_at > since)
    reasons = (
        (ticket.discarded_at is not None, "somebody said that it is no ticket"),
        (ticket.merged_into is not None, "it goes on as another ticket"),
        (not ticket.is_live, "it is settled"),
        (ticket.escalated_at is not None, "a rule has handed it to people"),
        (policy.autonomy is Autonomy.OFF, "the playbook leaves these tickets to people"),
        (not ground.ai_is_on, "the AI is switched off"),
        (holder is not None and holder != agreed, "a colleague has it"),
        (touched and agreed is None, "a colleague has written about it"),
        (ground.is_blocked, "its sender is blocked"),
        (ground.heard_at is None, "nothing that the customer wrote belongs to it"),
        (conversation.is_group, "several people write there"),
    )
    return next((words for is_so, words in reasons if is_so), None)
