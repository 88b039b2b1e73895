"""Open a ticket from a conversation: by an agent (SPEC 2.3), or by triage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import NotFound, Refused
from core.ids import new_id
from ticketing.activity.record import Record, Stream, Value
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.first_message import Recipient, begin
from ticketing.conversations.prompt import hours_of, with_prompt
from ticketing.conversations.save import other_newest_ticket, save_conversation
from ticketing.conversations.state import carried_by_ticket
from ticketing.fields.auto_fill import Known, fillings, known_of, understood_before, values_of
from ticketing.fields.change import with_values
from ticketing.mails.undecided import stands_for_itself
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.sla.keep import keep_up
from ticketing.tickets.changes import no_such_category, require_no_live_ticket
from ticketing.tickets.events import TicketOpened
from ticketing.tickets.moving_on import moves_on_at
from ticketing.tickets.ticket import Ticket
from ticketing.triage.check import SUBJECT_LENGTH
from ticketing.triage.correction import Corrected, Correction, Labels
from ticketing.triage.decide import Rules
from ticketing.triage.suggestion import Priority


class SubjectMissing(Refused):
    """A ticket needs a subject of one line."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is asked for. At the least a subject and a priority."""

    subject: str
    priority: Priority
    type: str | None = None  # None: the plain one of the playbook
    category: str | None = None
    description: str = ""


async def open_ticket(
    place: UUID | Recipient,
    new: NewTicket,
    *,
    by: Person,
    request: str | None,
    beside_others: bool = True,
    rules: Rules,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket | None:
    """Open a ticket by hand; the agent becomes its assignee. The same `request` twice is one ticket: None.

    `place`: a conversation, or whom one is started with. Nothing is sent to them by that.
    `beside_others`: also where one is open already.
    Raises SubjectMissing, CarriedByTicket, ConversationJoined, CorrectionRefused (not a category of its type),
    PermissionRefused.
    """
    subject = " ".join(new.subject.split())
    if not subject or len(subject) > SUBJECT_LENGTH:
        raise SubjectMissing(f"Give the ticket a subject of 1 to {SUBJECT_LENGTH} characters.")
    async with uow:
        actor = person_acting(by)
        conversation = await _enter(place, actor, subject, request, uow, now)
        await stands_for_itself(conversation, by=actor, uow=uow, now=now)
        wanted = replace(new, subject=subject)
        known = await uow.tickets.lock_recent(conversation.id)
        said = await understood_before(conversation, new.type, await uow.playbook(), uow=uow)
        ticket = await add_ticket(
            conversation, wanted, by=actor, assignee_id=by.id, request=request, known=said, uow=uow, now=now
        )
        if ticket is not None:
            if not beside_others:
                require_no_live_ticket(known, "To open another one, choose “New ticket…” on its card.")
            await carry(conversation, ticket, actor, rules=rules, uow=uow, now=now)
            if not any(each.is_live for each in known):
                await _keep_example(ticket, by, uow, now)
        return ticket


async def _enter(
    place: UUID | Recipient, by: Actor, subject: str, request: str | None, uow: UnitOfWork, now: datetime
) -> Conversation:
    """The conversation, locked; started where there is none with this address. Raises NotFound.

    Of a mail one is started each time, under the ticket's subject.
    """
    if not isinstance(place, Recipient):
        return await uow.conversations.lock(place)
    account = place.account or await uow.conversations.only_account(place.channel)
    if account is None:
        raise NotFound(f"Nobody has written on {place.channel} yet, or we have several addresses there: which is it?")
    to = place if place.subject is None else replace(place, subject=place.subject or subject)
    if to.subject is None and (known := await uow.conversations.lock_at(to.channel, account, to.address)) is not None:
        return known
    conversation = await begin(to, account, request=request or str(new_id()), uow=uow, now=now)
    if conversation.version > 1:  # the same request once more: its ticket is there
        return conversation
    record = Record("conversation.started", by, now, {}, {})
    await uow.activity.append(Stream("conversation", conversation.id), [record])
    return conversation


async def carry(
    conversation: Conversation, ticket: Ticket, by: Actor, *, rules: Rules, uow: UnitOfWork, now: datetime
) -> Conversation:
    """The new ticket takes over what the conversation waited for, with the messages that led to it.

    If it owes an answer, people are told before the window closes.
    """
    if conversation.awaiting_since is not None:
        led_to_it = await uow.messages.unticketed(conversation.id, since=conversation.awaiting_since)
        await uow.room.add_messages(ticket.id, led_to_it.said, concerns=True, at=now)
        await uow.room.add_messages(ticket.id, led_to_it.automatic, concerns=False, at=now)
    hours = hours_of([ticket.type], await uow.playbook())
    change = carried_by_ticket(with_prompt(conversation, rules, now, hours), by=by, at=now)
    if change.record is not None:
        return await save_conversation(change, uow=uow, now=now)
    after = replace(change.conversation, version=conversation.version + 1)  # triage that read it before must look again
    await uow.conversations.save(after)
    return after


async def _keep_example(ticket: Ticket, by: Person, uow: UnitOfWork, now: datetime) -> None:
    """Where the brain saw no ticket in what the customer wrote last, and a person does, it was wrong."""
    reading = await uow.corrections.newest_reading(ticket.conversation_id)
    if reading is not None and reading.said["ticket_worthy"] is False:
        right: Labels = {"ticket_worthy": True, "type": ticket.type, "category": ticket.category}
        kind = Correction.OPENED_BY_HAND
        await uow.corrections.add(Corrected(kind, ticket.conversation_id, ticket.id, reading, right, by, now))


async def add_ticket(
    conversation: Conversation,
    new: NewTicket,
    *,
    by: Actor,
    assignee_id: UUID | None,
    request: str | None = None,
    follows: Ticket | None = None,
    known: Known | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket | None:
    """The ticket, its first record and its event, inside a transaction that holds the conversation.

    `assignee_id`: whose it becomes; who has left gets nothing new, and it is nobody's.
    `follows`: the closed ticket of the same issue, whose team has this one as well.
    """
    require(by, Act.CREATE)
    playbook = await uow.playbook()
    vocabulary = playbook.vocabulary
    as_type = playbook.type(new.type or vocabulary.plain_type)  # its key may have been another when it was chosen
    category = new.category or vocabulary.plain_category(as_type.key)
    if category not in as_type.categories:
        if by.person is not None and new.category is not None:
            raise no_such_category(as_type, category, playbook)
        category = as_type.categories[0]
    rules = playbook.lifecycle(as_type.key)
    initial = rules.status(rules.initial)
    default_team, assignee_id = await uow.people.new_work_for(assignee_id)
    ticket = Ticket(
        id=new_id(),
        number=await uow.tickets.next_number(),
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        type=as_type.key,
        category=category,
        subject=new.subject,
        description=new.description,
        status=initial.key,
        status_category=initial.category,
        status_since=now,
        moves_on_at=moves_on_at(initial, since=now, now=now),
        priority=new.priority,
        team_id=follows.team_id if follows else default_team,
        assignee_id=assignee_id,
        reporter=by.kind.value,
        created_at=now,
        updated_at=now,
    )
    known = await known_of(
        ticket.type,
        playbook,
        known or Known(conversation.channel),
        customer_id=ticket.customer_id,
        assignee_id=assignee_id,
        uow=uow,
    )
    found = fillings(ticket, known, playbook, at=now)
    filled = with_values(ticket, values_of(found), by=by, at=now, playbook=playbook)
    tone = known.sentiment if known.sentiment_confidence else None
    ticket = replace(ticket, fields=filled.ticket.fields, sentiment=tone)
    if not await uow.tickets.add(ticket, request=request):
        return None
    if found:
        await uow.fields.fill(ticket.id, found, filled.words, full=())
    begun = await keep_up(ticket, [_opened(ticket, by, follows, filled.records)], uow=uow, new=True)
    await uow.activity.append(Stream("ticket", ticket.id), begun.records, new=True, clocks=begun.level)
    uow.emit(TicketOpened(ticket_id=ticket.id, at=now))
    await other_newest_ticket(conversation.id, uow=uow, now=now)
    return ticket


def _opened(ticket: Ticket, by: Actor, follows: Ticket | None, filled: Sequence[Record]) -> Record:
    after: dict[str, Value] = {
        "number": ticket.number,
        "conversation": str(ticket.conversation_id),
        "type": ticket.type,
        "category": ticket.category,
        "status": ticket.status,
        "priority": ticket.priority.value,
        "team": str(ticket.team_id) if ticket.team_id else None,
        "assignee": str(ticket.assignee_id) if ticket.assignee_id else None,
    }
    if follows is not None:
        after |= {"follow_up_of": str(follows.id)}
    after |= {f"fields.{key}": value for record in filled for key, value in record.after.items()}
    return Record("ticket.opened", by, ticket.created_at, {}, after)
