"""Actions that a playbook declares: what they become, and which are refused."""

from decimal import Decimal

import pytest

from tests.ticketing.playbook.broken import BASE
from threadline import Sort
from ticketing.playbook.diff import differences
from ticketing.playbook.http_actions import HttpAction, Place, Template
from ticketing.playbook.language import compile_playbook

LOOKUP = """
actions:
  lookup_order:
    label: Look an order up
    description: Finds an order by its number.
    get: https://shop.example/v1/orders/{{order}}?expand=lines&customer={{ customer.email }}
    headers: {Authorization: 'Bearer {{secret.shop_token}}'}
    parameters: {order: text}
    result:
      total: {path: total.amount, kind: number}
      first: {path: lines.0.sku}
"""
REFUND = """
actions:
  refund:
    label: Refund an order
    description: Pays an order back.
    post: '{{secret.shop_url}}/payments/{{charge}}/refunds'
    may: [ai, agent]
    idempotent: true
    timeout: 20s
    approval: arguments.amount > 200
    parameters:
      charge: text
      amount: {kind: number, description: In euros}
      reason: {options: [damaged, late], required: false}
    json: {amount: '{{amount}}', note: 'For {{ticket.number}}: {{reason}}', tags: [desk, 1]}
    result: {given: {path: given.amount, kind: number}}
    fills: {amount: given}
"""


def made(text: str) -> HttpAction:
    compiled = compile_playbook(BASE + text, file="p.yaml")
    assert compiled.playbook is not None, "\n".join(map(str, compiled.problems))
    (action,) = compiled.playbook.http_actions.values()
    return action


def says(text: str) -> list[str]:
    compiled = compile_playbook(BASE + text, file="p.yaml")
    assert compiled.playbook is None
    return [f"{each.message}. {each.hint}" for each in compiled.problems]


class TestADeclaredAction:
    def test_has_the_same_description_as_one_in_code(self) -> None:
        spec = made(REFUND).spec
        assert (spec.name, spec.description, spec.writes, spec.idempotent) == (
            "refund",
            "Pays an order back.",
            True,
            True,
        )
        assert spec.may == {"ai", "agent"}
        assert (spec.timeout, spec.approval) == (20.0, "arguments.amount > 200")
        assert dict(spec.fills) == {"amount": "given"}
        assert [(each.name, each.shape.sort, each.required) for each in spec.parameters] == [
            ("charge", Sort.TEXT, True),
            ("amount", Sort.NUMBER, True),
            ("reason", Sort.TEXT, False),
        ]
        assert spec.arguments.members["reason"].options == ("damaged", "late")
        assert spec.result.members["given"].optional

    def test_has_the_schema_of_a_models_tool(self) -> None:
        schema = made(REFUND).spec.parameters_schema
        assert schema["required"] == ["charge", "amount"]
        assert schema["additionalProperties"] is False
        assert "In euros" in str(schema["properties"])

    def test_a_get_reads_and_is_for_all(self) -> None:
        spec = made(LOOKUP).spec
        assert (spec.writes, spec.idempotent, spec.timeout) == (False, True, 10.0)
        assert spec.may == {"ai", "agent", "automation"}

    def test_says_where_each_place_is(self) -> None:
        call = made(LOOKUP).call
        assert call.origin == Template(("https://shop.example",))
        assert call.path == Template(("/v1/orders/", Place("order")))
        assert call.query == (("expand", Template(("lines",))), ("customer", Template((Place("customer.email"),))))
        assert call.headers == (("Authorization", Template(("Bearer ", Place("secret.shop_token")))),)
        assert call.result == {"total": ("total", "amount"), "first": ("lines", "0", "sku")}

    def test_its_body_keeps_what_is_no_text(self) -> None:
        body = made(REFUND).call.body
        assert body["amount"] == Template((Place("amount"),))
        assert body["tags"] == [Template(("desk",)), 1]

    def test_reads_its_arguments(self) -> None:
        assert made(REFUND).arguments.validate_python({"charge": "c", "amount": "8.50"})["amount"] == Decimal("8.50")

    def test_a_post_may_read(self) -> None:
        found = made(LOOKUP.replace("get:", "writes: false\n    post:"))
        assert (found.call.method, found.spec.writes) == ("POST", False)

    def test_a_change_of_it_is_told(self) -> None:
        before, same, after = (
            compile_playbook(BASE + text, file="p.yaml").playbook
            for text in (REFUND, REFUND, REFUND.replace("label: Refund an", "label: Refund this"))
        )
        assert before is not None
        assert same is not None
        assert after is not None
        assert differences(before, same) == []
        assert [f"{each.sign} {each.where}: {each.words}" for each in differences(before, after)] == [
            "~ Actions: Refund this order: label is now Refund this order"
        ]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("before", "after", "words"),
        [
            ("    may: [ai, agent]\n", "", "It writes, and does not say who may call it. Add may: [ai, agent]."),
            ("[ai, agent]", "[customer]", "'customer' calls no actions. Add may: [ai, agent]."),
            (
                "    idempotent: true\n",
                "",
                "It writes, and does not say whether asking twice does it twice. Add idempotent: true, or false.",
            ),
            ("20s", "2m", "A timeout of 120.0 seconds cannot be. 60s at most."),
            ("arguments.amount >", "arguments.amout >", 'arguments has no amout. Did you mean "amount"?'),
            ("arguments.amount > 200", "fields.amount > 200", "There is no fields to ask about."),
            ("{{charge}}", "{{order}}", 'There is no "order" to fill in.'),
            ("{{charge}}", "c", "charge is asked for and never used. Write {{charge}} somewhere, or take it out."),
            ("{{charge}}", "{{charge", "A place is not closed. Write {{name}}."),
            ("secret.shop_url", "secret.Shop", "does not say where the call goes"),
            (
                "'{{secret.shop_url}}/pay",
                "'https://{{charge}}.example/pay",
                "The address does not say where the call goes.",
            ),
            ("'{{secret.shop_url}}/pay", "'https://shop.example{{charge}}/pay", "does not say where the call goes"),
            ("'{{secret.shop_url}}/pay", "'https://me:{{secret.word}}@shop.example/pay", "does not say where the call"),
            ("'{{secret.shop_url}}/pay", "'ftp://shop.example/pay", "The address does not say where the call goes."),
            ("/payments/", "/../payments/", "The address leads up with dots."),
            ("/payments/", "/%2e%2e/payments/", "The address leads up with dots."),
            ("/payments/", "/pay ments/", "The address has a blank"),
            ("post:", "get: https://shop.example/\n    post:", "Action refund has get and post."),
            ("    post: '{{secret.shop_url}}/payments/{{charge}}/refunds'\n", "", "Action refund calls nothing."),
            ("post:", "get:", "A get has no body."),
            ("    json:", "    headers: {Host: evil.example}\n    json:", '"Host" is no header that can be given.'),
            ("    json:", '    headers: {X-Note: "a\\tb"}\n    json:', "Header X-Note has more than one line."),
            ("fills: {amount: given}", "fills: {amount: gave}", "Its result has no gave"),
            ("amount, kind: number}}", "amount}}", "amount is money, and given is text. Take another result"),
            ("fills: {amount: given}", "fills: {amont: given}", 'There is no field "amont". Did you mean "amount"?'),
            (
                "{options: [damaged, late]",
                "{kind: number, options: [a]",
                "Only a text has options, and reason is number.",
            ),
            ("charge: text", "charge: words", 'kind cannot be "words".'),
            ("amount: {kind: number", "in: {kind: number", '"in" cannot be a parameter'),
            ("label: Refund an order", "labl: x", "Action refund has no label."),
        ],
    )
    def test_a_call_that_could_not_be_made_or_would_go_elsewhere(self, before: str, after: str, words: str) -> None:
        assert REFUND.count(before) == 1
        told = says(REFUND.replace(before, after))
        assert any(words in each for each in told), told

    def test_one_that_is_installed_under_the_same_name(self) -> None:
        installed = {"refund": made(REFUND).spec}
        compiled = compile_playbook(BASE + REFUND, file="p.yaml", actions=installed)
        assert [each.message for each in compiled.problems] == ["An action that is installed is called refund already"]

    def test_two_that_people_could_not_tell_apart(self) -> None:
        twice = LOOKUP + LOOKUP.replace("actions:\n", "").replace("lookup_order", "look_order")
        assert any("same label" in each for each in says(twice))
