"""What a run stands on beside its ticket, and what takes that away: pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.conversations.conversation import Conversation
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import Run, RunState
from ticketing.tickets.ticket import Ticket
from ticketing.triage.record import Trigger

_UP_TO_PEOPLE = frozenset({RunState.SUGGESTED, RunState.WAITING_FOR_APPROVAL})


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
    have written something that is still to be understood. `heard`: names the last that they wrote or edited there, by
    the order in which it reached the ticket: what was sent earlier may come later, and nobody has read it yet.

    `answered_at`: when a person of the desk wrote there last; `commented_at`: when they wrote to each other. Neither
    counts what was there before somebody said "do it" to the open run, nor what that person wrote since; nor do
    comments from before its approval. `holder_then`: whose ticket it was when somebody said so. `level`: how far the
    AI goes with the type, where it was ever moved.
    """

    ai_is_on: bool
    trigger: Trigger | None
    confidence: float
    language: str | None  # the customer's, as "pt-BR", or what they wrote last
    is_proven: bool
    is_blocked: bool
    is_being_read: bool
    heard: UUID | None
    answered_at: datetime | None
    commented_at: datetime | None
    said: Said | None
    holder_then: UUID | None = None
    level: Autonomy | None = None


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
    run: Run | None = None,
) -> str | None:
    """Why the AI does nothing (more) with the ticket, in words; None: it may.

    `since`: what people did before that is no reason. `run`: that it works on already. While that waits for people,
    they may talk about it; and whoever thinks about a suggestion, or has said "do it", may have the ticket.
    """
    state = run.state if run is not None else None
    since = run.begun_at if run is not None else since
    holder = ticket.assignee_id or conversation.assignee_id
    may_hold = {None, run.agreed, ground.holder_then} if run is not None and run.agreed is not None else {None}
    held = state is not RunState.SUGGESTED and holder not in may_hold
    talked = state not in _UP_TO_PEOPLE and _after(ground.commented_at, since)
    reasons = (
        (ticket.discarded_at is not None, "somebody said that it is no ticket"),
        (ticket.merged_into is not None, "it goes on as another ticket"),
        (not ticket.is_live, "it is settled"),
        (ticket.escalated_at is not None, "a rule has handed it to people"),
        (policy.autonomy is Autonomy.OFF, "the playbook leaves these tickets to people"),
        (not ground.ai_is_on, "the AI is switched off"),
        (held, "a colleague has it"),
        (_after(ground.answered_at, since), "a colleague has answered the customer"),
        (talked, "a colleague has written about it"),
        (ground.is_blocked, "its sender is blocked"),
        (ground.heard is None, "nothing that the customer wrote belongs to it"),
        (conversation.is_group, "several people write there"),
    )
    return next((words for is_so, words in reasons if is_so), None)


def _after(at: datetime | None, since: datetime | None) -> bool:
    return at is not None and (since is None or at > since)
