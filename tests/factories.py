"""Values with defaults, so that a test names only what it is about. A desk over a database: `tests/storage/desk.py`."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from core.messages import Inbound
from tests import playbooks
from tests.examples import tried
from ticketing.activity.record import Record
from ticketing.people.actor import Actor, person_acting
from ticketing.people.person import Person, Role
from ticketing.templates.template import Template
from ticketing.tickets.ticket import Ticket
from ticketing.triage.decide import Rules
from ticketing.triage.suggestion import (
    Burst,
    BurstMessage,
    Entity,
    Issue,
    KnownTicket,
    Priority,
    Sentiment,
    Suggestion,
)

# Hypothesis measures each example; on a busy machine that says nothing about the example.
unhurried = tried(50)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday morning
RULES = Rules(sure_enough=0.75)


def after(seconds: float) -> datetime:
    """That long after NOW."""
    return NOW + timedelta(seconds=seconds)


def a_person(name: str = "Mia", role: Role = Role.AGENT, *, teams: tuple[UUID, ...] = ()) -> Person:
    person_id = uuid4()
    return Person(person_id, name, f"{name.lower()}.{person_id.hex[:6]}@example.com", role, frozenset(teams))


def an_actor(role: Role = Role.ADMIN) -> Actor:
    return person_acting(a_person(role=role))


def a_ticket(status: str = playbooks.OPEN, **fields: Any) -> Ticket:
    values: dict[str, Any] = {
        "id": uuid4(),
        "number": 1,
        "conversation_id": uuid4(),
        "customer_id": uuid4(),
        "type": "general_query",
        "category": "other",
        "subject": "Where is my order?",
        "description": "",
        "status": status,
        "status_category": playbooks.LIFECYCLE.status(status).category,
        "status_since": NOW,
        "priority": Priority.NORMAL,
        "team_id": None,
        "assignee_id": None,
        "reporter": "ai",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Ticket(**(values | fields))


def a_resolved_ticket(*, age: timedelta = timedelta(days=1), **fields: Any) -> Ticket:
    return a_ticket(playbooks.RESOLVED, resolved_at=NOW - age, status_since=NOW - age, **fields)


def a_burst(*texts: str, known: tuple[KnownTicket, ...] = (), pause: float = 1.0) -> Burst:
    """Messages `pause` seconds apart, the first one at NOW."""
    written = texts or ("My mug arrived broken, order 78932.",)
    messages = tuple(BurstMessage(uuid4(), text, after(index * pause)) for index, text in enumerate(written))
    return Burst(messages, known)


def known(ticket: Ticket, *references: str) -> KnownTicket:
    """The ticket as a brain knows it."""
    return KnownTicket(
        ticket.id,
        ticket.number,
        ticket.subject,
        ticket.type,
        ticket.category,
        ticket.status_category.value,
        references=references,
    )


def an_issue(burst: Burst, **fields: Any) -> Issue:
    """Read from the whole burst, unless `message_ids` says otherwise."""
    values: dict[str, Any] = {
        "subject": "A broken mug",
        "summary": "The mug arrived broken.",
        "type": "return",
        "category": "damaged",
        "intent": "damaged_item",
        "confidence": 0.9,
        "priority": Priority.HIGH,
        "message_ids": tuple(message.id for message in burst.messages),
    }
    return Issue(**(values | fields))


def an_entity(burst: Burst, **fields: Any) -> Entity:
    values: dict[str, Any] = {
        "kind": "order",
        "value": "78932",
        "words": "order 78932",
        "message_id": burst.messages[0].id,
    }
    return Entity(**(values | fields))


def a_suggestion(*issues: Issue, worthy: bool = True, confidence: float = 0.95, **fields: Any) -> Suggestion:
    values: dict[str, Any] = {
        "ticket_worthy": worthy,
        "confidence": confidence,
        "why": "The customer reports a broken item.",
        "issues": issues,
        "sentiment": Sentiment.FRUSTRATED,
        "sentiment_confidence": 0.8,
        "language": "en",
        "brain": "test",
        "model": "1",
    }
    return Suggestion(**(values | fields))


def a_template(body: str = "About your order: {{1}}", **fields: Any) -> Template:
    values: dict[str, Any] = {
        "id": uuid4(),
        "channel": "fake",
        "provider_id": f"HX{uuid4().hex}",
        "name": "order_update",
        "language": "en",
        "body": body,
        "variables": tuple(dict.fromkeys(re.findall(r"\{\{\s*(\w+)\s*\}\}", body))),
        "status": "approved",
        "category": "utility",
        "why": None,
        "is_fallback": False,
        "synced_at": NOW,
    }
    return Template(**(values | fields))


def a_record(kind: str = "status.changed", *, by: Actor | None = None, at: datetime = NOW) -> Record:
    return Record(kind, by or an_actor(), at, {"status": "open"}, {"status": "resolved"})


def an_inbound(text: str = "My mug arrived broken.", **fields: Any) -> Inbound:
    values: dict[str, Any] = {
        "key": uuid4().hex,
        "channel": "fake",
        "account": "+14155550100",
        "sender": "+4915112345678",
        "sender_name": "Ada",
        "text": text,
        "sent_at": None,
    }
    return Inbound(**(values | fields))
