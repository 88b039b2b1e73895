"""Cards and entries with everything filled in, for tests to change what they are about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from core.ids import new_id
from core.messages import Delivery, Party
from tests.playbooks import LIFECYCLE, VOCABULARY
from ticketing.approvals.shown import WaitingApproval
from ticketing.attachments.attachment import FileState, ShownFile
from ticketing.conversations.conversation import State
from ticketing.conversations.light_card import LastReply, LightCard, ShownMatch
from ticketing.escalation.brief import Brief
from ticketing.escalation.escalation import Escalation
from ticketing.mails.shown import ShownMail
from ticketing.people.person import Person, Role
from ticketing.playbook.sla_policy import Audience
from ticketing.tickets.card import RoomEntry, TicketCard, Trouble, Understanding
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority, Sentiment

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_TICKET, _CONVERSATION = UUID(int=12), UUID(int=7)


def an_understanding(**changes: Any) -> Understanding:
    plain = Understanding(
        trigger=Trigger.TRIAGE,
        why="The customer reports a damaged item and asks for money back.",
        summary="A mug arrived broken; the customer asks for a refund of order 78932.",
        intent="request a refund",
        confidence=0.92,
        sentiment=Sentiment.FRUSTRATED,
        entities=(("order", "78932"), ("amount", "89.00 EUR")),
    )
    return replace(plain, **changes)


def a_trouble(words: str = "The 24-hour window is closed: send a template.", **changes: Any) -> Trouble:
    return replace(Trouble(UUID(int=5), Delivery.FAILED, words, resendable=False), **changes)


def a_waiting(**changes: Any) -> WaitingApproval:
    """Mia's request for a refund, which stands in the thread."""
    plain = WaitingApproval(
        "Refund over 200", "250.00 USD", "Mia", NOON, "a supervisor of its team or an admin", 0, "1795348800.000200"
    )
    return replace(plain, **changes)


def a_card(*, status: str = "open", **changes: Any) -> TicketCard:
    plain = TicketCard(
        ticket_id=_TICKET,
        conversation_id=_CONVERSATION,
        number=12,
        version=3,
        subject="Damaged item: order 78932",
        type="Return",
        category="Damaged",
        vocabulary=VOCABULARY,
        status=LIFECYCLE.status(status),
        priority=Priority.HIGH,
        customer="Anna Kowalski",
        channel="whatsapp",
        assignee=None,
        assignee_email=None,
        team="Support",
        opened_at=NOON,
        understanding=an_understanding(),
        comments=0,
        trouble=None,
    )
    return replace(plain, **changes)


def an_escalation(**changes: Any) -> Escalation:
    """Of somebody who got angry, and whom nobody has answered."""
    told = Brief(
        "A mug arrived broken; the customer asks for a refund of order 78932.",
        "The customer asks again where the money is, and threatens to leave a bad review.",
        ("the AI opened the ticket", "the AI read what the customer wrote 3 times", "nobody has answered yet"),
        ("an answer to the customer", "Order number"),
        "Answer in person and say what happens next, by when, and ask for what is missing: Order number.",
    )
    plain = Escalation(
        UUID(int=90),
        _TICKET,
        NOON,
        Trigger.SENTIMENT,
        ("the customer is upset about a complaint",),
        frozenset({Audience.SUPERVISOR}),
        Sentiment.NEUTRAL,
        Sentiment.UPSET,
        told,
    )
    return replace(plain, **changes)


def a_light_card(**changes: Any) -> LightCard:
    """One that waits for people."""
    plain = LightCard(
        conversation_id=_CONVERSATION,
        version=2,
        customer="Anna Kowalski",
        channel="whatsapp",
        state=State.OPEN,
        snoozed_until=None,
        state_by=None,
        awaiting_since=NOON,
        assignee=None,
        last_words="Hi there! 👋",
        why="Only a greeting; nothing to solve yet (99% sure).",
        unsure=False,
        suggested=None,
        reply=None,
        ticket=None,
    )
    return replace(plain, **changes)


def a_match(**changes: Any) -> ShownMatch:
    """What Eve's mail may go on with: Max's ticket."""
    why = "It answers a mail of this conversation, but eve@elsewhere.example does not take part in it."
    return replace(ShownMatch("Max Muster", 42, "Broken mug", why, same=None, decided_by=None), **changes)


def a_mail(**changes: Any) -> ShownMail:
    """The customer's, which others read along."""
    plain = ShownMail(
        Party("anna@home.example", "Anna Kowalski"),
        by_customer=True,
        copies=(Party("eve@elsewhere.example", "Eve Else"), Party("ann@x.example")),
        url=f"https://desk.example/mails/{UUID(int=7)}?e=1800000000&s={'a1' * 32}",
    )
    return replace(plain, **changes)


def a_last_reply(delivery: Delivery = Delivery.DELIVERED, **changes: Any) -> LastReply:
    """Mia's, as a light card tells of it."""
    plain = LastReply(UUID(int=5), "Mia", "Hello Anna!", delivery, None, None, resendable=False, at=NOON)
    return replace(plain, **changes)


def an_entry(**changes: Any) -> RoomEntry:
    plain = RoomEntry(
        id=new_id(),
        ticket_id=_TICKET,
        kind="inbound",
        author="Anna Kowalski",
        text="My mug arrived broken.",
        at=NOON,
        concerns=True,
        delivery=Delivery.DELIVERED,
        error=None,
        slack_ts=None,
        posting=False,
    )
    return replace(plain, **changes)


def a_file(name: str = "cup.jpg", **changes: Any) -> ShownFile:
    """A customer's picture, stored; Slack has no preview of it."""
    plain = ShownFile(
        id=new_id(),
        name=name,
        content_type="image/jpeg",
        size=230_000,
        state=FileState.STORED,
        why=None,
        is_picture=True,
        has_thumbnail=True,
        url=f"https://desk.example/files/{UUID(int=7)}/{quote(name, safe='')}?e=1800000000&s={'a1' * 32}",
    )
    return replace(plain, **changes)


def a_picture(name: str = "cup.jpg", **changes: Any) -> ShownFile:
    """One that Slack can show."""
    return a_file(name, slack_file=f"F{new_id().hex[-10:].upper()}", **changes)


def a_person(name: str = "Mia", role: Role = Role.AGENT) -> Person:
    return Person(new_id(), name, f"{name.split()[0].lower()}@desk.example", role)
