"""Take a customer's answer to an offer: by a button, or by a plain yes or no. It moves the ticket as the customer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from core.messages import Delivery, Inbound
from ticketing.approvals.load_gate import load_gate
from ticketing.conversations.conversation import Conversation
from ticketing.fields.give import look_around
from ticketing.offers.offer import ANSWERABLE, Answer, Offer, answered, pressed_answer, stands
from ticketing.offers.plain_answer import accepts
from ticketing.people.actor import customer_acting
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed, move
from ticketing.tickets.save_move import save_move
from ticketing.tickets.ticket import Ticket

# A message that did not reach the customer was not what they answered.
_ARRIVED = frozenset({Delivery.SENT, Delivery.DELIVERED, Delivery.READ, Delivery.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that counts, and what it makes of the ticket. The ticket is locked."""

    offer: Offer
    answer: Answer
    ticket: Ticket
    moved: Changed
    rules: Lifecycle

    @property
    def said(self) -> str:
        """What a press says, for people."""
        return "✅ Accept" if self.answer is Answer.ACCEPTED else "❌ Not solved"

    @property
    def note(self) -> str:
        """What it did, for people."""
        label = self.rules.status(self.moved.ticket.status).label
        return f"{'accepted' if self.answer is Answer.ACCEPTED else 'did not accept'} the proposal → {label}"


async def answer_of_press(data: str, conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> Answered | None:
    """None: no button of an offer of theirs that still stands. Nobody answers for a group."""
    said = pressed_answer(data)
    offer = await uow.offers.get(said[0]) if said and not conversation.is_group else None
    if said is None or offer is None or offer.conversation_id != conversation.id:
        return None
    return await _answered(offer, said[1], conversation, uow, now)


async def answer_of_message(
    inbound: Inbound, conversation: Conversation, *, uow: UnitOfWork, at: datetime, now: datetime
) -> Answered | None:
    """What a message answers that was received at this instant, in its locked conversation as it was before it.

    A plain word counts where it can only mean one thing: there is one offer, it arrived, and nobody has written
    anything since.
    """
    if inbound.pressed is not None:
        return await answer_of_press(inbound.pressed, conversation, uow=uow, now=now)
    accepted = accepts(inbound.text)
    if accepted is None or inbound.files or conversation.is_group or inbound.start is not None:
        return None
    offers = await uow.offers.unanswered(conversation.id, since=at - ANSWERABLE)
    if len(offers) != 1 or at < offers[0].made_at or not await _is_about(offers[0], inbound, conversation, uow):
        return None
    answer = Answer.ACCEPTED if accepted else Answer.DECLINED
    return await _answered(offers[0], answer, conversation, uow, now)


async def _is_about(offer: Offer, inbound: Inbound, conversation: Conversation, uow: UnitOfWork) -> bool:
    if inbound.replies_to is not None:
        quoted = await uow.messages.by_key(f"{inbound.channel}:{inbound.replies_to}")
        if quoted is None or quoted.id != offer.message_id:
            return False
    asked = await uow.messages.lock(offer.message_id)  # it may have been sent again
    if asked.delivery not in _ARRIVED:
        return False
    if await uow.messages.replied_since(conversation.id, max(offer.made_at, asked.at), but=None) is not None:
        return False
    return await uow.messages.waiting_for_triage(conversation.id) is None


async def _answered(
    offer: Offer, answer: Answer, conversation: Conversation, uow: UnitOfWork, now: datetime
) -> Answered | None:
    ticket = await uow.tickets.lock(offer.ticket_id)
    if not stands(offer, ticket):
        return None
    playbook = await uow.playbook()
    around = await look_around(ticket, playbook, uow=uow)
    customer = customer_acting(conversation.customer_id, "Customer")
    to = offer.leads_to(answer)
    gate = await load_gate(ticket, to, by=customer, uow=uow, now=now)
    try:
        moved = move(ticket, to, by=customer, at=now, playbook=playbook, around=around, gate=gate)
    except Refused:  # the playbook has no such way any more: somebody reads what they say
        return None
    return Answered(offer, answer, ticket, moved, playbook.lifecycle(ticket.type))


async def keep_answer(given: Answered, message_id: UUID, *, at: datetime, uow: UnitOfWork, now: datetime) -> None:
    """Move the ticket. The message that said so stands in its room."""
    await uow.room.add_messages(given.ticket.id, [message_id], concerns=True, at=now)
    await uow.offers.save(answered(given.offer, given.answer, at))
    await save_move(given.ticket, given.moved, rules=given.rules, uow=uow, now=now)


async def answer_counted(data: str, conversation: Conversation, *, uow: UnitOfWork) -> Answer | None:
    """The answer that this button gave, if it is the one that counted. Asked after the press was filed."""
    said = pressed_answer(data)
    offer = await uow.offers.get(said[0]) if said and not conversation.is_group else None
    if said is None or offer is None or offer.conversation_id != conversation.id or offer.answer is not said[1]:
        return None
    return offer.answer
