"""What conditions may ask about: every name, what it is, and the context of a real ticket.

A name without a value yet is null. What that means for an answer, whoever asks decides: `Condition.holds(otherwise=…)`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sla.clock import State
from ticketing.customers.customer import Custom, Customer
from ticketing.people.actor import Actor, ActorKind
from ticketing.people.person import Role
from ticketing.playbook.conditions import Context
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.kinds import INSTANT, MAP, NUMBER, TEXT, YES_NO, Kind, Names, list_of, one_of
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.sla.standing import Standing
from ticketing.tickets.ticket import Stored, Ticket
from ticketing.triage.suggestion import Priority, Sentiment

# A promise that is kept, or was broken and is settled, is none that goes on.
_GOING_ON = tuple(each for each in State if each is not State.MET)
# How a message calls one of the options of a name.
_TYPE, _CATEGORY, _STATUS = "a type", "a category", "a status"


@dataclass(frozen=True, slots=True)
class Fact:
    """One name that conditions may use."""

    name: str
    kind: Kind
    says: str  # for people


def _some(values: Iterable[str], what: str) -> Kind:
    return one_of(tuple(values), what)


FACTS = (
    Fact("ticket.type", one_of((), _TYPE), "key of its type"),
    Fact("ticket.category", one_of((), _CATEGORY), "key of its category"),
    Fact("ticket.status", one_of((), _STATUS), "key of its status"),
    Fact("ticket.status_category", _some(StatusCategory, "a status category"), "what that status means"),
    Fact("ticket.priority", _some(Priority, "a priority"), "its priority"),
    Fact("ticket.subject", TEXT, "its subject"),
    Fact("ticket.channel", TEXT, "where it came from: whatsapp, telegram, …"),
    Fact("ticket.team", TEXT, "name of its team, in small letters"),
    Fact("ticket.assigned", YES_NO, "whether somebody has it"),
    Fact("ticket.opened_by", _some(("agent", "ai"), "who opens tickets"), "who opened it"),
    Fact("ticket.tags", list_of(TEXT), "its tags"),
    Fact("ticket.created_at", INSTANT, "when it was opened"),
    Fact("ticket.due_at", INSTANT, "when it was promised"),
    Fact("ticket.age_hours", NUMBER, "hours since it was opened"),
    Fact("ticket.status_hours", NUMBER, "hours since it came into its status"),
    Fact(
        "ticket.open_hours", NUMBER, "the same in open hours, by the calendar of its SLA policy. Without one: all hours"
    ),
    Fact("ticket.sentiment", _some(Sentiment, "a sentiment"), "how the customer sounds, as of what they wrote last"),
    Fact("ticket.issues", NUMBER, "open tickets of its conversation, itself among them"),
    Fact(
        "ticket.exchanges",
        NUMBER,
        "how often the customer has written about it since the desk last moved it to a status that is not pending. "
        "What they write in one go counts once, what opened the ticket not at all",
    ),
    Fact("ticket.reopenings", NUMBER, "how often it was taken up again after it had been settled"),
    Fact("ticket.hand_offs", NUMBER, "how often somebody handed it to another team, or to somebody of it"),
    Fact("ticket.escalated", YES_NO, "whether the AI has left it to people"),
    Fact("sla.state", _some(_GOING_ON, "a state of a promise"), "of the promise that is due soonest. None left: null"),
    Fact("sla.used", NUMBER, "the share of that promise that is used: 1.0 when it is due"),
    Fact("customer.tier", TEXT, "the customer's tier"),
    Fact("customer.language", TEXT, "their language, like pt-BR"),
    Fact("customer.time_zone", TEXT, "their time zone, like Europe/Berlin"),
    Fact("customer.attributes", MAP, "what else is known of them, by name: customer.attributes.vip"),
    Fact("conversation.channel", TEXT, "the channel of the conversation: whatsapp, telegram, …"),
    Fact("actor.kind", _some(ActorKind, "a kind of actor"), "who does it"),
    Fact("actor.role", _some(Role, "a role"), "their role, of a person of the desk"),
    Fact("actor.teams", list_of(TEXT), "names of their teams, in small letters"),
    Fact("now", INSTANT, "this instant"),
)

_FIELDS = {
    FieldKind.TEXT: TEXT,
    FieldKind.NUMBER: NUMBER,
    FieldKind.MONEY: NUMBER,
    FieldKind.DATE: INSTANT,
    FieldKind.CHECKBOX: YES_NO,
    FieldKind.FILE: list_of(TEXT),
}


def field_kind(kind: FieldKind, key: str, options: Iterable[str] = ()) -> Kind:
    """What `fields.<key>` is. Money and numbers are numbers, dates the beginning of their day in UTC."""
    if kind is FieldKind.DROPDOWN:
        return _some(options, f"an option of {key}")
    if kind is FieldKind.MULTI_SELECT:
        return list_of(_some(options, f"an option of {key}"))
    return _FIELDS[kind]


def names(
    *,
    types: Iterable[str] | None,
    categories: Iterable[str] | None,
    statuses: Iterable[str] | None,
    fields: Mapping[str, Kind] | None,
) -> Names:
    """All names for the conditions of one playbook. `statuses`: of all its lifecycles. None: any may be right."""
    options = {_TYPE: types, _CATEGORY: categories, _STATUS: statuses}
    found: dict[str, Kind | dict[str, Kind]] = {"fields": dict(fields) if fields is not None else MAP}
    for fact in FACTS:
        group, _, name = fact.name.partition(".")
        kind = _with_options(fact.kind, options)
        if not name:
            found[group] = kind
            continue
        members = found.setdefault(group, {})
        assert isinstance(members, dict)
        members[name] = kind
    return found


def _with_options(kind: Kind, options: Mapping[str, Iterable[str] | None]) -> Kind:
    if kind.what not in options:
        return kind
    given = options[kind.what]
    return one_of(tuple(dict.fromkeys(given)), kind.what) if given is not None else TEXT


Answer = str | float | bool | datetime | list[str] | None  # what one name can stand for


def context(
    ticket: Ticket,
    playbook: Playbook,
    *,
    now: datetime,
    channel: str | None = None,
    team: str | None = None,
    customer: Customer | None = None,
    issues: int | None = None,
    open_hours: float | None = None,
    sla: Standing | None = None,
    actor: Actor | None = None,
) -> Context:
    """What the conditions of this playbook may ask about a ticket, at this instant. Every name is there.

    `channel` is that of its conversation, `team` the name of its team, `issues` the open tickets of its conversation.
    What is not given, or has no value, is null.
    """
    person = actor.person if actor else None
    return {
        "ticket": {
            "type": ticket.type,
            "category": ticket.category,
            "status": ticket.status,
            "status_category": ticket.status_category.value,
            "priority": ticket.priority.value,
            "subject": ticket.subject,
            "channel": channel,
            "team": team.lower() if team else None,
            "assigned": ticket.assignee_id is not None,
            "opened_by": ticket.reporter,
            "tags": list(ticket.tags),
            "created_at": ticket.created_at,
            "due_at": ticket.due_at,
            "age_hours": (now - ticket.created_at) / timedelta(hours=1),
            "status_hours": (now - ticket.status_since) / timedelta(hours=1),
            "open_hours": open_hours,
            "sentiment": ticket.sentiment.value if ticket.sentiment else None,
            "issues": float(issues) if issues is not None else None,
            "exchanges": float(ticket.exchanges),
            "reopenings": float(ticket.reopenings),
            "hand_offs": float(ticket.hand_offs),
            "escalated": ticket.escalated_at is not None,
        },
        "sla": {"state": sla.state.value if sla else None, "used": sla.used if sla else None},
        "fields": {key: field_fact(field, ticket.fields.get(key)) for key, field in playbook.fields.items()},
        "customer": {
            "tier": customer.tier if customer else None,
            "language": customer.language if customer else None,
            "time_zone": customer.time_zone if customer else None,
            "attributes": {name: _attribute(each) for name, each in customer.custom.items()} if customer else {},
        },
        "conversation": {"channel": channel},
        "actor": {
            "kind": actor.kind.value if actor else None,
            "role": person.role.value if person else None,
            "teams": sorted(person.team_names) if person else None,
        },
        "now": now,
    }


def field_fact(field: Field, stored: Stored | None) -> Answer:
    """A field's stored value as conditions see it. One that is not of the field's kind (any more) is null."""
    try:
        if field.kind in (FieldKind.NUMBER, FieldKind.MONEY) and isinstance(stored, str):
            return float(stored)
        if field.kind is FieldKind.DATE and isinstance(stored, str):
            return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    except ValueError:
        return None
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE):
        return None
    shape = {FieldKind.CHECKBOX: bool, FieldKind.MULTI_SELECT: list, FieldKind.FILE: list}.get(field.kind, str)
    return stored if isinstance(stored, shape) else None


def _attribute(value: Custom) -> str | float | bool:
    """Whole numbers become numbers: an attribute is compared the same way whichever it is."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
