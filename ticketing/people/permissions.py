"""Who may do what (SPEC 2.7). The one permission function: Slack, web, API, automations and AI all end here."""

from enum import StrEnum

from core.errors import Refused
from ticketing.people.actor import Actor, ActorKind
from ticketing.people.person import Role
from ticketing.tickets.ticket import Ticket


class Act(StrEnum):
    """What somebody wants to do, in the words of a refusal: "You may not <act>"."""

    CREATE = "create tickets"
    COMMENT = "comment"
    REPLY = "reply to the customer"
    CLAIM = "claim this conversation"
    ASSIGN_SELF = "take this ticket"
    ASSIGN_OTHER = "assign this ticket to somebody else"
    SET_PRIORITY = "change the priority"
    CHANGE_STATUS = "change the status"
    CORRECT = "correct what the AI made of this"
    WITHDRAW_OTHER = "undo a colleague's reply"
    SET_STATE = "snooze or resolve this conversation"
    BLOCK = "block a sender"
    UNBLOCK = "unblock a sender"
    CHANGE_CUSTOMER = "change a customer"
    MERGE_CUSTOMERS = "merge customers"


class PermissionRefused(Refused):
    """This actor may not do this to this ticket."""


_ANY_AGENT = {
    Act.CREATE,
    Act.COMMENT,
    Act.REPLY,
    Act.CLAIM,
    Act.ASSIGN_SELF,
    Act.CORRECT,
    Act.SET_STATE,
    Act.BLOCK,
    Act.CHANGE_CUSTOMER,
    Act.MERGE_CUSTOMERS,
}
_ASSIGNEE_OR_ADMIN = {Act.SET_PRIORITY, Act.CHANGE_STATUS}

# What the desk's own automatic parts may do without a person. The AI opens tickets; the rest is granted by lifecycles.
_GRANTED: dict[ActorKind, set[Act]] = {
    ActorKind.AI: {Act.CREATE},
    ActorKind.SYSTEM: {
        Act.CREATE,
        Act.ASSIGN_OTHER,
        Act.CHANGE_STATUS,
        Act.BLOCK,
        Act.UNBLOCK,
        Act.CHANGE_CUSTOMER,
        Act.MERGE_CUSTOMERS,
    },
    ActorKind.AUTOMATION: set(),
    ActorKind.CUSTOMER: set(),
    ActorKind.AGENT: set(),
}


def may(actor: Actor, act: Act, ticket: Ticket | None = None) -> bool:
    """Whether the actor may do this, to this ticket where one is concerned."""
    person = actor.person
    if person is None:
        return act in _GRANTED[actor.kind]
    if act in _ANY_AGENT or person.role is Role.ADMIN:
        return True
    if act is Act.UNBLOCK:
        return person.role is Role.SUPERVISOR
    if ticket is None:
        return False
    supervises = person.role is Role.SUPERVISOR and ticket.team_id in person.teams
    return supervises or (act in _ASSIGNEE_OR_ADMIN and ticket.assignee_id == person.id)


def require(actor: Actor, act: Act, ticket: Ticket | None = None) -> None:
    """Raises PermissionRefused, with who could."""
    if may(actor, act, ticket):
        return
    mine = act in _ASSIGNEE_OR_ADMIN
    who = "its assignee, a supervisor of its team or an admin" if mine else "a supervisor of its team or an admin"
    if act is Act.UNBLOCK:
        who = "a supervisor or an admin"
    hint = " Claim it first." if mine and ticket is not None and ticket.assignee_id is None else ""
    raise PermissionRefused(f"You may not {act.value}: that is for {who}.{hint}")
