"""What the compiler makes of a playbook that is right."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.ticketing.playbook.broken import BASE
from ticketing.people.person import Role
from ticketing.playbook.actions import AddTag, HandToTeam, OfferSolution, RemoveTag, SendSurvey, SetDue, SetPriority
from ticketing.playbook.approval_rules import Approvers, WhenExpired
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import FieldKind, Fill, Source
from ticketing.playbook.grants import DEFAULT_GRANTS, Grant, Grants
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.language.durations import duration
from ticketing.playbook.lifecycle import MovesOn, StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.sla_policy import Audience, Notify
from ticketing.triage.suggestion import Priority


def made(*edits: tuple[str, str]) -> Playbook:
    text = BASE
    for before, after in edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    compiled = compile_playbook(
        text, file="p.yaml", teams=["Returns"], people=["mia@example.com", "ben@example.com"], version=7
    )
    assert compiled.playbook is not None, "\n".join(map(str, compiled.problems))
    return compiled.playbook


def test_a_playbook_has_its_name_its_version_and_everything_by_key() -> None:
    playbook = made()
    assert (playbook.name, playbook.version) == ("Small", 7)
    assert playbook.default_type.key == "return"
    assert playbook.lifecycle("return").initial == "new"
    assert playbook.category("damaged") == "Damaged"


def test_statuses_keep_their_order_and_what_they_mean() -> None:
    lifecycle = made().lifecycles["main"]
    assert [each.key for each in lifecycle.statuses] == ["new", "working", "waiting", "done", "closed"]
    waiting, done = lifecycle.status("waiting"), lifecycle.status("done")
    assert (waiting.category, waiting.sla_paused, waiting.when_answered) == (StatusCategory.PENDING, True, "working")
    assert waiting.on_enter == (OfferSolution("proposal", "done", "working"),)
    assert (done.when_back, done.back_within) == ("working", timedelta(days=5))
    assert done.moves_on == MovesOn(timedelta(days=5), "closed")


def test_one_entry_draws_every_arrow_between_its_sides() -> None:
    by = "        by: [agent, 'team:RETURNS']"
    lifecycle = made(("to: [working, closed]", f"to: [working, closed]\n{by}")).lifecycles["main"]
    back, on = lifecycle.transition("done", "working"), lifecycle.transition("done", "closed")
    assert back is not None
    assert on is not None
    assert back.by == on.by == Grants(frozenset({Grant.AGENT}), frozenset({"returns"}))
    gated = lifecycle.transition("working", "done")
    assert gated is not None
    assert (gated.by, gated.approval) == (DEFAULT_GRANTS, "large")


def test_what_happens_by_itself() -> None:
    actions = """          - {set_priority: high}
          - hand_to_team: returns
          - add_tag: vip
          - remove_tag: new
          - set_due: 1d 12h
          - send_survey
          - offer:"""
    done = made(("          - offer:", actions)).lifecycles["main"].status("waiting").on_enter
    assert done[:-1] == (
        SetPriority(Priority.HIGH),
        HandToTeam("returns"),
        AddTag("vip"),
        RemoveTag("new"),
        SetDue(timedelta(days=1, hours=12)),
        SendSurvey(),
    )


def test_a_field_says_all_that_it_was_given() -> None:
    extra = "    least: 0.01\n    most: 500\n    required: fields.reason == 'broken'\n    fill: entity:amount"
    amount = made(("currency: EUR", f"currency: EUR\n{extra}")).fields["amount"]
    assert (amount.kind, amount.currency) == (FieldKind.MONEY, "EUR")
    assert (amount.least, amount.most) == (Decimal("0.01"), Decimal(500))
    assert amount.required == Condition("fields.reason == 'broken'")
    assert amount.show == Condition('fields.reason == "broken"')
    assert amount.fill == (Fill(Source.ENTITY, "amount"),)


def test_an_approval_names_roles_teams_and_people() -> None:
    approvers = "[supervisor, team:Returns, Mia@Example.com]\n    quorum: 2\n    expires: 2d\n    then: escalate"
    rule = made(("[supervisor]", approvers)).approvals["large"]
    assert rule.approvers == Approvers(
        frozenset({Role.SUPERVISOR}), frozenset({"returns"}), frozenset({"mia@example.com"})
    )
    assert (rule.quorum, rule.expires, rule.then) == (2, timedelta(days=2), WhenExpired.ESCALATE)
    assert (rule.binds, rule.amount) == (("amount",), "amount")


def test_what_there_was_before_is_known_by_what_it_is_now() -> None:
    playbook = made(
        ("    label: Return\n", "    label: Return\n    was: refund\n"),
        ("category: active, requires", "category: active, was: [begun, looked_at], requires"),
        ("playbook: Small\n", "playbook: Small\nretired_categories: {old: Old one}\n"),
    )
    assert playbook.type("refund").key == "return"
    assert playbook.lifecycles["main"].status("begun").key == "working"
    assert playbook.category("old") == "Old one"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("5d", timedelta(days=5)),
        ("3h", timedelta(hours=3)),
        ("30m", timedelta(minutes=30)),
        ("90s", timedelta(seconds=90)),
        ("1d 12h", timedelta(hours=36)),
        ("1h30m", timedelta(minutes=90)),
    ],
)
def test_lengths_of_time(text: str, length: timedelta) -> None:
    assert duration(text) == length


@pytest.mark.parametrize("text", ["", "5", "5 days", "d", "-1d", "0s", "1.5h", "99999d", "h5", "5d5d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no length of time|is not between"):
        duration(text)


class TestEscalate:
    SAID = """    ai:
      escalate:
        - when: ticket.priority == "urgent"
          because: it presses
          priority: urgent
          notify: [supervisor, team]
          hand_to_team: Returns
"""

    def with_rules(self, said: str) -> Playbook:
        return made(("    lifecycle: main\n", f"    lifecycle: main\n{said}"))

    def test_a_rule_says_when_why_and_what_follows(self) -> None:
        (rule,) = self.with_rules(self.SAID).type("return").ai.escalate
        assert (rule.when.source, rule.because) == ('ticket.priority == "urgent"', "it presses")
        whom = Notify((Audience.SUPERVISOR, Audience.TEAM))
        assert rule.actions == (whom, SetPriority(Priority.URGENT), HandToTeam("returns"))

    def test_other_words_are_the_same_rule_and_another_condition_is_another_one(self) -> None:
        first, reworded, other = (
            self.with_rules(said).type("return").ai.escalate[0].key
            for said in (
                self.SAID,
                self.SAID.replace("it presses", "now").replace("  == ", " == "),
                self.SAID.replace('"urgent"', '"high"'),
            )
        )
        assert first == reworded != other

    def test_a_type_that_says_nothing_of_it_escalates_nothing(self) -> None:
        assert made().type("return").ai.escalate == ()
