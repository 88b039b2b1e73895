"""Mails at the desk of `desk.py`: filed by their values, and answered over a channel with letters."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from core.messages import Delivery, DeliveryReport, Inbound, Letter, Limits, Party, Received
from storage.jobs.codec import decode
from tests.fakes.channels import FakeConnector
from tests.playbooks import a_playbook
from tests.storage.desk import DeskAtWork
from ticketing.conversations.deliver import deliver
from ticketing.conversations.file_event import file_event
from ticketing.people.person import Person
from ticketing.surveys.plan import SurveyRules
from ticketing.tickets.events import StagePassed
from ticketing.tickets.stage_messages import send_stage_messages
from ticketing.tickets.ticket import Ticket

# Leaving Open sends a reply, and Proposed makes an offer.
PLAYBOOK = a_playbook("""
language: 1
playbook: Mails
categories: {other: Other}
types:
  query: {label: Query, lifecycle: standard, categories: [other]}
lifecycles:
  standard:
    label: Standard
    created_in: open
    statuses:
      open: {label: Open, category: open, on_leave: [send_reply: on_it]}
      proposed:
        label: Proposed
        category: pending
        on_enter: [offer: {reply: proposal, accepted: accepted, declined: open}]
      accepted: {label: Accepted, category: resolved, comes_back: {to: open, within: 5d}}
      closed: {label: Closed, category: closed}
    transitions:
      - {from: open, to: [proposed, accepted], by: agent}
      - {from: proposed, to: [accepted, open], by: [agent, customer]}
      - {from: accepted, to: [open, closed], by: agent}
replies:
  on_it: {label: On it, text: We are on it.}
  proposal: {label: Proposal, text: A new mug?}
""")
OURS, MAX, EVE = "support@shop.example", "max@home.example", "eve@elsewhere.example"
MAILS = Limits(text=100_000, letters=True)


def a_mail(
    text: str = "It broke.",
    *,
    sender: str = MAX,
    answer_to: str | None = None,
    subject: str = "Mug",
    name: str = "Max",
    **letter: object,
) -> Inbound:
    key = uuid4().hex
    said = Letter(f"{key}@home.example", subject, Party(sender, name), f"event-{key}", **letter)  # type: ignore[arg-type]
    return Inbound(key, "email", OURS, answer_to or sender, name, text, None, letter=said)


async def file(desk: DeskAtWork, *items: Received) -> str:
    """Its outcome in the inbox."""
    inbox_id = await desk.store(b"raw")
    await desk.rows_changed("UPDATE inbox SET channel = 'email' WHERE id = :id", id=inbox_id)
    await file_event(inbox_id, parse={"email": lambda _: items}, uow=desk.start(), now=desk.now)
    (row,) = await desk.rows("SELECT outcome FROM inbox WHERE id = :id", id=inbox_id)
    return str(row.outcome)


async def filed(desk: DeskAtWork, mail: Inbound) -> UUID:
    """Where it is."""
    assert await file(desk, mail) == "filed"
    (row,) = await desk.rows("SELECT conversation_id FROM message WHERE key = :key", key=f"email:{mail.key}")
    conversation_id: UUID = row.conversation_id
    return conversation_id


async def note_of(desk: DeskAtWork, mail: Inbound) -> str | None:
    (row,) = await desk.rows("SELECT note FROM message WHERE key = :key", key=f"email:{mail.key}")
    note: str | None = row.note
    return note


def with_mail(desk: DeskAtWork) -> FakeConnector:
    """From now on the desk can write mails; what it sends is remembered there."""
    channel = FakeConnector(channel="email", limits=MAILS)
    desk.desk = replace(desk.desk, limits={**desk.desk.limits, "email": MAILS})
    return channel


async def send(desk: DeskAtWork, channel: FakeConnector, message_id: UUID) -> None:
    await deliver(
        message_id,
        job=uuid4().hex,
        channels={"email": channel},
        outside=desk.outside,
        start=desk.start,
        clock=desk.clock,
    )


def a_bounce(
    message: UUID, address: str = MAX, why: str = "550 5.1.1 no such user", *, gone: bool = True
) -> DeliveryReport:
    return DeliveryReport(f"{message}", message, Delivery.FAILED, error=f"{address}: {why}", bounced=address, gone=gone)


async def propose(desk: DeskAtWork, channel: FakeConnector, ticket: Ticket, *, by: Person) -> None:
    """Move it to Proposed, and send what the playbook says."""
    await desk.desk.change_status(ticket.id, "proposed", by=by)
    rows = await desk.rows("SELECT payload FROM pgqueuer WHERE entrypoint = 'StagePassed' ORDER BY id")
    passed = decode(StagePassed, rows[-1].payload)
    assert isinstance(passed, StagePassed)
    nobody = SurveyRules(timedelta(), timedelta(days=30), when_resolved=False)
    for _ in range(2):  # its job may come again
        await send_stage_messages(passed, surveys=nobody, limits={"email": MAILS}, uow=desk.start(), now=desk.now)
    for row in await desk.rows("SELECT id FROM message WHERE delivery = 'pending' ORDER BY at, id"):
        await send(desk, channel, row.id)
