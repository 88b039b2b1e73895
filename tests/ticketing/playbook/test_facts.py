"""The context of a ticket has every documented name, of the documented kind."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sla.calendar import ALWAYS_OPEN
from sla.clock import Clock, Kind, Moment, State, What, start
from sla.target import Target
from tests.factories import NOW, a_person, a_ticket
from tests.ticketing.playbook.broken import BASE
from ticketing.customers.customer import Customer
from ticketing.people.actor import AI, person_acting
from ticketing.playbook import facts
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import Field, FieldKind, Option
from ticketing.playbook.kinds import TEXT
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.playbook import Playbook
from ticketing.sla.standing import Standing
from ticketing.tickets.ticket import Stored
from ticketing.triage.suggestion import Sentiment


def the_playbook() -> Playbook:
    playbook = compile_playbook(BASE, file="p.yaml").playbook
    assert playbook is not None
    return playbook


def asked(**fields: Stored) -> Any:
    ticket = a_ticket(type="return", fields=fields, created_at=NOW - timedelta(hours=30))
    return facts.context(ticket, the_playbook(), now=NOW, channel="whatsapp", team="Returns")


def test_every_documented_name_is_there_and_no_other() -> None:
    def shape(value: Any) -> Any:
        return {key: shape(each) for key, each in value.items()} if isinstance(value, Mapping) else None

    names = facts.names(types=[], categories=[], statuses=[], fields=dict.fromkeys(the_playbook().fields, TEXT))
    context = dict(asked())
    assert context["customer"].pop("attributes") == {}
    context["customer"]["attributes"] = None
    assert shape(context) == shape(names)


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("fields.amount > 200", True),
        ("fields.amount == 250", True),
        ('fields.reason == "broken"', True),
        ("fields.order == null", True),
        ('ticket.type == "return" && ticket.status_category == "open"', True),
        ("ticket.age_hours > 24 && ticket.age_hours < 48", True),
        ('ticket.team == "returns" && conversation.channel == "whatsapp"', True),
        ("now - ticket.created_at > duration('48h')", False),
        ("customer.tier == null && actor.role == null", True),
        ('"vip" in ticket.tags', False),
    ],
)
def test_conditions_are_answered_from_a_ticket(source: str, holds: bool) -> None:
    assert Condition(source).holds(asked(amount="250.00", reason="broken"), otherwise=not holds) is holds


def test_what_has_no_value_leaves_the_answer_to_whoever_asks() -> None:
    condition = Condition("fields.amount > 200")
    assert [condition.holds(asked(), otherwise=each) for each in (True, False)] == [True, False]


def test_who_does_it_is_known() -> None:
    mia = a_person()
    context = facts.context(a_ticket(), the_playbook(), now=NOW, actor=person_acting(mia))
    assert context["actor"] == {"kind": "agent", "role": "agent", "teams": []}
    assert facts.context(a_ticket(), the_playbook(), now=NOW, actor=AI)["actor"]["kind"] == "ai"


def test_attributes_of_a_customer_are_asked_by_name() -> None:
    customer = Customer(a_ticket().customer_id, "Clara", NOW, tier="gold", custom={"orders": 3, "vip": True})
    context = facts.context(a_ticket(), the_playbook(), now=NOW, customer=customer)
    assert Condition("customer.attributes.vip && customer.attributes.orders > 2").holds(context, otherwise=False)
    assert not Condition("customer.attributes.unheard_of == 1").holds(context, otherwise=False)


@pytest.mark.parametrize(
    ("kind", "stored", "fact"),
    [
        (FieldKind.MONEY, "89.00", 89.0),
        (FieldKind.NUMBER, "-3", -3.0),
        (FieldKind.DATE, "2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
        (FieldKind.CHECKBOX, False, False),
        (FieldKind.MULTI_SELECT, ["a"], ["a"]),
        (FieldKind.FILE, ["1"], ["1"]),
        (FieldKind.TEXT, "x", "x"),
        (FieldKind.DROPDOWN, "a", "a"),
        (FieldKind.MONEY, "a lot", None),
        (FieldKind.NUMBER, True, None),
        (FieldKind.DATE, "tomorrow", None),
        (FieldKind.CHECKBOX, "yes", None),
        (FieldKind.MULTI_SELECT, "a", None),
        (FieldKind.TEXT, None, None),
    ],
)
def test_a_stored_value_is_what_its_field_says_or_nothing(kind: FieldKind, stored: Stored, fact: Any) -> None:
    field = Field("f", "F", kind, options=(Option("a", "A"),), least=Decimal(0))
    assert facts.field_fact(field, stored) == fact


class TestWhatSaysThatATicketDoesNotGetOn:
    @pytest.mark.parametrize(
        ("given", "source", "holds"),
        [
            ({"sentiment": Sentiment.UPSET}, 'ticket.sentiment == "upset"', True),
            ({"sentiment": Sentiment.NEUTRAL}, 'ticket.sentiment in ["frustrated", "upset"]', False),
            ({}, "ticket.sentiment == null", True),
            ({"exchanges": 3}, "ticket.exchanges >= 3", True),
            ({"exchanges": 2}, "ticket.exchanges >= 3", False),
            ({"reopenings": 2}, "ticket.reopenings == 2", True),
            ({"hand_offs": 1}, "ticket.hand_offs > 1", False),
            ({"escalated_at": NOW}, "ticket.escalated", True),
            ({}, "ticket.escalated", False),
        ],
    )
    def test_the_ticket_itself_says_it(self, given: dict[str, Any], source: str, holds: bool) -> None:
        context = facts.context(a_ticket(**given), the_playbook(), now=NOW)
        assert Condition(source).holds(context, otherwise=not holds) is holds

    def test_what_is_read_beside_it_is_null_where_nobody_read_it(self) -> None:
        context = facts.context(a_ticket(), the_playbook(), now=NOW)
        for name in ("ticket.issues", "ticket.open_hours", "sla.state", "sla.used"):
            assert Condition(f"{name} == null").holds(context, otherwise=False), name

    def test_and_is_told_where_somebody_did(self) -> None:
        promise = Standing(clock=a_clock(), state=State.AT_RISK, used=0.8)
        context = facts.context(a_ticket(), the_playbook(), now=NOW, issues=3, open_hours=49.5, sla=promise)
        for source in (
            "ticket.issues == 3",
            "ticket.open_hours > 48",
            'sla.state == "at_risk" && sla.used > 0.75 && sla.used < 1',
        ):
            assert Condition(source).holds(context, otherwise=False), source


def a_clock() -> Clock:
    started = Moment(What.STARTED, NOW, target=Target(timedelta(hours=5), "always"))
    clock = start(Kind.RESOLUTION, started, {"always": ALWAYS_OPEN})
    assert clock is not None
    return clock
