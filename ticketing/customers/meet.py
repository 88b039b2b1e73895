"""What a channel says of a sender: their name and language, and a phone number that it vouches for (SPEC 1.1).

The same verified number makes two customers one. A name never does, nor does anything that nobody vouches for.
"""

from datetime import datetime

from core.messages import Inbound
from ticketing.activity.record import Stream
from ticketing.customers.attributes import change, language_or_none
from ticketing.customers.customer import Custom, Reason, phone_number
from ticketing.customers.merge import absorb
from ticketing.customers.ports import KnownSender
from ticketing.people.actor import SYSTEM, customer_acting
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import CustomerChanged


async def meet(inbound: Inbound, known: KnownSender | None, *, uow: UnitOfWork, now: datetime) -> None:
    """Part of filing a message of a sender who is not blocked, before anything else is locked.

    A sender whom nobody knows is left to `Conversations.open_for`, unless their number is another customer's.
    """
    phone = phone_number(inbound.phone)
    if phone is not None and (known is None or known.phone != phone):
        first = await uow.customers.hold_contact(phone)
        known = await uow.customers.sender(inbound.channel, inbound.sender)
        # Most who waited find that another message of the same sender was first, and nothing is left to do.
        new = known is None or known.phone != phone
        if new and (known is not None or not first or await uow.customers.holders(phone)):
            known = await _verify(inbound, phone, uow, now)
    if known is not None and (said := _news(inbound, known)):
        await _learn(known, said, uow, now)


async def _verify(inbound: Inbound, phone: str, uow: UnitOfWork, now: datetime) -> KnownSender:
    await uow.customers.hold_merges()
    sender = await uow.customers.start(inbound, at=now)
    if sender.phone == phone:  # another message of theirs was faster
        return sender
    others = [each for each in await uow.customers.holders(phone) if each != sender.customer_id]
    customers = {each.id: each for each in await uow.customers.lock({sender.customer_id, *others})}
    # Several: people have told them apart, or never put them together. They know why.
    if len(others) == 1:
        older, younger = sorted(customers.values(), key=lambda each: (each.created_at, each.id))
        await absorb(older, younger, Reason.PHONE, by=SYSTEM, uow=uow, now=now)
        sender = await uow.customers.start(inbound, at=now)
    await uow.customers.belongings(sender.customer_id)  # conversations before their senders, by everybody
    await uow.customers.verify(sender.identity_id, phone, at=now)
    return sender


def _news(inbound: Inbound, known: KnownSender) -> dict[str, Custom | None]:
    """What the channel says that the desk does not know better."""
    said: dict[str, Custom | None] = {}
    name = "".join(each if each.isprintable() else " " for each in inbound.sender_name or "")
    if known.name == inbound.sender and (name := " ".join(name.split())[:200]):
        said["name"] = name
    if known.language is None and (spoken := language_or_none(inbound.language)):
        said["language"] = spoken
    return said


async def _learn(known: KnownSender, said: dict[str, Custom | None], uow: UnitOfWork, now: datetime) -> None:
    (customer,) = await uow.customers.lock({known.customer_id})
    if customer.merged_into is not None:  # just now; the next message says it again
        return
    new = {name: value for name, value in said.items() if name == "name" or customer.language is None}
    changed = change(customer, new, by=customer_acting(customer.id, "Customer"), at=now)
    if changed.record is None:
        return
    await uow.customers.save(changed.customer)
    await uow.activity.append(Stream("customer", customer.id), [changed.record])
    uow.emit(CustomerChanged(customer_id=customer.id, at=now))
