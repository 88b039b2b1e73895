"""Which fields there are, what a transition asks for, and what the one transition function refuses."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.factories import NOW, a_person, a_ticket, an_actor
from tests.playbooks import CLOSED, IN_PROGRESS, LIFECYCLE, OPEN, RESOLVED, WAITING, with_fields, with_transitions
from ticketing.customers.customer import Customer
from ticketing.fields.change import fill_in, parsed
from ticketing.fields.provenance import digest_of
from ticketing.fields.refusals import FieldsMissing, FieldsRefused
from ticketing.fields.requirements import demands
from ticketing.fields.surroundings import Surroundings, asked_by, conditions_about
from ticketing.fields.visibility import in_view
from ticketing.people.actor import AUTOMATION, Actor, customer_acting, person_acting
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import Field, FieldKind, Option
from ticketing.playbook.lifecycle import MovesOn, Transition
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.changes import TransitionRefused, move, transitions
from ticketing.tickets.ticket import Stored, Ticket

RESOLUTION = Field(
    "resolution", "Resolution", FieldKind.DROPDOWN, options=(Option("refund", "Refund"), Option("repair", "Repair"))
)
AMOUNT = Field(
    "amount",
    "Refund amount",
    FieldKind.MONEY,
    currency="USD",
    show=Condition('fields.resolution == "refund"'),
    required=Condition('fields.resolution == "refund"'),
)
REASON = Field("reason", "Reason", FieldKind.TEXT, show=Condition("fields.amount > 100.0"))
ORDER = Field("order", "Order", FieldKind.TEXT, required=True)
SECRET = Field("secret", "Secret", FieldKind.TEXT, required=True, show=Condition("false && ticket.assigned"))
PLAYBOOK = with_fields(RESOLUTION, AMOUNT, REASON, ORDER, SECRET, asked={WAITING: ("resolution",), CLOSED: ("note",)})


def holding(status: str = OPEN, **values: Stored) -> Ticket:
    return a_ticket(status, fields=values)


def keys(ticket: Ticket, playbook: Playbook = PLAYBOOK) -> list[str]:
    return [field.key for field in in_view(ticket, playbook, now=NOW).fields]


class TestInView:
    def test_fields_come_to_be_there_as_others_are_filled_in(self) -> None:
        assert keys(holding()) == ["resolution", "order"]
        assert keys(holding(resolution="refund")) == ["resolution", "amount", "order"]
        assert keys(holding(resolution="refund", amount="200.00")) == ["resolution", "amount", "reason", "order"]

    def test_a_hidden_field_counts_as_empty_for_those_that_depend_on_it(self) -> None:
        assert keys(holding(resolution="repair", amount="200.00")) == ["resolution", "order"]

    def test_a_hidden_field_is_never_required(self) -> None:
        assert in_view(holding(), PLAYBOOK, now=NOW).required == {"order"}
        assert in_view(holding(resolution="refund"), PLAYBOOK, now=NOW).required == {"order", "amount"}

    def test_a_long_chain_is_followed_to_its_end(self) -> None:
        chain = [Field("f0", "First", FieldKind.CHECKBOX)]
        chain += [
            Field(f"f{n}", f"Field {n}", FieldKind.CHECKBOX, show=Condition(f"fields.f{n - 1} == true"))
            for n in range(1, 30)
        ]
        playbook = with_fields(*reversed(chain))
        ticked: dict[str, Stored] = {f"f{n}": True for n in range(30)}
        assert len(keys(a_ticket(fields=ticked), playbook)) == 30
        assert keys(a_ticket(fields=ticked | {"f10": False}), playbook) == [f"f{n}" for n in range(10, -1, -1)]

    def test_a_circle_ends_with_its_fields_hidden(self) -> None:
        one = Field("one", "One", FieldKind.CHECKBOX, show=Condition("fields.other == null"))
        other = Field("other", "Other", FieldKind.CHECKBOX, show=Condition("fields.one == null"))
        assert keys(a_ticket(fields={"one": True, "other": True}), with_fields(one, other)) == []

    def test_what_surrounds_the_ticket_is_read_where_a_condition_asks_for_it(self) -> None:
        vip = Field("vip", "VIP desk", FieldKind.TEXT, show=Condition('customer.tier == "gold"'))
        playbook, ticket = with_fields(vip), a_ticket()
        assert asked_by(conditions_about(ticket, playbook)).around
        assert not asked_by(conditions_about(ticket, PLAYBOOK))
        gold = Surroundings(customer=Customer(uuid4(), "Ada", NOW, tier="gold"))
        assert [field.key for field in in_view(ticket, playbook, now=NOW, around=gold).fields] == ["vip"]
        assert in_view(ticket, playbook, now=NOW).fields == ()

    def test_an_answer_is_remembered_for_just_what_it_was_about(self) -> None:
        ticket, vip = holding(resolution="refund"), Surroundings(customer=Customer(uuid4(), "Ada", NOW, tier="vip"))
        seen = in_view(ticket, PLAYBOOK, now=NOW)
        assert in_view(ticket, PLAYBOOK, now=NOW) is seen
        later = in_view(ticket, PLAYBOOK, now=NOW + timedelta(hours=1)).context
        assert later["ticket"]["age_hours"] == seen.context["ticket"]["age_hours"] + 1
        assert in_view(ticket, PLAYBOOK, now=NOW, around=vip).context["customer"]["tier"] == "vip"
        assert in_view(ticket, PLAYBOOK, now=NOW, by=AUTOMATION).context["actor"]["kind"] == "automation"
        for _ in range(300):  # what is forgotten is not mistaken for what comes after it
            assert keys(holding(resolution="repair")) == ["resolution", "order"]
        assert in_view(ticket, PLAYBOOK, now=NOW) == seen


class TestMove:
    """The one transition function, with everything that it asks for."""

    @pytest.mark.parametrize(
        ("values", "to", "note", "missing"),
        [
            ({}, IN_PROGRESS, "", ()),  # required fields do not hold up work
            ({}, WAITING, "", ("resolution",)),
            ({"resolution": "repair"}, WAITING, "", ()),
            ({"resolution": "refund"}, WAITING, "", ("amount",)),  # asked for with what makes it required
            ({"resolution": "refund", "amount": "5.00"}, WAITING, "", ()),
            ({}, RESOLVED, "", ("order",)),
            ({"resolution": "refund"}, RESOLVED, "", ("amount", "order")),
            ({"resolution": "repair", "order": "A1"}, RESOLVED, "", ()),
        ],
    )
    def test_names_all_that_is_missing_at_once(
        self, values: dict[str, Stored], to: str, note: str, missing: tuple[str, ...]
    ) -> None:
        ticket = a_ticket(fields=values)
        if not missing:
            assert move(ticket, to, by=an_actor(), at=NOW, playbook=PLAYBOOK, note=note).ticket.status == to
            return
        with pytest.raises(FieldsMissing) as refused:
            move(ticket, to, by=an_actor(), at=NOW, playbook=PLAYBOOK, note=note)
        assert refused.value.missing == missing

    def test_says_what_is_missing_by_its_labels(self) -> None:
        ticket = holding(RESOLVED, resolution="refund")
        with pytest.raises(FieldsMissing) as refused:
            move(ticket, CLOSED, by=an_actor(), at=NOW, playbook=PLAYBOOK, note="  ")
        assert refused.value.message == "Closed needs: Note, Refund amount, Order."
        full = replace(ticket, fields={"resolution": "repair", "order": "A1"})
        assert move(full, CLOSED, by=an_actor(), at=NOW, playbook=PLAYBOOK, note="Sent.").ticket.status == CLOSED

    def test_what_every_ticket_has_can_be_asked_for_too(self) -> None:
        playbook = with_fields(asked={IN_PROGRESS: ("category", "priority", "assignee", "team")})
        with pytest.raises(FieldsMissing) as refused:
            move(a_ticket(), IN_PROGRESS, by=an_actor(), at=NOW, playbook=playbook)
        assert refused.value.missing == ("assignee", "team")
        complete = a_ticket(assignee_id=uuid4(), team_id=uuid4())
        assert move(complete, IN_PROGRESS, by=an_actor(), at=NOW, playbook=playbook).record is not None

    def test_a_transition_asks_for_more_than_its_status(self) -> None:
        arrow = Transition(OPEN, IN_PROGRESS, requires=("order", "note"))
        playbook = with_transitions(PLAYBOOK, [arrow])
        with pytest.raises(FieldsMissing) as refused:
            move(holding(), IN_PROGRESS, by=an_actor(), at=NOW, playbook=playbook)
        assert refused.value.missing == ("note", "order")

    @pytest.mark.parametrize("by", [customer_acting(uuid4(), "Customer"), AUTOMATION], ids=["customer", "the clock"])
    def test_nothing_is_asked_of_customers_and_of_the_clock(self, by: Actor) -> None:
        lasting = replace(LIFECYCLE.status(OPEN), when_answered=RESOLVED, moves_on=MovesOn(NOW - NOW, RESOLVED))
        arrow = Transition(OPEN, RESOLVED, requires=("note",), when=Condition('ticket.priority == "urgent"'))
        playbook = with_transitions(PLAYBOOK, [arrow], [lasting])
        assert move(holding(), RESOLVED, by=by, at=NOW, playbook=playbook).ticket.status == RESOLVED

    def test_an_arrow_whose_condition_does_not_hold_is_no_arrow(self) -> None:
        arrow = Transition(OPEN, IN_PROGRESS, when=Condition("fields.amount > 100.0"))
        playbook = with_transitions(PLAYBOOK, [arrow, Transition(OPEN, WAITING)])
        large, small = (holding(resolution="refund", amount=amount) for amount in ("200.00", "5.00"))
        hidden = holding(resolution="repair", amount="200.00")
        assert move(large, IN_PROGRESS, by=an_actor(), at=NOW, playbook=playbook).ticket.status == IN_PROGRESS
        offered = [transitions(each, by=an_actor(), at=NOW, playbook=playbook) for each in (large, small, hidden)]
        assert [[status.key for status in each] for each in offered] == [[IN_PROGRESS, WAITING], [WAITING], [WAITING]]
        with pytest.raises(TransitionRefused) as refused:
            move(small, IN_PROGRESS, by=an_actor(), at=NOW, playbook=playbook)
        assert "fields.amount > 100.0" in refused.value.message

    def test_demands_are_known_before_anybody_tries(self) -> None:
        arrow = LIFECYCLE.transition(OPEN, WAITING)
        assert arrow is not None
        wanted = demands(holding(resolution="refund"), arrow, PLAYBOOK, now=NOW)
        assert [field.key for field in wanted.fields] == ["resolution", "amount"]
        assert (wanted.missing, wanted.note) == ((("amount", "Refund amount"),), False)


class TestFillIn:
    def fill(self, ticket: Ticket, **given: Any) -> Ticket:
        values = parsed(given, ticket, PLAYBOOK)
        return fill_in(ticket, values, by=an_actor(), at=NOW, playbook=PLAYBOOK).ticket

    def test_a_field_and_the_one_that_it_brings_are_filled_in_together(self) -> None:
        after = self.fill(holding(), resolution="Refund", amount="$20")
        assert (after.fields, after.version) == ({"resolution": "refund", "amount": "20.00"}, 2)

    def test_a_field_that_becomes_hidden_keeps_its_value(self) -> None:
        after = self.fill(holding(resolution="refund", amount="20.00"), resolution="repair")
        assert after.fields == {"resolution": "repair", "amount": "20.00"}

    def test_what_is_not_there_is_not_filled_in(self) -> None:
        with pytest.raises(FieldsRefused) as refused:
            self.fill(holding(), amount="20", nonsense="x")
        assert set(refused.value.problems) == {"nonsense"}
        with pytest.raises(FieldsRefused) as refused:
            self.fill(holding(), amount="20")
        assert "not asked for" in refused.value.problems["amount"]

    def test_all_problems_are_told_at_once_with_the_names_of_the_fields(self) -> None:
        with pytest.raises(FieldsRefused) as refused:
            self.fill(holding(), resolution="voucher", order="x" * 4000)
        assert set(refused.value.problems) == {"resolution", "order"}
        assert refused.value.message.startswith("Resolution: 'voucher' is none of the options: Refund, Repair. Order:")

    def test_what_the_ticket_cannot_be_without_where_it_is_cannot_be_emptied(self) -> None:
        with pytest.raises(FieldsMissing) as refused:
            self.fill(holding(RESOLVED, order="A1"), order="")
        assert refused.value.missing == ("order",)
        assert self.fill(holding(order="A1"), order="").fields == {}

    def test_the_same_again_is_no_change_whatever_has_become_of_its_field(self) -> None:
        held = holding(resolution="voucher", order="A1")
        assert self.fill(held, resolution="voucher", order=" A1 ") is held

    def test_records_hold_numbers_and_options_in_clear_and_texts_by_a_digest_that_nobody_can_guess(self) -> None:
        by = person_acting(a_person())
        values = parsed({"resolution": "refund", "order": "A2"}, holding(), PLAYBOOK)
        filled = fill_in(holding(order="A1"), values, by=by, at=NOW, playbook=PLAYBOOK)
        option, text = filled.records
        assert (option.kind, option.before, option.after) == (
            "field.changed",
            {"resolution": None},
            {"resolution": "refund"},
        )
        before, after = filled.words
        assert (text.before, text.after) == ({"order": before.digest}, {"order": after.digest})
        assert [(kept.text, digest_of(kept.text, kept.salt)) for kept in filled.words] == [
            ("A1", before.digest),
            ("A2", after.digest),
        ]
        assert "A2" not in str(text)
        again = fill_in(holding(), values, by=by, at=NOW, playbook=PLAYBOOK).words
        assert after.digest not in {kept.digest for kept in again}
