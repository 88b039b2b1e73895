"""Hand a ticket to another team, with its whole history (SPEC 2.7, 9). Its owner stays accountable."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Stream, Value
from ticketing.collaboration.watching import team_of
from ticketing.conversations.conversation import Conversation
from ticketing.people.actor import AUTOMATION, Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person, Team, still_here
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed, require_standing, require_unchanged
from ticketing.tickets.comment import comment_with
from ticketing.tickets.events import TicketHandedOff
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


class HandOffRefused(Refused):
    """The colleague who is to have it is not of that team."""


def pass_on(
    ticket: Ticket, team: Team, to: Person | None = None, *, by: Actor, at: datetime, note: str = ""
) -> Changed:
    """The ticket is the team's, and `to`'s, or nobody's in particular.

    Its assignee may do this; choosing a colleague is for those who may assign. Raises HandOffRefused,
    PermissionRefused, TicketIsDiscarded.
    """
    to_id = to.id if to else None
    if (team.id, to_id) == (ticket.team_id, ticket.assignee_id):
        return Changed(ticket)
    require_standing(ticket)
    require(by, Act.HAND_OFF, ticket)
    if to is not None and to.id != by.id:
        require(by, Act.ASSIGN_OTHER, ticket)
    if to is not None and team.id not in to.teams:
        raise HandOffRefused(f"{to.name} is not of team {team.name}. Choose somebody who is, or nobody.")
    before: dict[str, Value] = {"team": _text(ticket.team_id), "assignee": _text(ticket.assignee_id)}
    after: dict[str, Value] = {"team": str(team.id), "name": team.name, "assignee": _text(to_id)}
    record = Record("ticket.handed_off", by, at, before, after | ({"note": note} if note else {}))
    by_hand = by.person is not None  # the desk's own rules send a ticket where it belongs; people give it away
    changed = replace(ticket.touched(at), team_id=team.id, assignee_id=to_id, hand_offs=ticket.hand_offs + by_hand)
    return Changed(changed, record, TicketHandedOff(ticket_id=ticket.id, at=at))


async def hand_off(
    ticket_id: UUID,
    team_id: UUID,
    *,
    to: UUID | None = None,
    by: Person,
    note: str = "",
    request: str | None = None,
    seen: int | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """`to` is a person of that team. Whoever held the conversation for this ticket alone holds it no longer.

    The `note` is a comment, too, so that it stands where the team works. `request` names the submission of a form:
    the same one twice is one comment.

    Raises as `pass_on`, TextRefused, ChangedMeanwhile, NotFound.
    """
    async with uow:
        conversation = await uow.conversations.lock_of(ticket_id)
        tickets = {each.id: each for each in await uow.tickets.lock_recent(conversation.id)}
        ticket = tickets.pop(ticket_id, None) or await uow.tickets.lock(ticket_id)
        team = await team_of(team_id, uow)
        colleague = still_here(await uow.people.get(to)) if to is not None else None
        change = pass_on(ticket, team, colleague, by=person_acting(by), at=now, note=note)
        if change.record is not None:  # pressed twice, the first time counted
            require_unchanged(ticket, seen)
            if ticket.assignee_id is not None:
                others = tickets.values()
                await _release(conversation, ticket.assignee_id, others, by=person_acting(by), uow=uow, now=now)
        handed = await save_change(change, uow=uow)
        if note and (change.record is not None or request is not None):
            await comment_with(handed, note, by=by, source=request, uow=uow, now=now)
        return handed


async def release(ticket_id: UUID, holder: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """The desk's own rule took the ticket from this person and gave it to a team. Safe to repeat, and to come late."""
    async with uow:
        conversation = await uow.conversations.lock_of(ticket_id)
        if conversation.awaiting_since is None:  # else they hold what waits for people
            tickets = await uow.tickets.lock_recent(conversation.id)
            await _release(conversation, holder, tickets, by=AUTOMATION, uow=uow, now=now)


async def _release(
    conversation: Conversation,
    holder: UUID,
    others: Iterable[Ticket],
    *,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Else nobody of the other team could claim the conversation, or would be told that a colleague has it."""
    if conversation.assignee_id != holder:
        return
    if any(each.is_live and each.assignee_id == holder for each in others):
        return
    await uow.conversations.save(replace(conversation, assignee_id=None, version=conversation.version + 1))
    record = Record("conversation.released", by, now, {"assignee": str(holder)}, {"assignee": None})
    await uow.activity.append(Stream("conversation", conversation.id), [record])


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
