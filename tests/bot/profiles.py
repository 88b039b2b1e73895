"""Customers' profiles with everything filled in, for tests to change what they are about."""

from uuid import UUID

from core.messages import Delivery
from tests.bot.cards import NOON
from tests.playbooks import LIFECYCLE
from ticketing.conversations.conversation import Direction, State
from ticketing.customers.customer import Customer, Identity, Reason
from ticketing.customers.merge import MergePreview
from ticketing.customers.merging import combine
from ticketing.customers.profile import PastMerge, Profile, ProfileConversation, ProfileTicket, TimelineMessage
from ticketing.triage.suggestion import Priority


def a_profile(words: str = "Where is my mug?", *, times: int = 1) -> Profile:
    """`words` wherever a customer or a colleague could have written something; `times` of everything."""
    name = "Clara Meier" if times == 1 else words
    own = {f"attribute_{n}": words[:500] for n in range(5 * times)} | {"vip": True}
    person = Customer(UUID(int=1), name, NOON, words[:40], "pt-BR", "Asia/Tokyo", own, version=4)
    number = "+4915112345678"
    phone = Identity(UUID(int=2), person.id, "whatsapp", number, number, verified_at=NOON)
    telegram = Identity(UUID(int=3), person.id, "telegram", "777", number, verified_at=NOON, blocked=True)
    ticket = ProfileTicket(UUID(int=12), 12, words, LIFECYCLE.status("open"), Priority.HIGH, name, NOON)
    settled = ProfileTicket(UUID(int=9), 9, words, LIFECYCLE.status("closed"), Priority.LOW, None, NOON)
    talks = [
        ProfileConversation(UUID(int=7), "whatsapp", "+1415", number, State.OPEN, words, NOON),
        ProfileConversation(UUID(int=8), "telegram", "123", "777", State.RESOLVED, "", None),
    ]
    messages = [
        TimelineMessage(UUID(int=5), talks[0].id, "whatsapp", Direction.OUTBOUND, "Mia", words, NOON, Delivery.READ),
        TimelineMessage(UUID(int=6), talks[1].id, "telegram", Direction.INBOUND, name, words, NOON, Delivery.DELIVERED),
    ]
    merge = PastMerge(UUID(int=4), Reason.PHONE, "Threadline", NOON, UUID(int=99), words, None, None)
    return Profile(
        person,
        (phone, telegram) * (1 if times == 1 else 5 * times),
        (ticket,) * times,
        (ticket, settled) * times,
        tuple(talks) * times,
        tuple(messages) * (1 if times == 1 else 4),
        (merge,) * times,
    )


def a_merge_preview(profile: Profile, other: Customer) -> MergePreview:
    combined = combine(other, profile.customer, addresses=())
    filled = tuple(combined.filled)
    return MergePreview(other, profile.customer, profile.identities, 2, 3, filled, combined.conflicts)
