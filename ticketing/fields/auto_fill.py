"""Fields fill themselves from what is known: the customer's words, who they are, where they write, who has it.

Only what is empty, or stale and confirmed by nobody: a person's value is never overwritten, also not where a person
emptied it. What the field would refuse from a person it refuses here, too. Hidden fields fill like others: the value
is there when they show.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ticketing.conversations.conversation import Conversation
from ticketing.customers.customer import Custom, Customer
from ticketing.fields.change import Filled, needed_for, with_values
from ticketing.fields.provenance import FieldSource
from ticketing.fields.refusals import ValueRefused
from ticketing.fields.values import as_typed, parse, same
from ticketing.fields.visibility import fields_of
from ticketing.people.actor import AI
from ticketing.people.permissions import Act, require
from ticketing.playbook.fields import Field, FieldKind, Fill, Source
from ticketing.playbook.playbook import Playbook
from ticketing.ports import UnitOfWork
from ticketing.tickets.ticket import Stored, Ticket
from ticketing.triage.suggestion import Issue, Sentiment

_OF_THE_WORDS = frozenset({Source.ENTITY, Source.INTENT, Source.CATEGORY, Source.SENTIMENT})


@dataclass(frozen=True, slots=True)
class Known:
    """What fields can be filled from. What is not known is None."""

    channel: str
    customer: Customer | None = None
    agent: str | None = None  # the assignee's name
    issue: Issue | None = None  # what a brain made of the customer's words
    sentiment: Sentiment | None = None
    sentiment_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a field may hold, and where it came from."""

    raw: str
    message_id: UUID | None = None
    words: str | None = None
    confidence: float | None = None


def wanted(type_key: str, playbook: Playbook) -> frozenset[Source]:
    """What the fields of this type are filled from: nothing else has to be read."""
    return frozenset(fill.source for field in fields_of(type_key, playbook) for fill in field.fill)


def fillings(ticket: Ticket, known: Known, playbook: Playbook, *, at: datetime) -> list[FieldSource]:
    """What each field could be filled with: the first of its sources that has something the field takes."""
    found = (_filling(field, known, at) for field in fields_of(ticket.type, playbook))
    return [each for each in found if each is not None and not same(ticket.fields.get(each.field), each.value)]


def _filling(field: Field, known: Known, at: datetime) -> FieldSource | None:
    for fill in field.fill:
        for found in _offered(fill, field, known):
            try:
                value = parse(field, found.raw)
            except ValueRefused:
                continue
            if value is not None:
                return FieldSource(
                    field.key,
                    fill.source.value,
                    at,
                    fill.name,
                    value,
                    found.message_id,
                    found.words,
                    found.confidence,
                )
    return None


def _offered(fill: Fill, field: Field, known: Known) -> Iterator[Found]:
    match fill.source:
        case Source.CUSTOMER if known.customer is not None and fill.name is not None:
            if (value := _attribute(known.customer, fill.name)) is not None:
                yield Found(_as_text(value, field))
        case Source.CHANNEL:
            yield Found(known.channel)
        case Source.AGENT if known.agent is not None:
            yield Found(known.agent)
        case _ if known.issue is not None:
            yield from _understood(fill, known.issue, known)


def _understood(fill: Fill, issue: Issue, known: Known) -> Iterator[Found]:
    """What a brain made of the customer's words. An issue with no confidence is one that nobody has read."""
    match fill.source:
        case Source.ENTITY:
            for entity in issue.entities:
                if entity.kind == fill.name:
                    yield Found(entity.value, entity.message_id, entity.words, issue.confidence)
        case Source.INTENT if issue.confidence > 0:
            yield Found(issue.intent, issue.message_ids[0], None, issue.confidence)
        case Source.CATEGORY if issue.confidence > 0:
            yield Found(issue.category, issue.message_ids[0], None, issue.confidence)
        case Source.SENTIMENT if known.sentiment is not None:
            yield Found(known.sentiment.value, issue.message_ids[0], None, known.sentiment_confidence)


def _attribute(customer: Customer, name: str) -> Custom | None:
    plain = {"tier": customer.tier, "language": customer.language, "time_zone": customer.time_zone}
    return plain[name] if name in plain else customer.custom.get(name)


def _as_text(value: Custom, field: Field) -> str:
    """A number is written so that it is read in one way."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return as_typed(replace(field, kind=FieldKind.NUMBER), f"{value:f}" if isinstance(value, float) else str(value))


async def understood_before(
    conversation: Conversation, ticket_type: str | None, playbook: Playbook, *, uow: UnitOfWork
) -> Known:
    """What a brain made of messages that no ticket has taken up: for one that is opened by hand.

    Of those that the conversation waits with, else of the newest. Read only where a field is filled from it.
    """
    known = Known(conversation.channel)
    kind = playbook.type(ticket_type) if ticket_type else playbook.default_type
    if wanted(kind.key, playbook).isdisjoint(_OF_THE_WORDS):
        return known
    said = await uow.triages.not_taken_up(conversation.id, since=conversation.awaiting_since)
    if said is None:
        return known
    return replace(known, issue=said.issue, sentiment=said.sentiment, sentiment_confidence=said.sentiment_confidence)


async def known_of(
    ticket_type: str,
    playbook: Playbook,
    known: Known,
    *,
    customer_id: UUID,
    assignee_id: UUID | None,
    uow: UnitOfWork,
) -> Known:
    """With the customer and the assignee, where a field is filled from them."""
    sources = wanted(ticket_type, playbook)
    if Source.CUSTOMER in sources:
        known = replace(known, customer=await uow.customers.get(customer_id))
    if Source.AGENT in sources and assignee_id is not None:
        known = replace(known, agent=(await uow.people.get(assignee_id)).name)
    return known


def values_of(found: list[FieldSource]) -> dict[str, Stored | None]:
    """By field."""
    return {each.field: each.value for each in found}


def as_agreed(ticket: Ticket, found: Sequence[FieldSource], playbook: Playbook, *, at: datetime) -> list[FieldSource]:
    """Without what would need an approval where the ticket stands: no words of a customer change what was agreed to."""
    kept: list[FieldSource] = []
    for each in found:
        if needed_for(ticket, values_of([*kept, each]), at=at, playbook=playbook) is None:
            kept.append(each)
    return kept


async def fill_more(ticket: Ticket, known: Known, *, playbook: Playbook, uow: UnitOfWork, now: datetime) -> Filled:
    """More is known of the locked ticket: fields that may be filled hold it. The ticket is still to be saved.

    Where it came from is kept. Nothing is read or written where there is nothing to fill.
    """
    require(AI, Act.FILL_FIELDS, ticket)
    if not wanted(ticket.type, playbook):
        return Filled(ticket)
    known = await known_of(
        ticket.type, playbook, known, customer_id=ticket.customer_id, assignee_id=ticket.assignee_id, uow=uow
    )
    found = as_agreed(ticket, fillings(ticket, known, playbook, at=now), playbook, at=now)
    if not found:
        return Filled(ticket)
    whole = with_values(ticket, values_of(found), by=AI, at=now, playbook=playbook)
    taken = set(await uow.fields.fill(ticket.id, found, whole.words, full=list(ticket.fields)))
    if not taken:
        return Filled(ticket)
    values = {key: value for key, value in values_of(found).items() if key in taken}
    records = tuple(record for record in whole.records if not taken.isdisjoint(record.after))
    after = with_values(ticket, values, by=AI, at=now, playbook=playbook).ticket
    return Filled(after, records, whole.words, tuple(values))
