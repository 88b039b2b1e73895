"""Hand a ticket back to the AI, which had left it to people."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation
from ticketing.people.actor import Actor, ActorKind, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.playbook.resolving import Autonomy
from ticketing.ports import UnitOfWork
from ticketing.resolution.begin import beyond, is_sure
from ticketing.resolution.ground import taken_away
from ticketing.tickets.changes import Changed, require_standing, require_unchanged
from ticketing.tickets.events import ConversationChanged, TicketHandedBack
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


class NotForTheAI(Refused):
    """The AI would do nothing with the ticket."""


def handed_back(ticket: Ticket, *, by: Actor, at: datetime, works: bool = False) -> Changed:
    """The AI may work on it again. `works`: it will, so that nobody has the ticket any more.

    Raises PermissionRefused, TicketIsDiscarded, TicketIsMerged.
    """
    if ticket.escalated_at is None:
        return Changed(ticket)
    require_standing(ticket)
    require(by, Act.HAND_BACK, ticket)
    had = {"assignee": str(ticket.assignee_id)} if works and ticket.assignee_id is not None else {}
    before = {"escalated": ticket.escalated_at.isoformat(), **had}
    record = Record("ticket.handed_back", by, at, before, dict.fromkeys(before))
    after = replace(ticket.touched(at), escalated_at=None, assignee_id=None if works else ticket.assignee_id)
    return Changed(after, record, TicketHandedBack(ticket_id=ticket.id, at=at))


async def hand_back(ticket_id: UUID, *, by: Person, seen: int | None = None, uow: UnitOfWork, now: datetime) -> Ticket:
    """Rules that still hold do not escalate it anew. Where the AI resolves such tickets, it begins another run, and
    whoever had the ticket and its conversation has them no more.

    Raises as `handed_back`, NotForTheAI, ChangedMeanwhile, NotFound.
    """
    actor = person_acting(by)
    async with uow:
        conversation = await uow.conversations.lock_of(ticket_id)
        ticket = await uow.tickets.lock(ticket_id)
        policy = (await uow.playbook()).type(ticket.type).ai
        works = policy.autonomy is not Autonomy.OFF and ticket.reporter == ActorKind.AI and bool(policy.recipes)
        change = handed_back(ticket, by=actor, at=now, works=works)
        if change.record is not None:  # pressed twice, the first time counted
            require_unchanged(ticket, seen)
            if works:
                let_go = conversation.assignee_id in (by.id, ticket.assignee_id)
                free = replace(conversation, assignee_id=None) if let_go else conversation
                await _require_work(change.ticket, free, uow=uow, now=now)
                if free != conversation:
                    await _release(conversation, by=actor, uow=uow, now=now)
        return await save_change(change, uow=uow)


async def _require_work(ticket: Ticket, conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> None:
    """Raises NotForTheAI: handed back, nobody would work on it."""
    policy = (await uow.playbook()).type(ticket.type).ai
    ground = await uow.grounds.of(ticket.id)
    why = taken_away(ticket, conversation, ground, policy, since=now)
    if why is None and policy.in_force(ground.level) is Autonomy.SHADOW:
        why = "it only tries such tickets out now"
    if why is None and not is_sure(ground, policy):
        why = "it is not sure enough what the customer wants"
    if why is None and beyond(await uow.runs.spent(ticket.type, ticket.id, at=now), policy):
        why = "it has tried as often, or cost as much, as the playbook lets it"
    if why is not None:
        raise NotForTheAI(f"The AI would do nothing with this ticket: {why}. It stays with people.")


async def _release(conversation: Conversation, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    await uow.conversations.save(replace(conversation, assignee_id=None, version=conversation.version + 1))
    before = {"assignee": str(conversation.assignee_id)}
    record = Record("conversation.released", by, now, before, {"assignee": None})
    await uow.activity.append(Stream("conversation", conversation.id), [record])
    uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))
