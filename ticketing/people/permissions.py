"""Who may do what (SPEC 2.7). The one permission function: Slack, web, API, automations and AI all end here."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from core.errors import Refused
from ticketing.people.actor import Actor, ActorKind
from ticketing.people.person import Person, Role
from ticketing.playbook.approval_rules import Approvers
from ticketing.playbook.grants import Grant, Grants
from ticketing.playbook.lifecycle import Transition
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
    SET_FIELDS = "change what is filled in"
    FILL_FIELDS = "fill in what is empty"
    CORRECT = "correct what the AI made of this"
    WITHDRAW_OTHER = "undo a colleague's reply"
    SET_STATE = "snooze or resolve this conversation"
    BLOCK = "block a sender"
    UNBLOCK = "unblock a sender"
    WRITE_AGAIN = "write again to an address that mail came back from"
    CHANGE_CUSTOMER = "change a customer"
    MERGE_CUSTOMERS = "merge customers"
    CHANGE_PLAYBOOK = "change the playbook"
    WATCH = "watch tickets"
    UNWATCH_OTHER = "take a colleague or team from the watchers"
    TAG = "tag tickets"
    LINK = "link tickets"
    SET_DUE = "change the due date"
    SET_OWNER = "change the owner"
    HAND_OFF = "hand this ticket off"
    HAND_BACK = "hand this ticket back to the AI"
    MERGE = "merge tickets"
    PREFER = "choose what you are told of"
    DELEGATE = "say who decides for you"
    TAKE_OVER = "take a ticket over from the AI"
    CARRY_OUT = "have done what the AI suggests"
    LOOK_UP = "look something up elsewhere"
    RUN_ACTION = "run actions for this ticket"
    SET_AUTONOMY = "say how far the AI goes"


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
    Act.WATCH,
    Act.TAG,
    Act.LINK,
    Act.MERGE,
    Act.PREFER,
    Act.DELEGATE,
    Act.TAKE_OVER,
    Act.LOOK_UP,
}
_ANY_SUPERVISOR = {Act.UNBLOCK, Act.WRITE_AGAIN, Act.SET_AUTONOMY}
_ASSIGNEE_OR_ADMIN = {
    Act.SET_PRIORITY,
    Act.CHANGE_STATUS,
    Act.SET_FIELDS,
    Act.FILL_FIELDS,
    Act.SET_DUE,
    Act.SET_OWNER,
    Act.HAND_OFF,
    Act.CARRY_OUT,
    Act.RUN_ACTION,
    Act.HAND_BACK,
}

# What the desk's own automatic parts may do without a person. The AI opens tickets and fills in what is empty; the rest
# is granted by lifecycles, and what a transition asks for may be given by whoever makes it.
_GRANTED: dict[ActorKind, set[Act]] = {
    ActorKind.AI: {Act.CREATE, Act.FILL_FIELDS},
    ActorKind.SYSTEM: {
        Act.CREATE,
        Act.ASSIGN_OTHER,
        Act.CHANGE_STATUS,
        Act.SET_FIELDS,
        Act.FILL_FIELDS,
        Act.BLOCK,
        Act.UNBLOCK,
        Act.WRITE_AGAIN,
        Act.CHANGE_CUSTOMER,
        Act.MERGE_CUSTOMERS,
        Act.CHANGE_PLAYBOOK,
        Act.SET_AUTONOMY,
    },
    ActorKind.AUTOMATION: {Act.SET_PRIORITY, Act.HAND_OFF, Act.TAG, Act.SET_DUE},
    ActorKind.CUSTOMER: set(),
    ActorKind.AGENT: set(),
}


def may(actor: Actor, act: Act, ticket: Ticket | None = None) -> bool:
    """Whether the actor may do this, to this ticket where one is concerned."""
    person = actor.person
    if person is None:
        return act in _GRANTED[actor.kind]
    if person.has_left:
        return False
    if act in _ANY_AGENT or person.role is Role.ADMIN:
        return True
    if act in _ANY_SUPERVISOR:
        return person.role is Role.SUPERVISOR
    if ticket is None or act is Act.CHANGE_PLAYBOOK:
        return False
    supervises = person.role is Role.SUPERVISOR and ticket.team_id in person.teams
    return supervises or (act in _ASSIGNEE_OR_ADMIN and ticket.assignee_id == person.id)


def require(actor: Actor, act: Act, ticket: Ticket | None = None) -> None:
    """Raises PermissionRefused, with who could."""
    if may(actor, act, ticket):
        return
    mine = act in _ASSIGNEE_OR_ADMIN
    who = "its assignee, a supervisor of its team or an admin" if mine else "a supervisor of its team or an admin"
    if act in _ANY_SUPERVISOR:
        who = "a supervisor or an admin"
    if act is Act.CHANGE_PLAYBOOK:
        who = "an admin"
    hint = " Claim it first." if mine and ticket is not None and ticket.assignee_id is None else ""
    raise PermissionRefused(f"You may not {act.value}: that is for {who}.{hint}")


def require_values(
    actor: Actor, ticket: Ticket, changed: Collection[str], *, asked: Collection[str], free: Collection[str]
) -> None:
    """Whether the actor may give these fields other values. What the transition that they make asks for (`asked`),
    whoever makes it may give. Who is no person fills in what is `free`, no more: nobody's word is overwritten.

    Raises PermissionRefused.
    """
    if not changed or may(actor, Act.SET_FIELDS, ticket):
        return
    theirs = set(changed if may(actor, Act.FILL_FIELDS, ticket) else asked)
    if actor.person is None:
        theirs &= set(free) if actor.kind is not ActorKind.CUSTOMER else set()
    if not theirs.issuperset(changed):
        require(actor, Act.SET_FIELDS, ticket)


def may_move(actor: Actor, transition: Transition, ticket: Ticket) -> bool:
    """Whether the actor may take the ticket along this transition, as its lifecycle grants it."""
    kinds = transition.by.kinds
    person = actor.person
    if person is None:
        return actor.kind is ActorKind.SYSTEM or _MACHINES.get(actor.kind) in kinds
    if person.has_left:
        return False
    if person.role is Role.ADMIN or Grant.AGENT in kinds:
        return True
    supervises = person.role is Role.SUPERVISOR and ticket.team_id in person.teams
    if supervises and not kinds.isdisjoint({Grant.SUPERVISOR, Grant.ASSIGNEE}):
        return True
    if Grant.ASSIGNEE in kinds and ticket.assignee_id == person.id:
        return True
    return not person.team_names.isdisjoint(transition.by.teams)


_MACHINES = {ActorKind.AI: Grant.AI, ActorKind.CUSTOMER: Grant.CUSTOMER, ActorKind.AUTOMATION: Grant.AUTOMATION}


def require_transition(actor: Actor, transition: Transition, ticket: Ticket) -> None:
    """Raises PermissionRefused, with who could."""
    if may_move(actor, transition, ticket):
        return
    mine = Grant.ASSIGNEE in transition.by.kinds and ticket.assignee_id is None
    hint = " Claim it first." if mine and actor.person is not None else ""
    raise PermissionRefused(f"You may not {Act.CHANGE_STATUS.value}: that is for {_who(transition.by)}.{hint}")


_WHO = {
    Grant.AGENT: "anybody of the desk",
    Grant.ASSIGNEE: "its assignee",
    Grant.SUPERVISOR: "a supervisor of its team",
    Grant.ADMIN: "an admin",
    Grant.AI: "the AI",
    Grant.CUSTOMER: "the customer",
    Grant.AUTOMATION: "the desk's own rules",
}


def _who(grants: Grants) -> str:
    """ "its assignee, a supervisor of its team or an admin"."""
    kinds = grants.kinds | {Grant.ADMIN}
    named = [words for grant, words in _WHO.items() if grant in kinds]
    named[-1:-1] = [f"somebody of team {team}" for team in sorted(grants.teams)]
    return _or(named)


def may_decide(person: Person, approvers: Approvers, ticket: Ticket, *, escalated: bool = False) -> bool:
    """Whether the rule names this person for this ticket. `escalated`: admins may, whoever it names.

    That nobody decides what they asked for themselves is for the caller to see to: `approvals/deciding.py`.
    """
    if person.has_left:
        return False
    if person.email in approvers.people or not person.team_names.isdisjoint(approvers.teams):
        return True
    if person.role is Role.ADMIN and escalated:
        return True
    if person.role is Role.SUPERVISOR and Role.SUPERVISOR in approvers.roles:
        return ticket.team_id in person.teams
    return person.role in approvers.roles - {Role.SUPERVISOR}


def require_decider(actor: Actor) -> Person:
    """Who decides about an approval is a person, whatever a playbook grants to others. Raises PermissionRefused."""
    if actor.person is None:
        raise PermissionRefused("You may not decide about an approval: that is for people.")
    return actor.person


def who_decides(approvers: Approvers, *, escalated: bool = False) -> str:
    """ "a supervisor of its team, an admin or ben@example.com"."""
    roles = approvers.roles | ({Role.ADMIN} if escalated else set())
    named = [words for role, words in _APPROVERS.items() if role in roles]
    named += [f"somebody of team {team}" for team in sorted(approvers.teams)] + sorted(approvers.people)
    return _or(named)


_APPROVERS = {Role.AGENT: "an agent", Role.SUPERVISOR: "a supervisor of its team", Role.ADMIN: "an admin"}


def _or(named: Sequence[str]) -> str:
    return f"{', '.join(named[:-1])} or {named[-1]}" if len(named) > 1 else "".join(named)
