"""What the compiler makes of recipes, policies and autonomy that are right."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.ticketing.playbook.resolving.actions import ACTIONS
from tests.ticketing.playbook.resolving.test_broken import BASE
from threadline import Shape, Sort, shape_of
from ticketing.playbook.action_conditions import kind_of
from ticketing.playbook.ai_policy import NO_AI
from ticketing.playbook.conditions import Condition, Expression
from ticketing.playbook.fitting import fits, strangers
from ticketing.playbook.kinds import ANY, INSTANT, NOTHING, NUMBER, TEXT, WHOLE, YES_NO, Kind, list_of, one_of
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.playbook import Playbook, SavedReply, in_language
from ticketing.playbook.resolving import (
    USUAL,
    ActionPolicy,
    Autonomy,
    Budget,
    Calling,
    FactSource,
    MoveTo,
    Otherwise,
    PolicyRule,
    Recipe,
    Tell,
)


def made(*edits: tuple[str, str]) -> Playbook:
    text = BASE
    for before, after in edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    compiled = compile_playbook(text, file="p.yaml", actions=ACTIONS)
    assert compiled.playbook is not None, "\n".join(map(str, compiled.problems))
    return compiled.playbook


def test_a_type_says_how_far_the_ai_goes() -> None:
    ai = made().types["return"].ai
    assert (ai.autonomy, ai.confidence, ai.begins, ai.recipes) == (Autonomy.ACT_ALONE, 0.6, "working", ("refund",))
    assert (ai.confirm, ai.hands_over) == ("small", "person")
    assert ai.budget == Budget(2, Decimal("0.50"), None, Decimal(1000))


def test_left_out_it_goes_nowhere() -> None:
    text = BASE[: BASE.index("    ai:")] + BASE[BASE.index("lifecycles:") : BASE.index("\nrecipes:") + 1]
    compiled = compile_playbook(text, file="p.yaml", actions=ACTIONS)
    assert compiled.playbook is not None, compiled.problems
    assert compiled.playbook.types["return"].ai == NO_AI
    assert NO_AI.budget == USUAL


def test_a_recipe_is_one_write_with_what_comes_before_and_after() -> None:
    assert made().recipes["refund"] == Recipe(
        key="refund",
        label="Refund",
        calling=Calling("issue_refund", {"order": Expression("fields.order"), "reason": Expression("fields.reason")}),
        when=Condition('fields.reason != "mind"'),
        asks={"order": "which"},
        reads=("lookup_order",),
        sets={"outcome": "refund"},
        fills={"amount": Expression("arguments.amount"), "order": Expression("facts.order.number")},
        then=(
            MoveTo("proposed"),
            Tell("paid", when=Condition("fields.amount < 100")),
            MoveTo("closed", "Paid {{fields.amount}}", Condition("fields.amount < 100")),
            Tell("paid", "done", "working", Condition("fields.amount >= 100")),
        ),
    )


def test_a_policy_is_facts_values_and_rules_in_their_order() -> None:
    policy = made().action_policies["issue_refund"]
    assert replace(policy, rules=()) == ActionPolicy(
        action="issue_refund",
        facts=(FactSource("order", Calling("lookup_order", {"order": Expression("arguments.order")}), "missing"),),
        sets={"amount": Expression("facts.order.refundable")},
        amount=Expression("arguments.amount"),
        window=timedelta(days=14),
    )
    assert [(each.key, each.otherwise, each.approval, each.tell) for each in policy.rules] == [
        ("theirs", Otherwise.REFUSE, None, "missing"),
        ("capped", Otherwise.PERSON, None, None),
        ("confirmed", Otherwise.CONFIRM, None, "paid"),
        ("small", Otherwise.APPROVAL, "small", None),
        ("large", Otherwise.APPROVAL, "large", None),
    ]
    small = Condition("arguments.amount < 100")
    assert policy.rules[3] == PolicyRule("small", small, "From 100", Otherwise.APPROVAL, "small")


def test_plain_values_stand_for_themselves() -> None:
    playbook = made(
        ("reason: fields.reason}", "reason: fields.reason, rush: true}"),
        ("with: {order: arguments.order}", "with: {order: arguments.order, archived: 'ticket.priority == \"low\"'}"),
        ("{amount: facts.order.refundable}", "{amount: 12.50}"),
    )
    assert playbook.recipes["refund"].calling.arguments["rush"] == Expression("true")
    assert playbook.action_policies["issue_refund"].sets == {"amount": Expression("12.50")}


def test_a_fact_may_be_made_of_one_before_it() -> None:
    twice = "not_found: missing}\n      again: {call: lookup_order, with: {order: facts.order.number}}"
    facts = made(("not_found: missing}", twice)).action_policies["issue_refund"].facts
    assert [each.name for each in facts] == ["order", "again"]


def test_a_fact_may_not_be_made_of_one_after_it() -> None:
    early = "    facts:\n      early: {call: lookup_order, with: {order: facts.order.number}}\n"
    (problem,) = compile_playbook(BASE.replace("    facts:\n", early), file="p.yaml", actions=ACTIONS).problems
    assert problem.message == "There is no facts to ask about"


class TestActionsOfThePlaybookItself:
    OWN = """actions:
  reopen:
    label: Reopen
    description: Reopen an order
    post: https://shop.example/orders/{{order}}/reopen
    may: [ai]
    idempotent: true
    parameters: {order: text}
    result: {state: {path: state}}
"""
    RULE = "{rule: theirs, holds: 'customer.proven', otherwise: refuse, because: Not theirs}"
    POLICY = f"  reopen:\n    rules:\n      - {RULE}\n"

    def text(self, order: str = "fields.order") -> str:
        again = f"    label: Again\n    do: {{call: reopen, with: {{order: {order}}}}}\n    then: [move: proposed]\n"
        text = BASE.replace("recipes: [refund]", "recipes: [refund, again]").replace(", approval: large}", "}")
        text = text.replace("policies:\n", self.OWN + f"policies:\n{self.POLICY}")
        return text.replace("\nrecipes:\n", f"\nrecipes:\n  again:\n{again}")

    def test_they_are_known_beside_those_of_the_desk(self) -> None:
        text = self.text().replace("then: [move: proposed]", "sets: {outcome: none}\n    then: [move: proposed]")
        compiled = compile_playbook(text, file="p.yaml", actions=ACTIONS)
        assert compiled.playbook is not None, "\n".join(map(str, compiled.problems))
        assert compiled.playbook.recipes["again"].calling.action == "reopen"

    def test_their_parameters_are_checked_on_any_desk(self) -> None:
        told = [each.message for each in compile_playbook(self.text("fields.amount"), file="p.yaml").problems]
        assert told[0] == "Argument order is text, and this is a number"


def test_an_action_that_wants_an_approval_needs_somebody_who_gives_it() -> None:
    text = BASE.replace("      confirm: small\n", "").replace("[refund]", "[refund, close]")
    policy = "  close_account:\n    rules: [{rule: a, holds: customer.proven, otherwise: person, because: So}]\n"
    text = text.replace("\npolicies:\n", f"\npolicies:\n{policy}")
    close = "    label: Close\n    do: {call: close_account, with: {email: fields.order}}\n    sets: {outcome: none}\n"
    text = text.replace("\nrecipes:\n", f"\nrecipes:\n  close:\n{close}    then: [move: proposed]\n")
    told = [str(each) for each in compile_playbook(text, file="p.yaml", actions=ACTIONS).problems]
    assert told[0] == (
        "p.yaml:59:16: Action close_account wants an approval in some cases, and type return does not say whose. "
        "Add a line confirm: NAME of an approval to ai of type return."
    )


class TestInLanguage:
    REPLY = SavedReply("a", "A", "Hello", translations={"de": "Hallo", "pt": "Olá", "pt-BR": "Oi"})

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("de", "Hallo"),
            ("de-AT", "Hallo"),
            ("DE_at", "Hallo"),
            ("pt-br", "Oi"),
            ("pt-PT", "Olá"),
            ("fr", "Hello"),
            ("und", "Hello"),
            ("", "Hello"),
            (None, "Hello"),
        ],
    )
    def test_exactly_theirs_then_the_language_alone_then_as_written(self, language: str | None, words: str) -> None:
        assert in_language(self.REPLY, language) == words

    def test_a_playbook_has_them_by_language(self) -> None:
        assert (
            in_language(made().replies["paid"], "de-CH") == "Hallo {{customer.name}}, wir erstatten {{fields.amount}}."
        )


class TestFits:
    @pytest.mark.parametrize(
        ("given", "annotation", "fitting"),
        [
            (TEXT, str, True),
            (TEXT, Decimal, False),
            (WHOLE, Decimal, True),
            (NUMBER, int, True),
            (YES_NO, bool, True),
            (INSTANT, str, False),
            (ANY, Decimal, True),
            (NOTHING, str | None, True),
            (NOTHING, str, False),
            (list_of(TEXT), list[str], True),
            (list_of(NUMBER), list[str], False),
            (TEXT, list[str], False),
        ],
    )
    def test_what_an_expression_gives_may_stand_for_a_parameter(
        self, given: Kind, annotation: object, fitting: bool
    ) -> None:
        shape = shape_of(annotation)
        assert fits(given, kind_of(shape), optional=shape.optional) is fitting

    def test_nothing_written_stands_for_a_group(self) -> None:
        group = Shape(Sort.GROUP, members={"a": Shape(Sort.TEXT)})
        assert not fits(TEXT, kind_of(group))
        assert fits(ANY, kind_of(group))

    def test_options_that_the_other_side_does_not_know_are_strangers(self) -> None:
        given = one_of(("a", "b"), "one")
        assert strangers(given, one_of(("b", "c"), "one")) == ("a",)
        assert strangers(list_of(given), list_of(one_of(("b",), "one"))) == ("a",)
        assert strangers(given, TEXT) == strangers(TEXT, given) == ()
