"""Saving a move, with all that its lifecycle does by itself on that way (SPEC 3.2). All who move a ticket end here."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ticketing.people.person import Team
from ticketing.playbook.actions import HandToTeam, StageAction, ToCustomer
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed
from ticketing.tickets.events import StagePassed, StagePassedQuietly, TicketTaken
from ticketing.tickets.save import save_change
from ticketing.tickets.stage_actions import actions_between, carried_out
from ticketing.tickets.ticket import Ticket


async def save_move(
    before: Ticket,
    moved: Changed,
    *,
    first: Sequence[Changed] = (),
    silent: bool = False,
    rules: Lifecycle,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """Save what `changes.move` made of the locked ticket `before`, with all that its lifecycle does by itself on that
    way. `first` are changes that were made before the move, and are saved with it. `silent`: who moves it tells the
    customer themselves, so its saved replies and offers stay unsaid. Returns how it stands now.
    """
    if moved.record is None:
        return await save_change(*first, moved, uow=uow)
    actions = actions_between(before.status, moved.ticket.status, rules)
    done = carried_out(moved.ticket, actions, teams=await _teams(actions, uow), at=now)
    if any(isinstance(each, ToCustomer) for each in actions):
        there = moved.ticket
        passed = StagePassedQuietly if silent else StagePassed
        uow.emit(passed(ticket_id=there.id, origin=before.status, to=there.status, version=there.version, at=now))
    after = await save_change(*first, moved, *done, uow=uow)
    if before.assignee_id is not None and after.assignee_id is None:
        uow.emit(TicketTaken(ticket_id=after.id, person_id=before.assignee_id, at=now))
    return after


async def _teams(actions: Sequence[StageAction], uow: UnitOfWork) -> Mapping[str, Team]:
    if not any(isinstance(each, HandToTeam) for each in actions):
        return {}
    return {team.name.lower(): team for team in await uow.people.teams()}
