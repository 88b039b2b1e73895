"""What happens to a ticket by itself when it leaves a status or comes into one (SPEC 3.2). Pure.

The playbook is what allows it. It starts nothing else: only a move does. What goes to the customer does not stand here,
but in `stage_messages.py`, because it reaches outside.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from core.errors import NotFound, Refused
from ticketing.activity.record import Record, Value
from ticketing.collaboration.due import promise
from ticketing.collaboration.hand_off import pass_on
from ticketing.collaboration.tags import retag
from ticketing.people.actor import AUTOMATION
from ticketing.people.person import Team
from ticketing.playbook.actions import AddTag, HandToTeam, RemoveTag, SetDue, SetPriority, StageAction
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.tickets import changes
from ticketing.tickets.changes import Changed
from ticketing.tickets.ticket import Ticket

OnTicket = SetPriority | HandToTeam | AddTag | RemoveTag | SetDue


def actions_between(origin: str, to: str, rules: Lifecycle) -> tuple[StageAction, ...]:
    """All that the way from one status to another brings about, in order. Statuses of another lifecycle: nothing."""
    if not (rules.understands(origin) and rules.understands(to)):
        return ()
    return (*rules.status(origin).on_leave, *rules.status(to).on_enter)


def carried_out(
    ticket: Ticket, actions: Iterable[StageAction], *, teams: Mapping[str, Team], at: datetime
) -> list[Changed]:
    """Each change to the ticket that these actions make, one after another. `teams` by name in small letters."""
    done: list[Changed] = []
    for action in actions:
        if isinstance(action, OnTicket):
            done.append(_carried_out(done[-1].ticket if done else ticket, action, teams, at))
    return done


def _carried_out(ticket: Ticket, action: OnTicket, teams: Mapping[str, Team], at: datetime) -> Changed:
    try:
        return _change(ticket, action, teams, at)
    except Refused as refusal:  # a tag too many: that is no reason to hold the ticket back
        why: dict[str, Value] = {"action": type(action).__name__, "why": refusal.message}
        return Changed(ticket, Record("stage.skipped", AUTOMATION, at, {}, why))


def _change(ticket: Ticket, action: OnTicket, teams: Mapping[str, Team], at: datetime) -> Changed:
    match action:
        case SetPriority(to):
            return changes.set_priority(ticket, to, by=AUTOMATION, at=at)
        case HandToTeam(name):
            team = teams.get(name.lower())
            if team is None:  # renamed since the playbook was applied
                raise NotFound(f"There is no team {name}.")
            return pass_on(ticket, team, by=AUTOMATION, at=at) if team.id != ticket.team_id else Changed(ticket)
        case AddTag(tag):
            return retag(ticket, add=[tag], by=AUTOMATION, at=at)
        case RemoveTag(tag):
            return retag(ticket, remove=[tag], by=AUTOMATION, at=at)
        case SetDue(after):
            return promise(ticket, at + after, by=AUTOMATION, at=at)
