"""A ticket of another type follows another lifecycle: where it stands then."""

from dataclasses import replace

import pytest

from tests.factories import a_ticket, after, an_actor
from tests.playbooks import IN_PROGRESS, OPEN, RESOLVED, WAITING, a_document, a_playbook, example
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.changes import CorrectionRefused, change_type
from ticketing.tickets.ticket import Ticket

RETAIL = example("retail")


def retyped(ticket: Ticket, kind: str, category: str = "other", playbook: Playbook = RETAIL) -> Ticket:
    return change_type(ticket, kind, category, by=an_actor(), at=after(60), playbook=playbook).ticket


class TestChangeType:
    def test_a_status_that_both_types_have_stays_with_its_time(self) -> None:
        waiting = a_ticket(WAITING)
        now = retyped(waiting, "return")
        assert (now.type, now.status, now.status_since) == ("return", WAITING, waiting.status_since)

    @pytest.mark.parametrize(
        ("here", "there"), [(OPEN, "new"), (IN_PROGRESS, "investigating"), (RESOLVED, "customer_accepted")]
    )
    def test_else_the_first_of_its_category_follows(self, here: str, there: str) -> None:
        now = retyped(a_ticket(here), "return")
        assert (now.status, now.status_category) == (there, RETAIL.lifecycles["return"].status(there).category)
        assert now.status_since == after(60)

    def test_no_type_is_a_way_around_an_approval(self) -> None:
        """A dispute is sent its decision only with four eyes: an enquiry that was resolved is none by its name."""
        disputes = example("disputes")
        settled = a_ticket(RESOLVED, type="enquiry", category="fees")
        now = retyped(settled, "dispute", "fees", disputes)
        assert (now.status, now.is_live, now.resolved_at) == ("received", True, None)

    @pytest.mark.parametrize(("amount", "there"), [("150.00", "customer_accepted"), ("250.00", "new")])
    def test_nor_is_it_for_what_needs_one_only_by_its_fields(self, amount: str, there: str) -> None:
        refund = a_ticket(RESOLVED, fields={"resolution": "refund", "refund_amount": amount})
        assert retyped(refund, "return").status == there

    def test_a_status_of_the_same_name_that_means_something_else_is_another_one(self) -> None:
        rules = RETAIL.lifecycles["return"]
        closing = tuple(replace(each, key=RESOLVED) if each.key == "closed" else each for each in rules.statuses)
        arrows = tuple(replace(each, to=RESOLVED) if each.to == "closed" else each for each in rules.transitions)
        other = replace(rules, statuses=closing, transitions=arrows)
        playbook = replace(RETAIL, lifecycles={**RETAIL.lifecycles, "return": other})
        assert retyped(a_ticket(RESOLVED), "return", playbook=playbook).status == "customer_accepted"

    def test_within_one_lifecycle_it_stays_where_it_was_let_in(self) -> None:
        kinds = {**RETAIL.types, "swap": replace(RETAIL.types["return"], key="swap", label="Swap")}
        fields = {"resolution": "refund", "refund_amount": "250.00"}
        agreed = replace(a_ticket(RESOLVED, type="return", fields=fields), status="customer_accepted")
        assert retyped(agreed, "swap", playbook=replace(RETAIL, types=kinds)).status == "customer_accepted"

    def test_else_it_begins_anew(self) -> None:
        two = a_playbook(
            a_document("new open", "done closed").replace(
                "lifecycles:\n",
                "  parked: {label: Parked, lifecycle: other, categories: [other]}\n"
                "lifecycles:\n  other:\n    label: Another\n    created_in: on_hold\n    statuses:\n"
                "      on_hold: {label: On hold, category: pending}\n      closed: {label: Closed, category: closed}\n"
                "    transitions: [{from: on_hold, to: closed}]\n",
            )
        )
        held = replace(a_ticket(type="parked"), status="on_hold", status_category=StatusCategory.PENDING)
        assert retyped(held, "general_query", playbook=two).status == "new"

    def test_it_is_recorded_with_both_statuses_and_the_playbook(self) -> None:
        playbook = replace(RETAIL, version=7)
        change = change_type(a_ticket(OPEN), "return", "other", by=an_actor(), at=after(60), playbook=playbook)
        assert change.record is not None
        assert change.record.before == {"type": "general_query", "category": "other", "status": OPEN}
        assert change.record.after == {"type": "return", "category": "other", "status": "new", "playbook": 7}

    def test_a_category_that_the_type_does_not_have_is_refused_unless_nobody_chose_it(self) -> None:
        kinds = {**RETAIL.types, "return": replace(RETAIL.types["return"], categories=("damaged", "shipping"))}
        narrow = replace(RETAIL, types=kinds)
        assert retyped(a_ticket(category="other"), "return", "other", narrow).category == "damaged"
        with pytest.raises(CorrectionRefused, match=r"Billing is no category of Return\. It has: Damaged, Ship"):
            retyped(a_ticket(category="other"), "return", "billing", narrow)
