"""Differences between playbooks, in words."""

from dataclasses import replace
from datetime import timedelta

from tests.playbooks import PLAIN, a_playbook, example, text_of
from ticketing.playbook.ai_policy import AiPolicy, EscalationRule
from ticketing.playbook.conditions import Condition
from ticketing.playbook.diff import differences
from ticketing.playbook.difference import Difference
from ticketing.playbook.grants import Grant, Grants
from ticketing.playbook.lifecycle import Lifecycle, MovesOn
from ticketing.playbook.playbook import Playbook

RETAIL = example("retail")


def told(before: Playbook, after: Playbook) -> list[str]:
    return [f"{each.sign} {each.where}: {each.words}" for each in differences(before, after)]


def with_return(**changed: object) -> Playbook:
    lifecycle: Lifecycle = replace(RETAIL.lifecycles["return"], **changed)  # type: ignore[arg-type]  # its own parts
    return replace(RETAIL, lifecycles={**RETAIL.lifecycles, "return": lifecycle})


class TestDifferences:
    def test_the_same_says_nothing(self) -> None:
        read_again = a_playbook(text_of("retail") + "# and nothing more\n")
        assert read_again is not RETAIL
        assert differences(RETAIL, read_again) == []

    def test_a_desk_without_a_playbook_is_told_what_the_shops_brings(self) -> None:
        lines = told(PLAIN, RETAIL)
        assert "~ Type Return: follows lifecycle Return now" in lines
        assert "+ Type Return: field Refund amount" in lines
        assert "+ Lifecycle Standard: status Resolved: after 5 days: to Closed" in lines
        assert "+ Fields: Refund amount (money)" in lines
        assert "+ Approvals: Refund over 200" in lines

    def test_a_status_that_changes_says_what(self) -> None:
        statuses = tuple(
            replace(each, label="Paused", sla_paused=False, moves_on=MovesOn(timedelta(hours=36), "closed"))
            if each.key == "on_hold"
            else each
            for each in RETAIL.lifecycles["return"].statuses
        )
        assert told(RETAIL, with_return(statuses=statuses)) == [
            "~ Lifecycle Return: status On hold (external party) is called Paused now",
            "+ Lifecycle Return: status Paused: after 36 hours: to Closed",
            "- Lifecycle Return: status Paused: SLA paused",
        ]

    def test_arrows_that_come_go_and_change(self) -> None:
        kept = [each for each in RETAIL.lifecycles["return"].transitions if each.origin != "new"]
        first = replace(kept[0], by=Grants(frozenset({Grant.AI}), frozenset({"finance"})), approval="refund_over_200")
        lines = told(RETAIL, with_return(transitions=(first, *kept[1:])))
        assert lines == [
            "~ Lifecycle Return: Investigating → Waiting on customer: "
            "by AI, team finance, was by assignee, supervisor, AI",
            "~ Lifecycle Return: Investigating → Waiting on customer: needs approval Refund over 200",
            "- Lifecycle Return: New → Investigating is not possible any more",
        ]

    def test_of_fields_and_approvals_what_changed(self) -> None:
        large = replace(RETAIL.approvals["refund_over_200"], quorum=2)
        approvals = {**RETAIL.approvals, "refund_over_200": large}
        fields = {key: each for key, each in RETAIL.fields.items() if key != "photo"}
        after = replace(RETAIL, approvals=approvals, fields=fields)
        assert differences(RETAIL, after) == [
            Difference("-", "Fields", "Photos (file)"),
            Difference("~", "Approvals", "Refund over 200: quorum is now 2"),
        ]

    def test_escalations_that_come_go_and_change(self) -> None:
        def with_rules(*rules: EscalationRule) -> Playbook:
            kind = replace(RETAIL.types["complaint"], ai=AiPolicy(rules))
            return replace(RETAIL, types={**RETAIL.types, "complaint": kind})

        late, upset = Condition("ticket.age_hours > 48.0"), Condition('ticket.priority == "urgent"')
        before = with_rules(EscalationRule("a", late, "it is old"), EscalationRule("b", upset, "it presses"))
        after = with_rules(EscalationRule("a", late, "it waits"), EscalationRule("c", upset, "now"))
        assert told(before, after) == [
            "~ Type Complaint: escalates otherwise, because “it waits”: ticket.age_hours > 48.0",
            '+ Type Complaint: escalates, because “now”: ticket.priority == "urgent"',
            '- Type Complaint: escalates, because “it presses”: ticket.priority == "urgent"',
        ]
